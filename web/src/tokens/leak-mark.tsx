/** A token whose secret was reported as known to others: it is inactive until it is rotated. */
import type { Authorization } from '../api/authorizations.js';
import { Remark } from '../components/message.js';
import { Moment } from '../components/times.js';
import { formatExactly, useZone } from '../components/zone.js';
import styles from './expiry.module.css';

type Leaked = Pick<Authorization, 'leakedAt'>;

export function LeakMark({ token: { leakedAt } }: { readonly token: Leaked }) {
  const zone = useZone();
  if (leakedAt === undefined) return null;
  return (
    <time dateTime={leakedAt} title={formatExactly(leakedAt, zone)} className={`${styles.mark} ${styles.expired}`}>
      Leaked
    </time>
  );
}

export function LeakRemark({ token: { leakedAt } }: { readonly token: Leaked }) {
  if (leakedAt === undefined) return null;
  return (
    <div className={styles.previous}>
      <Remark tone="warning">
        Somebody reported this token as leaked (<Moment at={leakedAt} />
        ), so it was made inactive. Rotate it, then activate it again.
      </Remark>
    </div>
  );
}
