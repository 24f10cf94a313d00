/** What a delete takes away, against a model that says it in three lines; on the real engine and store. */
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../domain/actor.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import { globalPermission, PermissionSet } from '../domain/permission.js';
import type { SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import { openDuckDbEngine } from '../series/duckdb.js';
import { openSqliteStore } from '../store/sqlite.js';
import { parseLineProtocol } from '../wire/line-protocol.js';
import { bucketKind } from '../kinds/buckets.js';
import { createDelete, type Delete } from './delete.js';

const RUNS = 60;
const ORG = '00000000000000aa' as OrganizationId;
const MEASUREMENTS = ['m', 'rack', 'n'];
const KEYS = ['rack', 'host', 'a b'];
const VALUES = ['r7', 'r8', '-5', 'true', 'é'];
const TIMES = [1n, 2n, 3n];

interface Series {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
}
interface Rule {
  readonly key: string;
  readonly equal: boolean;
  readonly value: string;
}

const escape = (text: string): string => text.replace(/[ ,=]/g, '\\$&');
const keyOf = ({ measurement, tags }: Series): string =>
  [measurement, ...KEYS.filter((key) => tags[key] !== undefined).map((key) => `${escape(key)}=${escape(tags[key] as string)}`)].join();

const anySeries = fc.record({
  measurement: fc.constantFrom(...MEASUREMENTS),
  tags: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)),
});
const anyRule = fc.record({
  key: fc.constantFrom(...KEYS, '_measurement', 'absent'),
  equal: fc.boolean(),
  value: fc.constantFrom(...VALUES, ...MEASUREMENTS, ''),
});
const anyTime = fc.constantFrom(0n, ...TIMES, 4n);

/** The model. */
function fits({ measurement, tags }: Series, rules: readonly Rule[]): boolean {
  return rules.every(({ key, equal, value }) => {
    const has = key === '_measurement' ? measurement : tags[key];
    return has !== undefined && (has === value) === equal;
  });
}

const textOf = (rules: readonly Rule[]): string =>
  rules
    .map(({ key, equal, value }, i) => `${i % 2 === 1 ? '(' : ''}"${key}"${equal ? '=' : ' != '}"${value}"${i % 2 === 1 ? ')' : ''}`)
    .join(' and ');

describe('deleting', () => {
  let directory: string;
  let store: Store;
  let engine: SeriesEngine;
  let remove: Delete;
  let bucketCount = 0;
  const actor = { ...systemActor('test'), permissions: new PermissionSet([globalPermission('write', 'buckets')]) };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'delete-'));
    store = await openSqliteStore(directory);
    engine = await openDuckDbEngine({
      directory: join(directory, 'series'),
      memoryLimitBytes: 2 ** 27,
      threads: 1,
      onEvent: () => undefined,
    });
    remove = createDelete({ store, engine });
    await store.transaction((writer) =>
      writer.insertOrganization({ id: ORG, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 }),
    );
  });
  afterAll(async () => {
    await engine.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  async function aBucket(): Promise<BucketId> {
    const id = (++bucketCount).toString(16).padStart(16, '0') as BucketId;
    const bucket = { id, orgID: ORG, type: 'user', name: id, description: '', retentionPolicyName: '', retentionSeconds: 0 } as const;
    await store.transaction((writer) =>
      writer.resources(bucketKind).insert({ ...bucket, shardGroupDurationSeconds: 3600, createdAtMs: 0, updatedAtMs: 0 }),
    );
    return id;
  }

  async function left(bucketId: BucketId): Promise<string[]> {
    const points: string[] = [];
    for await (const { measurement, tags, times } of engine.read({ bucketId, range: { startNs: 0n, stopNs: 10n } })) {
      for (const time of times) points.push(`${keyOf({ measurement, tags: Object.fromEntries(tags) })} ${time}`);
    }
    return points.sort();
  }

  it('takes what a model says, and nothing that lacks a tag which the predicate names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anySeries, { minLength: 1, maxLength: 8, selector: keyOf }),
        fc.array(anyRule, { maxLength: 4 }),
        anyTime,
        anyTime,
        async (series, rules, startNs, stopNs) => {
          const bucketID = await aBucket();
          const lines = series.flatMap((each) => TIMES.map((time) => `${keyOf(each)} v=1 ${time}`));
          await engine.write(bucketID, parseLineProtocol(Buffer.from(lines.join('\n')), 'ns', 0n));
          await remove.run(actor, { orgID: ORG, bucketID }, { startNs, stopNs, predicate: textOf(rules) });
          const found = await left(bucketID);
          const points = series.flatMap((each) => TIMES.map((time) => ({ each, time, text: `${keyOf(each)} ${time}` })));
          const kept = points.filter(({ each, time }) => time < startNs || time > stopNs || !fits(each, rules));
          expect(found).toEqual(kept.map(({ text }) => text).sort());
          for (const { each, text } of points) {
            if (rules.some(({ key }) => key !== '_measurement' && each.tags[key] === undefined)) expect(found).toContain(text);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it.each([' ', '\n\t', 'rack!="r7" or host="a"', 'rack=-5i', 'é="ü"', 'rack=r7 host=a and host=b', '()', 'rack="r7" and'])(
    'deletes nothing where it refuses the predicate %j',
    async (predicate) => {
      const bucketID = await aBucket();
      await engine.write(bucketID, parseLineProtocol(Buffer.from('m,rack=r7 v=1 1\nm,host=a v=1 1\nm v=1 1'), 'ns', 0n));
      const command = { startNs: 0n, stopNs: 9n, predicate };
      await expect(remove.run(actor, { orgID: ORG, bucketID }, command)).rejects.toMatchObject({ code: 'invalid' });
      expect(await left(bucketID)).toEqual(['m 1', 'm,host=a 1', 'm,rack=r7 1']);
    },
  );
});
