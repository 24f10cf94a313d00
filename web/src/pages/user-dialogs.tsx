/** Creates a user with a password and a role here, and edits a user's name. */
import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { sendJson } from '../api/http.js';
import type { Member, User } from '../api/resources.js';
import { FormDialog } from '../components/form-dialog.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { usePlace } from '../session/session.js';
import { ROLE_OPTIONS } from './add-member-dialog.js';

type Role = Member['role'];

interface DialogProps {
  readonly done: (text: string) => Promise<void>;
  readonly onClose: () => void;
}

export function CreateUserDialog({ done, onClose }: DialogProps) {
  const { orgID, organization } = usePlace();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('member');
  const password = useRef<HTMLInputElement>(null);
  // What has been done already is not done again when the next step fails.
  const made = useRef<{ id: string; name: string; isMember: boolean } | undefined>(undefined);
  const action = useAction(async () => {
    if (made.current?.name !== name) {
      const { id } = await sendJson<User>('POST', '/api/v2/users', { name });
      made.current = { id, name, isMember: false };
    }
    const { id } = made.current;
    const secret = password.current?.value ?? '';
    if (secret !== '') await sendJson('POST', `/api/v2/users/${id}/password`, { password: secret });
    if (!made.current.isMember) await sendJson('POST', `/api/v2/orgs/${orgID}/${role}s`, { id });
    made.current = { ...made.current, isMember: true };
    await done(`User “${shownText(name)}” is created.`);
  });
  return (
    <FormDialog title="Create user" submit="Create" action={action} run={action.run} onClose={onClose}>
      <TextInput
        label="User name"
        value={name}
        required
        withAsterisk={false}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <PasswordInput
        ref={password}
        label="Password"
        description="8 to 72 characters. Without one, the user cannot sign in yet."
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
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

export function RenameDialog({ person, done, onClose }: DialogProps & { readonly person: Pick<User, 'id' | 'name'> }) {
  const [name, setName] = useState(person.name);
  const action = useAction(async () => {
    await sendJson('PATCH', `/api/v2/users/${person.id}`, { name });
    await done(`${shownText(person.name)} is now called ${shownText(name)}.`);
  });
  return (
    <FormDialog title={`Edit the name of ${shownText(person.name)}`} submit="Save" action={action} run={action.run} onClose={onClose}>
      <TextInput
        label="User name"
        value={name}
        required
        withAsterisk={false}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
    </FormDialog>
  );
}
