/** The first run: user, password, organization and bucket, then the operator token, once. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Permission } from '../../../src/domain/permission.js';
import { sendJson } from '../api/http.js';
import { setupQuery } from '../api/setup.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { Stack } from '../components/page.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { Entrance } from '../layout/entrance.js';
import { signIn } from '../session/sign-in-form.js';
import { useShowSecret } from '../tokens/secret-dialog.js';

export function SetupPage() {
  const setup = useQuery(setupQuery);
  const [, navigate] = useLocation();
  useEffect(() => {
    document.title = 'Set up · Sluice';
  }, []);
  return (
    <Entrance>
      <Loaded query={setup} what="Loading …">
        {({ allowed }) =>
          allowed ? (
            <SetupForm />
          ) : (
            <Stack>
              <h1>This server is set up</h1>
              <p>You can sign in and use it.</p>
              <Button
                onClick={() => {
                  navigate('/');
                }}
              >
                Continue
              </Button>
            </Stack>
          )
        }
      </Loaded>
    </Entrance>
  );
}

interface SetupAnswer {
  readonly org: { readonly id: string; readonly name: string };
  readonly bucket: { readonly id: string; readonly name: string };
  readonly auth: { readonly token: string; readonly permissions: readonly Permission[] };
}

function SetupForm() {
  const client = useQueryClient();
  const showSecret = useShowSecret();
  const [, navigate] = useLocation();
  const [names, setNames] = useState({ username: '', org: '', bucket: '' });
  const [differs, setDiffers] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);

  const action = useAction(async () => {
    const secret = password.current?.value ?? '';
    const { org, bucket, auth } = await sendJson<SetupAnswer>('POST', '/api/v2/setup', { ...names, password: secret });
    // From here on the server is set up, whatever comes: the token is shown first.
    showSecret({
      title: 'Save your operator token',
      sentence: 'It can do everything, in every organization. Use it to create users, organizations and other tokens.',
      secret: auth.token,
      permissions: auth.permissions,
      org: org.name,
      bucketName: (id) => (id === bucket.id ? bucket.name : undefined),
      anyBucket: bucket.name,
      fileName: `${org.name}-operator`,
    });
    client.setQueryData(setupQuery.queryKey, { allowed: false });
    await signIn(names.username, secret).catch(() => undefined);
    navigate(addressesOf(org.id).firstDataOf(bucket.name), { replace: true });
  });

  const field = (name: keyof typeof names) => ({
    value: names[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: HTMLInputElement }) => {
      const { value } = event.currentTarget;
      setNames((before) => ({ ...before, [name]: value }));
    },
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const isDifferent = password.current?.value !== again.current?.value;
        setDiffers(isDifferent);
        if (isDifferent) again.current?.focus();
        else void action.run();
      }}
    >
      <Stack>
        <div>
          <h1 style={{ margin: 0 }}>Set up Sluice</h1>
          <p className="muted" style={{ margin: '4px 0 0' }}>
            Create the first user, organization and bucket. You can create more later.
          </p>
        </div>
        <TextInput label="User name" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus {...field('username')} />
        <PasswordInput
          ref={password}
          label="Password"
          description="8 to 72 characters"
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <PasswordInput
          ref={again}
          label="Repeat the password"
          autoComplete="new-password"
          required
          withAsterisk={false}
          error={differs && 'The passwords do not match'}
          onChange={() => {
            setDiffers(false);
          }}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the repeated password' }}
        />
        <TextInput label="Organization" description="Groups buckets, tokens and people" autoComplete="organization" {...field('org')} />
        <TextInput label="Bucket" description="Where your data is stored" autoComplete="off" {...field('bucket')} />
        <ErrorMessage error={action.error} />
        <Button type="submit" fullWidth loading={action.pending}>
          Set up
        </Button>
      </Stack>
    </form>
  );
}
