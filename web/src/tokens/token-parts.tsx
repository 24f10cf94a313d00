/** What lists and pages show of a token alike: its kind, its name, and the question before it is deleted. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { countActiveOperators, deleteToken, KIND_NAMES, kindOf, type Authorization } from '../api/authorizations.js';
import type { TokenKind } from '../../../src/domain/token-kind.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { Remark } from '../components/message.js';
import { Shown, shownText } from '../components/shown-text.js';
import styles from './token-parts.module.css';

export function KindBadge({ kind }: { readonly kind: TokenKind }) {
  return <span className={`${styles.kind} ${styles[kind]}`}>{KIND_NAMES[kind]}</span>;
}

export const nameOfToken = ({ description }: Pick<Authorization, 'description'>): string =>
  description.trim() === '' ? 'Token without a description' : shownText(description);

export function TokenName({ token }: { readonly token: Pick<Authorization, 'description'> }) {
  return token.description.trim() === '' ? (
    <span className={styles.nameless}>Without a description</span>
  ) : (
    <span className={styles.clamped} title={shownText(token.description)}>
      <Shown text={token.description} />
    </span>
  );
}

/** Forgets what is known of tokens, and of what the person may do by them. */
export function useForgetTokens(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['tokens', 'token', 'me'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}

/** Asked anew each time: it must be right. */
export function LastOperatorWarning({ token }: { readonly token: Authorization }) {
  const count = useQuery({ queryKey: ['operators'], queryFn: countActiveOperators, staleTime: 0, gcTime: 0 });
  if (token.status !== 'active' || count.data === undefined || count.data > 1) return null;
  return (
    <Remark tone="warning">
      <strong>This is the last active operator token.</strong> Without one, programs can’t administer this server. The user who set it up
      can still sign in here.
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
        announce.done('The API token is deleted.');
        onDeleted?.();
        await forget();
      }}
      onClose={onClose}
    >
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong>{nameOfToken(token)}</strong> is refused from that moment on. You can’t undo this. To stop it for a while, make it inactive
        instead.
      </p>
      {isOperator && <LastOperatorWarning token={token} />}
    </ConfirmDialog>
  );
}
