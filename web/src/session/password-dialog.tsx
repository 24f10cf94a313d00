/** Sets a password: one's own with the one that one has, so that a page that was left open is not enough; that of others as their operator. */
import { PasswordInput } from '@mantine/core';
import { useRef } from 'react';
import { ApiError, send, sendJson } from '../api/http.js';
import type { User } from '../api/resources.js';
import { FormDialog } from '../components/form-dialog.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { useSession } from './session.js';

/** What the server says with this status here, and with no other reason. */
const WRONG_PASSWORD = 'your username or password is incorrect';

interface PasswordDialogProps {
  readonly person: Pick<User, 'id' | 'name'>;
  readonly done: (text: string) => Promise<void>;
  readonly onClose: () => void;
}

async function changeOwn(userName: string, current: string, password: string): Promise<void> {
  try {
    await send('PUT', '/api/v2/me/password', { json: { password }, basic: { userName, password: current } });
  } catch (error) {
    if (error instanceof ApiError && error.message === WRONG_PASSWORD) throw new Error('The current password is wrong.', { cause: error });
    throw error;
  }
}

export function PasswordDialog({ person: { id, name }, done, onClose }: PasswordDialogProps) {
  const { me } = useSession();
  const isMe = id === me.id;
  const current = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const action = useAction(async () => {
    const next = password.current?.value ?? '';
    if (isMe) await changeOwn(name, current.current?.value ?? '', next);
    else await sendJson('POST', `/api/v2/users/${id}/password`, { password: next });
    await done(isMe ? 'Your password is changed. Your other sessions have ended.' : `The password of ${shownText(name)} is set.`);
  });
  return (
    <FormDialog
      title={isMe ? 'Change your password' : `Set a password for ${shownText(name)}`}
      submit={isMe ? 'Change password' : 'Set password'}
      action={action}
      run={action.run}
      onClose={onClose}
    >
      {isMe && (
        <PasswordInput
          ref={current}
          label="Current password"
          required
          withAsterisk={false}
          autoComplete="current-password"
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': 'Show the current password' }}
        />
      )}
      <PasswordInput
        ref={password}
        label="New password"
        description={`8 to 72 characters. All ${isMe ? 'your other sessions' : 'other sessions of this user'} end.`}
        required
        withAsterisk={false}
        autoComplete="new-password"
        autoFocus={!isMe}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
      />
    </FormDialog>
  );
}
