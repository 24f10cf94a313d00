/** Buckets: where data is stored and for how long. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { formatRetention } from '../api/durations.js';
import { sendJson } from '../api/http.js';
import { bucketsQuery, isUserBucket, type Bucket } from '../api/resources.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { CopyValue } from '../components/copy-field.js';
import { Cell, DataTable, Row } from '../components/data-table.js';
import { PencilIcon, PlusIcon, SearchIcon, TrashIcon } from '../components/icons.js';
import { Loaded } from '../components/loading.js';
import { Remark } from '../components/message.js';
import { EmptyState, Page, Panel } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import { countWords } from '../tokens/words.js';
import { BucketForm } from './bucket-form.js';
import styles from './buckets-page.module.css';

const COLUMNS = [
  { key: 'name', label: 'Name', sortable: true },
  { key: 'retention', label: 'Keeps data', sortable: true },
  { key: 'id', label: 'Id' },
  { key: 'uses', label: 'See' },
  { key: 'actions', label: 'Actions', hidden: true },
];

type Open = { readonly what: 'create' } | { readonly what: 'edit' | 'delete'; readonly bucket: Bucket };

const retentionOf = ({ retentionRules }: Bucket): number => retentionRules[0]?.everySeconds ?? 0;
/** Forever is longer than anything. */
const longevityOf = (bucket: Bucket): number => retentionOf(bucket) || Number.POSITIVE_INFINITY;

export function BucketsPage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const client = useQueryClient();
  const announce = useAnnounce();
  const buckets = useQuery(bucketsQuery(orgID));
  const [filter, setFilter] = useState('');
  const [sorting, setSorting] = useState({ by: 'name', descending: false });
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const mayRead = may(permissionInOrganization('read', 'buckets', orgID));
  const mayCreate = may(permissionInOrganization('write', 'buckets', orgID));
  const close = (): void => {
    setOpen(undefined);
  };
  const done = async (text: string): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['buckets', orgID] });
    announce.done(text);
  };

  const create = (
    <Button
      leftSection={<PlusIcon />}
      disabled={!mayCreate}
      title={mayCreate ? undefined : 'You can’t create buckets here. Owners of this organization can.'}
      onClick={() => {
        setOpen({ what: 'create' });
      }}
    >
      Create bucket
    </Button>
  );

  return (
    <Page title="Buckets" place={organization.name} hint="Where your data is stored, and for how long." actions={create}>
      <Loaded query={buckets} what="Loading buckets …">
        {(data) => {
          if (!mayRead && !data.some(isUserBucket)) {
            return (
              <Panel>
                <EmptyState title="You can’t see buckets here">Owners of this organization can give you access.</EmptyState>
              </Panel>
            );
          }
          const shown = select(data, filter, sorting);
          return (
            <>
              {!mayRead && <Remark>You can see only the buckets that you have access to. There may be others.</Remark>}
              <TextInput
                type="search"
                className={styles.search}
                aria-label="Filter buckets"
                placeholder="Filter by name or id"
                leftSection={<SearchIcon />}
                value={filter}
                onChange={(event) => {
                  setFilter(event.currentTarget.value);
                }}
              />
              {shown.length === 0 ? (
                <Panel>
                  {data.length === 0 ? (
                    <EmptyState title="There are no buckets yet" action={create}>
                      Create one, then create an API token that writes to it.
                    </EmptyState>
                  ) : (
                    <EmptyState title="No bucket matches">Try another name.</EmptyState>
                  )}
                </Panel>
              ) : (
                <DataTable
                  caption="Buckets"
                  columns={COLUMNS}
                  sorting={{
                    ...sorting,
                    onSort: (by) => {
                      setSorting(({ by: before, descending }) => ({ by, descending: by === before && !descending }));
                    },
                  }}
                >
                  {shown.map((bucket) => (
                    <BucketRow key={bucket.id} bucket={bucket} onOpen={setOpen} />
                  ))}
                </DataTable>
              )}
              <p className={styles.foot} role="status">
                {countWords(shown.length, 'bucket', 'buckets')}
              </p>
            </>
          );
        }}
      </Loaded>
      {open?.what === 'create' && (
        <BucketForm
          title="Create bucket"
          submit="Create"
          isNew
          initial={{ name: '', everySeconds: 0 }}
          save={async ({ name, everySeconds }) => {
            await sendJson('POST', '/api/v2/buckets', { orgID, name, retentionRules: [{ type: 'expire', everySeconds }] });
            await done(`Bucket “${shownText(name)}” is created.`);
          }}
          onClose={close}
        />
      )}
      {open?.what === 'edit' && (
        <BucketForm
          title={`Edit bucket ${shownText(open.bucket.name)}`}
          submit="Save"
          isNew={false}
          initial={{ name: open.bucket.name, everySeconds: retentionOf(open.bucket) }}
          save={async ({ name, everySeconds }) => {
            const { bucket } = open;
            await sendJson('PATCH', `/api/v2/buckets/${bucket.id}`, {
              ...(name === bucket.name ? {} : { name }),
              ...(everySeconds === retentionOf(bucket) ? {} : { retentionRules: [{ type: 'expire', everySeconds }] }),
            });
            await done(`Bucket “${shownText(name)}” is saved.`);
          }}
          onClose={close}
        />
      )}
      {open?.what === 'delete' && (
        <ConfirmDialog
          title="Delete this bucket?"
          confirm="Delete bucket and data"
          typed={open.bucket.name}
          work={async () => {
            await sendJson('DELETE', `/api/v2/buckets/${open.bucket.id}`);
            await done(`Bucket “${shownText(open.bucket.name)}” is deleted.`);
          }}
          onClose={close}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            This deletes all data in <strong>{shownText(open.bucket.name)}</strong>. Tokens lose access to it for good, even if you create
            another bucket with this name.
          </p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function select(buckets: readonly Bucket[], filter: string, { by, descending }: { by: string; descending: boolean }): Bucket[] {
  const key = filter.trim().toLowerCase();
  const shown = buckets.filter(({ name, id }) => name.toLowerCase().includes(key) || id.includes(key));
  // The server's own behind the people's.
  const rank = (bucket: Bucket): number => (isUserBucket(bucket) ? 0 : 1);
  const byName = (a: Bucket, b: Bucket): number => a.name.localeCompare(b.name, 'en', { numeric: true });
  const order = (a: Bucket, b: Bucket): number => {
    const [x, y] = [longevityOf(a), longevityOf(b)];
    return by === 'retention' && x !== y ? (x < y ? -1 : 1) : byName(a, b);
  };
  return shown.sort((a, b) => rank(a) - rank(b) || (descending ? -order(a, b) : order(a, b)));
}

function BucketRow({ bucket, onOpen }: { readonly bucket: Bucket; readonly onOpen: (open: Open) => void }) {
  const { orgID } = usePlace();
  const { may } = useSession();
  const addresses = addressesOf(orgID);
  const { id, name } = bucket;
  const shown = shownText(name);
  const isSystem = !isUserBucket(bucket);
  const mayWrite = may({ action: 'write', resource: { type: 'buckets', id, orgID } });
  return (
    <Row>
      <Cell label="Name" lead>
        <Link href={addresses.queryOf(name)} title={`Query ${shown}`}>
          <Shown text={name} />
        </Link>
        {isSystem && <span className={styles.system}>created by the server</span>}
      </Cell>
      <Cell label="Keeps data">{formatRetention(retentionOf(bucket))}</Cell>
      <Cell label="Id">
        <CopyValue label={`id of ${shown}`} value={id} />
      </Cell>
      <Cell label="See">
        {!isSystem && (
          <span className={styles.links}>
            <Link href={addresses.tokensOf(id, 'write')} aria-label={`Who can write to ${shown}?`}>
              Who can write?
            </Link>
            <Link href={addresses.tokensOf(id, 'read')} aria-label={`Who can read ${shown}?`}>
              Who can read?
            </Link>
            {mayWrite && (
              <Link href={addresses.firstDataOf(name)} aria-label={`Send data to ${shown}`}>
                Send data
              </Link>
            )}
          </span>
        )}
      </Cell>
      <Cell label="Actions" corner>
        {!isSystem && mayWrite ? (
          <span className={styles.actions}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Edit bucket ${shown}`}
              onClick={() => {
                onOpen({ what: 'edit', bucket });
              }}
            >
              <PencilIcon />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Delete bucket ${shown}`}
              onClick={() => {
                onOpen({ what: 'delete', bucket });
              }}
            >
              <TrashIcon />
            </ActionIcon>
          </span>
        ) : (
          <span className="hidden-text">none</span>
        )}
      </Cell>
    </Row>
  );
}
