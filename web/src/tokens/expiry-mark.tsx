/** `Expires in 3 days`, `Expired`: in words, not by a color alone. */
import type { Authorization } from '../api/authorizations.js';
import { Moment, useNow } from '../components/times.js';
import { formatExactly, useZone } from '../components/zone.js';
import { expiresSoon, expiryInWords, isExpired } from './expiry.js';
import styles from './expiry.module.css';

type Expiring = Pick<Authorization, 'expiresAt'>;

export const useIsExpired = (token: Expiring): boolean => isExpired(token, useNow());

/** Nothing for a token that does not end soon. */
export function ExpiryMark({ token }: { readonly token: Expiring }) {
  const now = useNow();
  const zone = useZone();
  const { expiresAt } = token;
  if (expiresAt === undefined || !expiresSoon(token, now)) return null;
  return (
    <time
      dateTime={expiresAt}
      title={formatExactly(expiresAt, zone)}
      className={`${styles.mark} ${isExpired(token, now) ? styles.expired : ''}`}
    >
      {expiryInWords(expiresAt, now)}
    </time>
  );
}

export function ExpiryOf({ token }: { readonly token: Expiring }) {
  if (token.expiresAt === undefined) return 'Never';
  return (
    <>
      <Moment at={token.expiresAt} /> <ExpiryMark token={token} />
    </>
  );
}
