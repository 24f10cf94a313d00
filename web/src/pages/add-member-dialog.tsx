/** Adds a user that there is already, by name or id: an owner sees no list of the server's users to choose from. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { sendJson } from '../api/http.js';
import type { Member } from '../api/resources.js';
import { FormDialog } from '../components/form-dialog.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { usePlace } from '../session/session.js';

type Role = Member['role'];

const ID = /^[0-9a-f]{16}$/;

/** Both roles, in words. */
export const ROLE_OPTIONS = [
  { value: 'member', label: 'Member: can read everything here' },
  { value: 'owner', label: 'Owner: can do everything here' },
];

export function AddMemberDialog({ done, onClose }: { readonly done: (text: string) => Promise<void>; readonly onClose: () => void }) {
  const { orgID, organization } = usePlace();
  const [who, setWho] = useState('');
  const [role, setRole] = useState<Role>('member');
  const action = useAction(async () => {
    const text = who.trim();
    const add = (body: object): Promise<Member> => sendJson<Member>('POST', `/api/v2/orgs/${orgID}/${role}s`, body);
    const { name } = await add(ID.test(text) ? { id: text } : { userName: text });
    await done(`${shownText(name)} is ${role === 'owner' ? 'an owner' : 'a member'} of ${shownText(organization.name)}.`);
  });
  return (
    <FormDialog title="Add existing user" submit="Add" action={action} run={action.run} onClose={onClose}>
      <TextInput
        label="User name or id"
        description="Users see their id on the page About."
        value={who}
        required
        withAsterisk={false}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        onChange={(event) => {
          setWho(event.currentTarget.value);
        }}
      />
      <NativeSelect
        label={`Role in ${shownText(organization.name)}`}
        value={role}
        data={ROLE_OPTIONS}
        onChange={(event) => {
          setRole(event.currentTarget.value as Role);
        }}
      />
    </FormDialog>
  );
}
