/** The frame of the pages before one is signed in. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { healthQuery } from '../api/resources.js';
import { Brand } from './brand.js';
import styles from './entrance.module.css';

export function Entrance({ children }: { readonly children: ReactNode }) {
  const health = useQuery(healthQuery);
  return (
    <main className={styles.outside}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Brand />
        </div>
        <div className={styles.inside}>{children}</div>
        <p className={styles.foot}>{health.data === undefined ? '\u00a0' : `Sluice ${health.data.sluiceVersion} at ${location.host}`}</p>
      </div>
    </main>
  );
}
