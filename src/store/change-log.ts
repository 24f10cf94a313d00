/**
 * A log in the store of what its transactions changed, written in the same transaction: every server with the same store learns
 * what the others changed, and removes it from its caches.
 */
import { randomBytes } from 'node:crypto';
import { ALL_CHANGED, type Change, type Noun } from '../domain/store.js';
import type { Database } from './database.js';
import { prepare, prepareRows } from './prepared.js';

/** Rows kept in the log; a server that has missed more treats everything as changed. */
export const CHANGES_KEPT = 10_000;
/** A transaction that changes more than this has changed everything of a noun, as far as the log tells. */
export const CHANGES_PER_COMMIT_MAX = 1_000;
/** Rows that are read at once. */
const ROWS_PER_READ = 1_000;

interface Row {
  readonly sequence: number;
  readonly writer: string;
  readonly noun: string;
  readonly kind: string;
  readonly id: string;
}

export interface ChangeLog {
  /** To be called in the transaction that has made the changes. */
  append(changes: readonly Change[]): Promise<void>;
  /** What others have changed since it was asked last; nothing that was appended here. */
  readOthers(): Promise<readonly Change[]>;
}

/**
 * @param writing the connection that has the transactions
 * @param reading one that sees what is committed
 */
export async function openChangeLog(writing: Database, reading: Database): Promise<ChangeLog> {
  const own = randomBytes(8).toString('hex');
  const insert = prepareRows(writing, (count) =>
    writing.insertInto('changes').values(Array.from({ length: count }, () => ({ writer: '', noun: '', kind: '', id: '' }))),
  );
  const after = prepare<Row>(reading, () =>
    reading.selectFrom('changes').selectAll().where('sequence', '>', 0).orderBy('sequence').limit(ROWS_PER_READ),
  );
  const last = await reading
    .selectFrom('changes')
    .select((eb) => eb.fn.max('sequence').as('sequence'))
    .executeTakeFirst();
  let seen = last?.sequence ?? 0;
  // So that a server that is restarted again and again trims it as well.
  let untrimmed = CHANGES_KEPT;

  async function trim(): Promise<void> {
    await writing
      .deleteFrom('changes')
      .where('sequence', '<=', (eb) => eb.selectFrom('changes').select(eb(eb.fn.max('sequence'), '-', CHANGES_KEPT).as('oldest')))
      .execute();
  }

  return {
    async append(changes) {
      const rows = changes.length > CHANGES_PER_COMMIT_MAX ? wholeNouns(changes) : changes;
      await insert(rows.map(({ noun, kind, id }) => [own, noun, kind, id]));
      untrimmed += rows.length;
      if (untrimmed < CHANGES_KEPT / 10) return;
      untrimmed = 0;
      await trim();
    },

    async readOthers() {
      const changes: Change[] = [];
      for (;;) {
        const rows = await after([seen, ROWS_PER_READ]);
        for (const row of rows) {
          const isGap = row.sequence !== seen + 1;
          seen = row.sequence;
          if (isGap) changes.push(...ALL_CHANGED);
          else if (row.writer !== own) changes.push({ noun: row.noun as Noun, kind: row.kind as Change['kind'], id: row.id });
        }
        if (rows.length < ROWS_PER_READ) return changes;
      }
    },
  };
}

const wholeNouns = (changes: readonly Change[]): Change[] =>
  [...new Set(changes.map(({ noun }) => noun))].map((noun) => ({ noun, kind: 'update', id: '' }));
