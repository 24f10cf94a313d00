/** Threads that evaluate queries: what somebody makes of them is his own loss, and everybody's turn comes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLineProtocol } from '../wire/line-protocol.js';
import { DATA, NOW_NS, ORGANIZATION } from '../../test/support/flux.js';
import { MemoryEngine } from '../../test/support/memory-engine.js';
import type { Task } from './job.js';
import type { Work } from './messages.js';
import { QueryPool } from './query-pool.js';
import type { Reach } from './world.js';

const MEBIBYTE = 1024 * 1024;
const memory = new MemoryEngine();
const engine = { read: memory.read.bind(memory), series: memory.series.bind(memory), delete: () => Promise.resolve() };
const reach: Reach = {
  findBucket: (reference) => Promise.resolve('name' in reference && reference.name === 'data' ? DATA : undefined),
};
const newPool = (options: Partial<ConstructorParameters<typeof QueryPool>[0]> = {}): QueryPool =>
  new QueryPool({ threads: 3, waitingMax: 1000, memoryBytesMax: 64 * MEBIBYTE, poolBytesMax: 256 * MEBIBYTE, ...options });

const fluxWork = (script: string, wanted: 'answer' | 'nothing' | 'failure' = 'answer'): Work => ({
  kind: 'flux',
  organizationId: ORGANIZATION,
  contentType: 'application/vnd.flux',
  body: Buffer.from(script),
  nowNs: NOW_NS,
  wanted,
});

const taskOf = (script: string, rest: Partial<Task> = {}): Task => ({
  work: fluxWork(script),
  user: 'ann',
  reach,
  engine,
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  ...rest,
});

async function textOf(pool: QueryPool, task: Task): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await pool.run(task)).bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** The error that ends a script before or in its answer. */
const failureOf = (pool: QueryPool, task: Task): Promise<string> =>
  textOf(pool, task).then(
    (text) => /,error,reference\r\n,(?<message>.*),\r\n/.exec(text)?.groups?.message ?? `no failure: ${text.slice(0, 200)}`,
    (error: unknown) => (error as Error).message,
  );

const ONE = 'import "array"\narray.from(rows: [{_value: 1}])';
describe('a pool of threads', () => {
  let pool: QueryPool;
  beforeAll(async () => {
    pool = newPool();
    await memory.write(DATA.id, parseLineProtocol(Buffer.from('m,t=a f=1,s="x" 1\nm,t=b f=2,s="yö" 2'), 'ns', NOW_NS));
  });
  afterAll(() => pool.close());

  it('answers', async () => {
    expect(await textOf(pool, taskOf(ONE))).toBe(',result,table,_value\r\n,_result,0,1\r\n\r\n');
    const read = await textOf(pool, taskOf('from(bucket: "data") |> range(start: 0)'));
    expect(read).toContain('yö');
  });

  it('asks patterns itself where they take long', async () => {
    const filter = `from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r.t =~ /b${'|c'.repeat(400)}/ and r._field == "f")`;
    const read = await textOf(pool, taskOf(filter));
    expect(read).toContain(',2,f,m,b');
    expect(read).not.toContain(',m,a');
  });

  it('reads no bucket that was not granted', async () => {
    expect(await failureOf(pool, taskOf('from(bucket: "other") |> range(start: 0)'))).toContain('could not find bucket "other"');
  });

  it.each([
    ['of many brackets', `x = ${'('.repeat(3000)}1${')'.repeat(3000)}`, /nested too deep|took longer/],
    ['of many arrays', `x = ${'['.repeat(3000)}`, /nested too deep|took longer|expected RBRACK/],
    ['of many signs', `x = ${'-'.repeat(100_000)}1`, /nested too deep|took longer/],
    ['of many texts in texts', `x = ${'"${'.repeat(3000)}a${'}"'.repeat(3000)}`, /nested too deep|took longer/],
    ['of many statements', Array.from({ length: 5000 }, (_, i) => `x${i} = 1`).join('\n'), /nested too deep|took longer/],
  ])('refuses a script %s, and answers the next one', { timeout: 60_000 }, async (_what, script, message) => {
    expect(await failureOf(pool, taskOf(script))).toMatch(message);
    expect(await textOf(pool, taskOf(ONE))).toContain(',1');
  });
});
