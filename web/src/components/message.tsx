/** A sentence that must be seen: an error in the server's words, a warning, a remark. */
import type { ReactNode } from 'react';
import styles from './message.module.css';
import { messageOf } from './use-action.js';

export function ErrorMessage({ error }: { readonly error: unknown }) {
  if (error === undefined || error === null) return null;
  return (
    <p role="alert" className={`${styles.message} ${styles.error}`}>
      {messageOf(error)}
    </p>
  );
}

export function Remark({ tone = 'plain', children }: { readonly tone?: 'plain' | 'warning'; readonly children: ReactNode }) {
  return <div className={`${styles.message} ${tone === 'warning' ? styles.warning : ''}`}>{children}</div>;
}
