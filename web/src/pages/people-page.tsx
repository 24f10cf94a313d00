/** People: users of the server, with their roles in this organization. */
import { Button, Menu, NativeSelect, Switch, TextInput, ActionIcon } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { globalPermission, permissionById } from '../../../src/domain/permission.js';
import { sendJson } from '../api/http.js';
import { membersQuery, usersQuery, type Member, type User } from '../api/resources.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { CopyValue } from '../components/copy-field.js';
import { Cell, DataTable, Row } from '../components/data-table.js';
import { DotsIcon, PlusIcon, SearchIcon } from '../components/icons.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { EmptyState, Page, Panel } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { PasswordDialog } from '../session/password-dialog.js';
import { usePlace, useSession } from '../session/session.js';
import { countWords } from '../tokens/words.js';
import { AddMemberDialog } from './add-member-dialog.js';
import styles from './buckets-page.module.css';
import { CreateUserDialog, RenameDialog } from './user-dialogs.js';

const COLUMNS = [
  { key: 'name', label: 'User' },
  { key: 'role', label: 'Role here' },
  { key: 'status', label: 'Status' },
  { key: 'id', label: 'Id' },
  { key: 'actions', label: 'Actions', hidden: true },
];

type Role = Member['role'];
interface Person extends Pick<User, 'id' | 'name' | 'status'> {
  readonly role: Role | undefined;
}

type Open =
  { readonly what: 'create' | 'add' } | { readonly what: 'password' | 'rename' | 'deactivate' | 'delete'; readonly person: Person };

/** Users of this organization first, then all other visible users. */
function merge(members: readonly Member[], users: readonly User[]): Person[] {
  const people = new Map<string, Person>();
  for (const { id, name, status, role } of members) people.set(id, { id, name, status, role });
  for (const { id, name, status } of users) people.set(id, { id, name, status, role: people.get(id)?.role });
  return [...people.values()].sort((a, b) => Number(a.role === undefined) - Number(b.role === undefined) || a.name.localeCompare(b.name));
}

export function PeoplePage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const client = useQueryClient();
  const announce = useAnnounce();
  const members = useQuery(membersQuery(orgID));
  const users = useQuery(usersQuery);
  const [filter, setFilter] = useState('');
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const mayCreate = may(globalPermission('write', 'users'));
  const mayAdd = may(permissionById('write', 'orgs', orgID));
  const close = (): void => {
    setOpen(undefined);
  };
  const refresh = async (): Promise<void> => {
    await Promise.all(['users', 'members', 'me'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  const done = async (text: string, undo?: () => Promise<unknown>): Promise<void> => {
    await refresh();
    announce.done(text, undo);
  };

  return (
    <Page
      title="People"
      place={organization.name}
      hint={`Owners can do everything in ${shownText(organization.name)}. Members can read everything.`}
      actions={
        <>
          <Button
            variant="default"
            disabled={!mayAdd}
            title={mayAdd ? undefined : 'Owners of this organization can add users'}
            onClick={() => {
              setOpen({ what: 'add' });
            }}
          >
            Add existing user
          </Button>
          <Button
            leftSection={<PlusIcon />}
            disabled={!mayCreate}
            title={mayCreate ? undefined : 'Operators of this server can create users'}
            onClick={() => {
              setOpen({ what: 'create' });
            }}
          >
            Create user
          </Button>
        </>
      }
    >
      {!mayCreate && (
        <div style={{ marginBottom: 12 }}>
          <Remark>You can see only the people of this organization. Operators of this server can see all users and create new ones.</Remark>
        </div>
      )}
      <Loaded query={members} what="Loading people …">
        {(memberList) => {
          const key = filter.trim().toLowerCase();
          const people = merge(memberList, users.data ?? []).filter(({ id, name }) => name.toLowerCase().includes(key) || id === key);
          return (
            <>
              <ErrorMessage error={users.error} />
              <TextInput
                type="search"
                className={styles.search}
                aria-label="Filter people"
                placeholder="Filter by name or id"
                leftSection={<SearchIcon />}
                value={filter}
                onChange={(event) => {
                  setFilter(event.currentTarget.value);
                }}
              />
              {people.length === 0 ? (
                <Panel>
                  <EmptyState title="Nobody matches">Try another name.</EmptyState>
                </Panel>
              ) : (
                <DataTable caption="People" columns={COLUMNS}>
                  {people.map((person) => (
                    <PersonRow key={person.id} person={person} done={done} refresh={refresh} onOpen={setOpen} />
                  ))}
                </DataTable>
              )}
              <p className={styles.foot} role="status">
                {countWords(people.length, 'person', 'people')}
              </p>
            </>
          );
        }}
      </Loaded>
      {open?.what === 'add' && <AddMemberDialog done={done} onClose={close} />}
      {open?.what === 'create' && <CreateUserDialog done={done} onClose={close} />}
      {open?.what === 'password' && <PasswordDialog person={open.person} done={done} onClose={close} />}
      {open?.what === 'rename' && <RenameDialog person={open.person} done={done} onClose={close} />}
      {open?.what === 'deactivate' && (
        <ConfirmDialog
          title="Deactivate this user?"
          confirm="Deactivate"
          work={async () => {
            const { id, name } = open.person;
            await setStatus(id, 'inactive');
            await done(`${shownText(name)} is inactive.`, async () => {
              await setStatus(id, 'active');
              await done(`${shownText(name)} is active.`);
            });
          }}
          onClose={close}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            <strong>{shownText(open.person.name)}</strong> can’t sign in, and all tokens of this user are refused, in every organization,
            until you activate the user again.
          </p>
        </ConfirmDialog>
      )}
      {open?.what === 'delete' && (
        <ConfirmDialog
          title="Delete this user?"
          confirm="Delete user"
          typed={open.person.name}
          work={async () => {
            await sendJson('DELETE', `/api/v2/users/${open.person.id}`);
            await done(`User “${shownText(open.person.name)}” is deleted.`);
          }}
          onClose={close}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            This signs <strong>{shownText(open.person.name)}</strong> out and ends all tokens of this user, in every organization. You can’t
            undo this. To keep them for later, make the user inactive instead.
          </p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

type Done = (text: string, undo?: () => Promise<unknown>) => Promise<void>;

const setStatus = (id: string, status: 'active' | 'inactive'): Promise<void> => sendJson('PATCH', `/api/v2/users/${id}`, { status });

async function changeRole(orgID: string, { id, role }: Person, next: Role | undefined): Promise<void> {
  // Roles are one per person: the old one goes before the new one comes.
  if (role !== undefined) await sendJson('DELETE', `/api/v2/orgs/${orgID}/${role}s/${id}`);
  if (next !== undefined) await sendJson('POST', `/api/v2/orgs/${orgID}/${next}s`, { id });
}

interface PersonRowProps {
  readonly person: Person;
  readonly done: Done;
  readonly refresh: () => Promise<void>;
  readonly onOpen: (open: Open) => void;
}

const roleInWords = (name: string, role: Role | undefined, place: string): string =>
  role === undefined ? `${name} has no role in ${place}.` : `${name} is ${role === 'owner' ? 'an owner' : 'a member'} of ${place}.`;

function PersonRow({ person, done, refresh, onOpen }: PersonRowProps) {
  const { orgID, organization } = usePlace();
  const { may, me } = useSession();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  const { id, role, status } = person;
  const name = shownText(person.name);
  const place = shownText(organization.name);
  const mayWrite = may(permissionById('write', 'users', id));
  const isMe = id === me.id;
  // The old role is removed first: a user who gives up the permission to set roles could not add the new one afterwards.
  const maySetRole = may(isMe ? globalPermission('write', 'orgs') : permissionById('write', 'orgs', orgID));

  const attempt = async (work: () => Promise<void>, text: string, undo?: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      await done(text, undo);
    } catch (error) {
      announce.failed(error, `${name} could not be changed.`);
      // What is half done is shown as it is.
      await refresh();
    } finally {
      setBusy(false);
    }
  };

  return (
    <Row>
      <Cell label="User" lead>
        <strong>
          <Shown text={person.name} />
        </strong>
        {isMe && <span className={styles.system}>you</span>}
      </Cell>
      <Cell label="Role here">
        <NativeSelect
          size="xs"
          aria-label={`Role of ${name} in ${place}`}
          value={role ?? ''}
          disabled={!maySetRole || busy}
          title={isMe && !maySetRole ? 'Another owner can edit your role' : undefined}
          data={[
            { value: '', label: 'None' },
            { value: 'member', label: 'Member' },
            { value: 'owner', label: 'Owner' },
          ]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            const next = value === '' ? undefined : (value as Role);
            const back = { ...person, role: next };
            void attempt(
              () => changeRole(orgID, person, next),
              roleInWords(name, next, place),
              () => attempt(() => changeRole(orgID, back, role), roleInWords(name, role, place)),
            );
          }}
        />
      </Cell>
      <Cell label="Status">
        <Switch
          checked={status === 'active'}
          label={status === 'active' ? 'Active' : 'Inactive'}
          aria-label={`${name} is ${status}`}
          disabled={!mayWrite || isMe || busy}
          title={isMe ? 'Another user can deactivate you' : undefined}
          onChange={(event) => {
            // It cuts off all that the user has: that is asked about.
            if (!event.currentTarget.checked) onOpen({ what: 'deactivate', person });
            else void attempt(() => setStatus(id, 'active'), `${name} is active.`);
          }}
        />
      </Cell>
      <Cell label="Id">
        <CopyValue label={`id of ${name}`} value={id} />
      </Cell>
      <Cell label="Actions" corner>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${name}`} disabled={!mayWrite}>
              <DotsIcon />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              onClick={() => {
                onOpen({ what: 'password', person });
              }}
            >
              {isMe ? 'Change your password …' : 'Set a password …'}
            </Menu.Item>
            <Menu.Item
              onClick={() => {
                onOpen({ what: 'rename', person });
              }}
            >
              Edit the name …
            </Menu.Item>
            <Menu.Item
              data-danger
              disabled={isMe}
              onClick={() => {
                onOpen({ what: 'delete', person });
              }}
            >
              Delete …
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Cell>
    </Row>
  );
}
