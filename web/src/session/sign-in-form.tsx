/** Name and password, sent as Basic once; what was typed stays when it was wrong. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { isNobody, send } from '../api/http.js';
import { ErrorMessage } from '../components/message.js';
import { Stack } from '../components/page.js';
import { useAction } from '../components/use-action.js';

export interface SignInFormProps {
  /** Given: this one and no other. */
  readonly userName?: string;
  readonly onSignedIn: () => void;
}

export async function signIn(userName: string, password: string): Promise<void> {
  try {
    await send('POST', '/api/v2/signin', { basic: { userName, password }, withoutSession: true });
  } catch (error) {
    // The server does not say which of both is wrong, and neither do we.
    if (isNobody(error)) throw new Error('The user name or the password is wrong.', { cause: error });
    throw error;
  }
}

export function SignInForm({ userName: fixedName, onSignedIn }: SignInFormProps) {
  const [name, setName] = useState(fixedName ?? '');
  const password = useRef<HTMLInputElement>(null);
  const action = useAction(async () => {
    await signIn(name, password.current?.value ?? '');
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void action.run().then((done) => {
          if (done) onSignedIn();
          else password.current?.select();
        });
      }}
    >
      <Stack>
        <TextInput
          label="User name"
          value={name}
          readOnly={fixedName !== undefined}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus={fixedName === undefined}
        />
        <PasswordInput
          ref={password}
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus={fixedName !== undefined}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <ErrorMessage error={action.error} />
        <Button type="submit" loading={action.pending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
