/** What became of a run, in words and in a color. */
import type { Run } from '../api/tasks.js';
import styles from './run-status.module.css';

const WORDS: Readonly<Record<Run['status'], string>> = {
  scheduled: 'Scheduled',
  started: 'Running',
  success: 'Success',
  failed: 'Failed',
  canceled: 'Canceled',
};

export const RunStatus = ({ status }: Pick<Run, 'status'>) => (
  <span className={`${styles.status} ${styles[status] ?? ''}`}>{WORDS[status]}</span>
);
