/** A new secret for a token that programs use: the old one stays valid until they have the new one. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { rotateToken, type Authorization } from '../api/authorizations.js';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { FormDialog } from '../components/form-dialog.js';
import { Remark } from '../components/message.js';
import { Moment } from '../components/times.js';
import { useAction } from '../components/use-action.js';
import { useIsExpired } from './expiry-mark.js';
import { useShowSecret, type ShownSecret } from './secret-dialog.js';
import { nameOfToken, useForgetTokens } from './token-parts.js';

const GRACE_TIMES = [
  { value: '0', label: 'No longer: it ends at once' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
];
const GRACE_DEFAULT = '3600';

export function RotateButton({ token }: { readonly token: Authorization }) {
  const [rotating, setRotating] = useState(false);
  // The server refuses it, too.
  const isExpired = useIsExpired(token);
  return (
    <>
      <Button
        variant="default"
        disabled={isExpired}
        onClick={() => {
          setRotating(true);
        }}
      >
        Rotate …
      </Button>
      {rotating && (
        <RotateDialog
          token={token}
          onClose={() => {
            setRotating(false);
          }}
        />
      )}
    </>
  );
}

function RotateDialog({ token, onClose }: { readonly token: Authorization; readonly onClose: () => void }) {
  const [grace, setGrace] = useState(GRACE_DEFAULT);
  const buckets = useQuery(bucketsQuery(token.orgID));
  const showSecret = useShowSecret();
  const forget = useForgetTokens();
  const rotated = useRef<ShownSecret | undefined>(undefined);
  const action = useAction(async () => {
    const { authorization, secret } = await rotateToken(token.id, Number(grace));
    rotated.current = {
      title: 'Your new API token',
      sentence:
        grace === '0'
          ? 'The old one is refused from now on.'
          : `The old one stays valid for ${GRACE_TIMES.find(({ value }) => value === grace)?.label ?? ''}.`,
      secret,
      permissions: authorization.permissions,
      org: token.org,
      bucketName: (id) => buckets.data?.find((bucket) => bucket.id === id)?.name,
      anyBucket: buckets.data?.find(isUserBucket)?.name,
      fileName: `token-${token.id}`,
    };
  });
  const { previousSecret } = token;
  return (
    <FormDialog
      title="Rotate this token?"
      submit="Rotate"
      action={action}
      run={() => action.run()}
      onClose={() => {
        // This dialog gives the focus back before the next one takes it. The secret is shown also if this one was closed while the server worked.
        onClose();
        const shown = rotated.current;
        rotated.current = undefined;
        if (shown === undefined) return;
        showSecret(shown);
        void forget();
      }}
    >
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong>{nameOfToken(token)}</strong> gets a new secret, which you see once. Its permissions and its expiry stay as they are.
      </p>
      <NativeSelect
        label="The old secret stays valid for"
        description="Give the new one to every program that uses it in this time."
        value={grace}
        data={GRACE_TIMES}
        onChange={(event) => {
          setGrace(event.currentTarget.value);
        }}
      />
      {previousSecret !== undefined && (
        <Remark tone="warning">
          {previousSecret.expiresAt === undefined ? (
            <>The last rotation was not confirmed: its secret ends at once, and the one before it counts as the old one.</>
          ) : (
            <>
              The secret before that, valid until <Moment at={previousSecret.expiresAt} />, ends at once: a token has at most two.
            </>
          )}
        </Remark>
      )}
    </FormDialog>
  );
}
