/** The audit log in a SQLite file: the chain, and that tampering with the file is found, whatever is tampered with. */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../auth/audit-check.js';
import { deriveAuditKey } from '../auth/audit-key.js';
import { trimAudit } from '../auth/audit-retention.js';
import { entryOf, recordEvent } from '../auth/audit.js';
import { systemActor } from '../domain/actor.js';
import { AUDIT_ACTIONS, type AuditEntry } from '../domain/audit.js';
import { hashOfRecord, type ChainCheckOptions } from '../domain/audit-chain.js';
import type { OrganizationId } from '../domain/id.js';
import type { FileStore } from '../domain/store-file.js';
import { openSqliteStore, SQLITE_FILE } from './sqlite.js';

const RECORDS = 12;
const ORG = '0000000000000001' as OrganizationId;
const ACTOR = systemActor('test');
const COLUMNS = [
  'time_ms',
  'actor_kind',
  'actor_name',
  'user_id',
  'authorization_id',
  'action',
  'resource_type',
  'resource_id',
  'resource_name',
  'organization_id',
  'address',
  'outcome',
  'reason',
  'request_id',
  'details',
  'previous_hash',
  'hash',
  'seal',
] as const;

const { seal } = deriveAuditKey(randomBytes(32));
let directory: string;
let store: FileStore;
let database: Sqlite.Database;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'audit-'));
  store = await openSqliteStore(directory, SQLITE_FILE, seal);
  await store.transaction(async (writer) => {
    for (let i = 1; i <= RECORDS; i++) await writer.appendAudit(entryAt(i * 1000));
  });
  database = new Sqlite(join(directory, SQLITE_FILE));
});
afterEach(async () => {
  database.close();
  await store.close();
  rmSync(directory, { recursive: true });
});

const entryAt = (timeMs: number, event: Partial<AuditEntry> = {}): AuditEntry => ({
  timeMs,
  actor: { kind: 'system', name: 'test' },
  action: AUDIT_ACTIONS[timeMs % AUDIT_ACTIONS.length] ?? 'user.created',
  resource: { type: 'users', id: String(timeMs), name: 'ann' },
  orgID: ORG,
  outcome: 'success',
  reason: 'because',
  details: { count: timeMs, text: 'a' },
  ...event,
});
const append = (timeMs: number, event?: Partial<AuditEntry>) => store.transaction((writer) => writer.appendAudit(entryAt(timeMs, event)));
const verify = (options: ChainCheckOptions = { seal }) => verifyAudit(store, options);
/** Changes the file, looks what is found, and changes it back. */
async function findingsOf(tamper: () => void, options?: ChainCheckOptions) {
  database.exec('CREATE TEMP TABLE kept AS SELECT * FROM audit; CREATE TEMP TABLE kept_head AS SELECT * FROM audit_head');
  try {
    tamper();
    return await verify(options);
  } finally {
    database.exec(
      'DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head; ' +
        'DROP TABLE kept; DROP TABLE kept_head',
    );
  }
}

describe('the audit log', () => {
  it('is a chain from the first record on, and says so', async () => {
    expect(await verify()).toMatchObject({ intact: true, checked: RECORDS, first: 1, last: RECORDS, problems: [] });
    const records = await store.listAudit({}, { limit: 3 });
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(records[1]?.previousHash).toBe(records[0]?.hash);
    expect((await store.listAudit({}, { limit: 2, descending: true, after: 9 })).map(({ sequence }) => sequence)).toEqual([8, 7]);
  });

  it('shares the fate of its transaction', async () => {
    const work = store.transaction(async (writer) => {
      await recordEvent(writer, ACTOR, 1, { action: 'user.created' });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect((await store.findAuditHead())?.sequence).toBe(RECORDS);
    database.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END");
    const change = store.transaction(async (writer) => {
      await writer.putFact('narrowed permissions', 'told');
      await recordEvent(writer, ACTOR, 1, { action: 'user.created' });
    });
    await expect(change).rejects.toThrow('no room');
    database.exec('DROP TRIGGER full');
    expect(await store.findFact('narrowed permissions')).toBeUndefined();
    expect(await verify()).toMatchObject({ intact: true });
  });

  it('finds records by every filter', async () => {
    const find = async (filter: Parameters<FileStore['listAudit']>[0]) =>
      (await store.listAudit(filter, { limit: 100 })).map(({ sequence }) => sequence);
    await append(99_000, {
      orgID: undefined,
      requestId: 'r1',
      actor: { kind: 'token', userId: 'u' as never, authorizationId: 'a' as never },
    });
    await append(99_500, { outcome: 'refused', action: 'request.refused', resource: undefined });
    expect(await find({ orgIDs: [] })).toEqual([]);
    expect(await find({ orgIDs: [ORG], sinceMs: 11_000 })).toEqual([11, 12, 14]);
    expect(await find({ untilMs: 3000 })).toEqual([1, 2]);
    expect(await find({ actorId: 'a' })).toEqual([13]);
    expect(await find({ actorId: 'u', requestId: 'r1' })).toEqual([13]);
    expect(await find({ resourceId: '5000' })).toEqual([5]);
    expect(await find({ outcome: 'refused', actions: ['request.refused'] })).toEqual([14]);
    expect(await find({ actions: [] })).toEqual([]);
  });

  it('gives back every text as it hashed it', async () => {
    const texts = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii', minLength: 390, maxLength: 410 }));
    await store.transaction(async (writer) => {
      for (const [a, b] of fc.sample(texts, 200)) {
        await writer.appendAudit(entryAt(5, { reason: `${a}\ud800`, resource: { type: 'x', name: b }, details: { a, b } }));
      }
    });
    expect(await verify()).toMatchObject({ intact: true, checked: RECORDS + 200 });
  });

  it('names the first record that was changed, removed or put elsewhere', async () => {
    const sequence = fc.integer({ min: 1, max: RECORDS });
    const set = (column: string, value: unknown, at: number) => {
      database.prepare(`UPDATE audit SET ${column} = ? WHERE sequence = ?`).run(value, at);
    };
    const valueOf = (column: string, at: number) =>
      database.prepare(`SELECT ${column} FROM audit WHERE sequence = ?`).pluck().get(at) as string | number | null;
    const change = fc.record({ at: sequence, column: fc.constantFrom(...COLUMNS), text: fc.string({ minLength: 1 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, column, text }) => {
        const verdict = await findingsOf(() => {
          set(
            column,
            column === 'time_ms' ? Number(valueOf(column, at)) + text.length : column === 'details' ? JSON.stringify({ text }) : `${text}!`,
            at,
          );
        });
        expect(verdict.intact).toBe(false);
        // A changed link to the record before, or seal, is the record's own; a changed hash, too.
        expect(verdict.problems[0]?.sequence).toBe(at);
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(sequence, sequence, async (a, b) => {
        fc.pre(a !== b);
        const [from, through] = [Math.min(a, b), Math.max(a, b)];
        const removed = await findingsOf(() => database.prepare('DELETE FROM audit WHERE sequence BETWEEN ? AND ?').run(from, through - 1));
        expect(removed.problems[0]).toMatchObject({ sequence: from });
        const swapped = await findingsOf(() => {
          database.prepare('UPDATE audit SET sequence = -1 WHERE sequence = ?').run(from);
          database.prepare('UPDATE audit SET sequence = ? WHERE sequence = ?').run(from, through);
          database.prepare('UPDATE audit SET sequence = ? WHERE sequence = -1').run(through);
        });
        expect(swapped.problems[0]?.sequence).toBe(from);
        const closed = await findingsOf(() => {
          database.prepare('DELETE FROM audit WHERE sequence = ?').run(from);
          for (let i = from + 1; i <= RECORDS; i++) database.prepare('UPDATE audit SET sequence = ? WHERE sequence = ?').run(i - 1, i);
        });
        expect(closed.problems[0]?.sequence).toBe(from);
      }),
      { numRuns: 25 },
    );
    expect(await verify()).toMatchObject({ intact: true });
  });

  it('finds what somebody changed who made all hashes anew, and cannot seal them', async () => {
    const verdict = await findingsOf(() => {
      database.prepare("UPDATE audit SET reason = 'another' WHERE sequence = 5").run();
      rehash();
    });
    expect(verdict.problems[0]).toMatchObject({ sequence: 5 });
    // Without the key only a hash that was noted elsewhere tells.
    const [fifth] = await store.listAudit({}, { after: 4, limit: 1 });
    const noted = { sequence: 5, hash: fifth?.hash ?? '' };
    expect(await verify({ expected: noted })).toMatchObject({ intact: true });
    for (const [options, isIntact] of [
      [{}, true],
      [{ expected: noted }, false],
    ] as const) {
      const found = await findingsOf(() => {
        database.prepare("UPDATE audit SET reason = 'another' WHERE sequence = 4").run();
        rehash();
      }, options);
      expect(found.intact).toBe(isIntact);
    }
  });

  it('finds that the newest records are gone, and what was added behind them', async () => {
    const cut = await findingsOf(() => database.exec('DELETE FROM audit WHERE sequence > 9'));
    expect(cut.problems).toEqual([{ sequence: 10, problem: 'the records through 12 are missing' }]);
    const both = await findingsOf(() =>
      database.exec(
        'DELETE FROM audit WHERE sequence > 9; UPDATE audit_head SET sequence = 9, hash = (SELECT hash FROM audit WHERE sequence = 9)',
      ),
    );
    expect(both.problems).toEqual([{ sequence: 10, problem: 'the head of the chain was changed: its seal does not match' }]);
    const headless = await findingsOf(() => database.exec('DELETE FROM audit_head'));
    expect(headless.problems[0]?.sequence).toBe(12);
    const empty = await findingsOf(() => database.exec('DELETE FROM audit'));
    expect(empty.problems).toEqual([{ sequence: 1, problem: 'the records through 12 are missing' }]);
    const [last] = await store.listAudit({}, { after: 11, limit: 1 });
    // A whole older state is as good as it was, but for who noted a hash since.
    expect(await verify({ seal, expected: { sequence: 13, hash: last?.hash ?? '' } })).toMatchObject({ intact: false });
  });

  it('is proved from an anchor on when its beginning was deleted', async () => {
    expect(await trimAudit({ store, clock: () => 10_000, retentionMs: 5500 })).toBe(4);
    expect(await verify()).toMatchObject({ intact: true, checked: RECORDS - 4 + 1, first: 5, last: RECORDS + 1 });
    expect(await trimAudit({ store, clock: () => 10_100, retentionMs: 5500 })).toBe(0);
    expect(await trimAudit({ store, clock: () => 50_000_000, retentionMs: 5500 })).toBe(RECORDS - 4 + 1);
    expect(await verify()).toMatchObject({ intact: true, checked: 1, first: RECORDS + 2 });
    await append(60_000_000);
    const early = await findingsOf(() => database.prepare('DELETE FROM audit WHERE sequence = ?').run(RECORDS + 2));
    expect(early).toMatchObject({ intact: false, problems: [{ sequence: 1 }] });
  });

  it('keeps refused requests for a while, the newest for longest', async () => {
    const refused = (requestId: string) => ({
      ...entryOf({ kind: 'unknown' }, { id: requestId, address: '::1' }, 1, { action: 'request.refused', outcome: 'refused' }),
      requestId,
    });
    await store.transaction((writer) => writer.putRefusedRequests([refused('a'), refused('b'), refused('a')]));
    expect(await store.listRefusedRequests('a', 10)).toHaveLength(2);
    expect(await store.listRefusedRequests('b', 10)).toMatchObject([{ requestId: 'b', address: '::1', action: 'request.refused' }]);
    expect(await store.listRefusedRequests('c', 10)).toEqual([]);
  });
});

/** As somebody without the key would make the chain whole again. */
function rehash(): void {
  const rows = database.prepare('SELECT * FROM audit ORDER BY sequence').all() as Record<string, never>[];
  let previous = '0'.repeat(64);
  for (const row of rows) {
    const entry = {
      timeMs: row['time_ms'],
      actor: { kind: row['actor_kind'], name: row['actor_name'] },
      action: row['action'],
      resource: { type: row['resource_type'], id: row['resource_id'], name: row['resource_name'] },
      orgID: row['organization_id'],
      outcome: row['outcome'],
      reason: row['reason'],
      details: JSON.parse(row['details'] as unknown as string) as object,
    } as unknown as AuditEntry;
    const hash = hashOfRecord(previous, row['sequence'] as unknown as number, entry);
    database.prepare('UPDATE audit SET previous_hash = ?, hash = ? WHERE sequence = ?').run(previous, hash, row['sequence']);
    previous = hash;
  }
  database.prepare('UPDATE audit_head SET hash = ?').run(previous);
}
