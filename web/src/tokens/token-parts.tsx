/** What lists and pages show of a token alike: its kind, its switch, and the questions before it is ended. */
import { Switch } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changeToken, countActiveOperators, deleteToken, KIND_NAMES, kindOf, type Authorization } from '../api/authorizations.js';
import type { TokenKind } from '../../../src/domain/token-kind.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { Remark } from '../components/message.js';
import { messageOf } from '../components/use-action.js';
import styles from './token-parts.module.css';

export function KindBadge({ kind }: { readonly kind: TokenKind }) {
  return <span className={`${styles.kind} ${styles[kind]}`}>{KIND_NAMES[kind]}</span>;
}

export const nameOfToken = ({ description }: Pick<Authorization, 'description'>): string =>
  description.trim() === '' ? 'Token without a description' : description;

export function TokenName({ token }: { readonly token: Pick<Authorization, 'description'> }) {
  return token.description.trim() === '' ? <span className={styles.nameless}>Without a description</span> : <>{token.description}</>;
}

/** Forgets what is known of tokens, and of what the person may do by them. */
export function useForgetTokens(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['tokens', 'token', 'me'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}

export function StatusSwitch({ token }: { readonly token: Authorization }) {
  const announce = useAnnounce();
  const forget = useForgetTokens();
  const [asking, setAsking] = useState(false);
  const [coming, setComing] = useState<boolean | undefined>(undefined);
  const active = coming ?? token.status === 'active';

  const change = async (next: boolean): Promise<void> => {
    setComing(next);
    try {
      await changeToken(token.id, { status: next ? 'active' : 'inactive' });
      await forget();
      announce(`“${nameOfToken(token)}” is ${next ? 'active' : 'inactive'}.`);
    } finally {
      setComing(undefined);
    }
  };

  return (
    <>
      <Switch
        checked={active}
        label={active ? 'Active' : 'Inactive'}
        aria-label={`“${nameOfToken(token)}” is ${active ? 'active' : 'inactive'}`}
        onChange={(event) => {
          const next = event.currentTarget.checked;
          if (!next && kindOf(token) === 'operator') setAsking(true);
          else
            change(next).catch((error: unknown) => {
              announce(messageOf(error));
            });
        }}
      />
      {asking && (
        <ConfirmDialog
          title="Deactivate an operator token?"
          confirm="Deactivate"
          typed="operator"
          work={() => change(false)}
          onClose={() => {
            setAsking(false);
          }}
        >
          <p style={{ margin: 0 }}>
            <strong>{nameOfToken(token)}</strong> will open nothing until it is activated again.
          </p>
          <LastOperatorWarning token={token} />
        </ConfirmDialog>
      )}
    </>
  );
}

/** Asked anew each time: it must be right. */
function LastOperatorWarning({ token }: { readonly token: Authorization }) {
  const count = useQuery({ queryKey: ['operators'], queryFn: countActiveOperators, staleTime: 0, gcTime: 0 });
  if (token.status !== 'active' || count.data === undefined || count.data > 1) return null;
  return (
    <Remark tone="warning">
      <strong>This is the last active operator token that you can see.</strong> Without one, programs cannot administer this server. The
      user who set it up can still sign in here.
    </Remark>
  );
}

export interface DeleteTokenDialogProps {
  readonly token: Authorization;
  readonly onDeleted?: () => void;
  readonly onClose: () => void;
}

export function DeleteTokenDialog({ token, onDeleted, onClose }: DeleteTokenDialogProps) {
  const announce = useAnnounce();
  const forget = useForgetTokens();
  const isOperator = kindOf(token) === 'operator';
  return (
    <ConfirmDialog
      title={isOperator ? 'Delete an operator token?' : 'Delete this token?'}
      confirm="Delete token"
      typed={isOperator ? 'operator' : undefined}
      work={async () => {
        await deleteToken(token.id);
        announce('API token was deleted successfully');
        onDeleted?.();
        await forget();
      }}
      onClose={onClose}
    >
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong>{nameOfToken(token)}</strong> will open nothing from that moment on, and cannot be brought back. To stop it for a while,
        make it inactive instead.
      </p>
      {isOperator && <LastOperatorWarning token={token} />}
    </ConfirmDialog>
  );
}
