/** When a token was used last, and whether somebody still uses the secret that it had before its rotation. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { endPreviousSecret, type Authorization } from '../api/authorizations.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { Remark } from '../components/message.js';
import { Ago, Moment, useNow } from '../components/times.js';
import styles from './expiry.module.css';
import { nameOfToken, useForgetTokens } from './token-parts.js';

export function LastUse({ token }: { readonly token: Authorization }) {
  const { lastUsedAt, lastUsedFrom, lastUsedWith } = token;
  if (lastUsedAt === undefined) return 'No use is known';
  return (
    <>
      <Ago at={lastUsedAt} /> by {lastUsedFrom}, with {lastUsedWith}
    </>
  );
}

export function PreviousSecret({ token }: { readonly token: Authorization }) {
  const { previousSecret } = token;
  const now = useNow();
  const announce = useAnnounce();
  const forget = useForgetTokens();
  const [asking, setAsking] = useState(false);
  if (previousSecret === undefined || (previousSecret.expiresAt !== undefined && Date.parse(previousSecret.expiresAt) <= now)) return null;
  const { lastUsedAt, lastUsedFrom, expiresAt } = previousSecret;
  const use =
    lastUsedAt === undefined ? (
      <>No use of the old secret is known.</>
    ) : (
      <>
        The old secret was last used <Ago at={lastUsedAt} /> by {lastUsedFrom}.
      </>
    );
  return (
    <div className={styles.previous}>
      <Remark>
        <div className={styles.line}>
          <span>
            {use} It is valid until {expiresAt === undefined ? 'the rotation is confirmed' : <Moment at={expiresAt} />}.
          </span>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              setAsking(true);
            }}
          >
            End it now
          </Button>
        </div>
        {asking && (
          <ConfirmDialog
            title="End the old secret?"
            confirm="End it now"
            work={async () => {
              await endPreviousSecret(token.id);
              announce.done('The old secret is refused from now on.');
              await forget();
            }}
            onClose={() => {
              setAsking(false);
            }}
          >
            <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
              {use} Whoever still uses the old secret of <strong>{nameOfToken(token)}</strong> is refused from that moment on. You can’t
              undo this.
            </p>
          </ConfirmDialog>
        )}
      </Remark>
    </div>
  );
}
