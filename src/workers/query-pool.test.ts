/** Threads that evaluate queries: what somebody makes of them is his own loss, and everybody's turn comes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bucket } from '../domain/bucket.js';
import { PointAccess } from '../domain/point-access.js';
import type { SeriesEngine } from '../domain/series.js';
import { parseLineProtocol } from '../wire/line-protocol.js';
import { DATA, NOW_NS, ORGANIZATION } from '../../test/support/flux.js';
import { MemoryEngine } from '../../test/support/memory-engine.js';
import { WORST_FLUX } from '../../test/support/worst-scripts.js';
import type { Task } from './job.js';
import type { Work } from './messages.js';
import { QueryPool } from './query-pool.js';
import type { Reach } from './world.js';

const MEBIBYTE = 1024 * 1024;
const memory = new MemoryEngine();
const engine = {
  read: memory.read.bind(memory),
  series: memory.series.bind(memory),
  schema: memory.schema.bind(memory),
} as unknown as SeriesEngine;
const points = new PointAccess(engine, { toRead: () => ({ matches: 'all' }), toWrite: () => undefined }, NOW_NS);
points.openToRead(DATA as unknown as Bucket);
const reach: Reach & { readonly kind: 'flux' } = {
  kind: 'flux',
  points,
  findOrganization: () => Promise.resolve(undefined),
  findBucket: (reference) => Promise.resolve('name' in reference && reference.name === 'data' ? DATA : undefined),
  findWritableBucket: () => Promise.resolve(undefined),
  listReadableBuckets: () => Promise.resolve([DATA]),
  listReadableDatabases: () => Promise.resolve([]),
  findSecret: () => Promise.reject(new Error('there are no secrets here')),
  write: () => Promise.reject(new Error('nothing is written here')),
  send: ({ url }, signal) =>
    url === 'never'
      ? new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('ended'));
          });
        })
      : Promise.resolve({ status: 204, headers: { 'x-a': url }, body: Buffer.from('text') }),
};
const newPool = (options: Partial<ConstructorParameters<typeof QueryPool>[0]> = {}): QueryPool =>
  new QueryPool({
    threads: 3,
    waitingMax: 1000,
    memoryBytesMax: 64 * MEBIBYTE,
    poolBytesMax: 256 * MEBIBYTE,
    onThreadLost: () => undefined,
    observer: undefined,
    ...options,
  });

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
  expects: {},
  user: 'ann',
  reach,
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  onLateError: () => undefined,
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
/** The parser does not come to an end in seconds. */
const PARSES_FOR_EVER = Array.from({ length: 5000 }, (_, i) => `x${i} = 1`).join('\n');

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

  it('sends requests by the main thread, and ends a query that waits for one, whether the other side hears of it or not', async () => {
    const post = (url: string) => `import "array" import "http" array.from(rows: [{_value: http.post(url: "${url}")}])`;
    expect(await textOf(pool, taskOf(post('a')))).toContain(',_result,0,204');
    expect(await failureOf(pool, taskOf(post('never'), { timeoutMs: 300 }))).toMatch(/tim|deadline/);
    const deaf: Reach = { ...reach, send: () => new Promise(() => undefined) };
    expect(await failureOf(pool, taskOf(post('never'), { timeoutMs: 300, reach: deaf }))).toMatch(/tim|deadline/);
    for (let i = 0; i < 4; i++) expect(await textOf(pool, taskOf(ONE))).toContain(',_result,0,1');
  });

  it.each([
    ['of many brackets', `x = ${'('.repeat(3000)}1${')'.repeat(3000)}`, /nested too deep|took longer/],
    ['of many arrays', `x = ${'['.repeat(3000)}`, /nested too deep|took longer|expected RBRACK/],
    ['of many signs', `x = ${'-'.repeat(100_000)}1`, /nested too deep|took longer/],
    ['of many texts in texts', `x = ${'"${'.repeat(3000)}a${'}"'.repeat(3000)}`, /nested too deep|took longer/],
    ['of many statements', PARSES_FOR_EVER, /nested too deep|took longer/],
  ])('refuses a script %s, and answers the next one', { timeout: 60_000 }, async (_what, script, message) => {
    expect(await failureOf(pool, taskOf(script))).toMatch(message);
    expect(await textOf(pool, taskOf(ONE))).toContain(',1');
  });
});

/** Works for much longer than a test waits. */
const LONG = WORST_FLUX['index in rows'] as string;

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a line of queries', () => {
  const pools: QueryPool[] = [];
  const open = (options: Partial<ConstructorParameters<typeof QueryPool>[0]>): QueryPool => {
    const pool = newPool(options);
    pools.push(pool);
    return pool;
  };
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  it('has room for hundreds, who are all answered', async () => {
    const pool = open({});
    const users = ['ann', 'ben', 'cy'];
    const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => textOf(pool, taskOf(ONE, { user: users[i % 3] as string }))));
    expect(new Set(answers).size).toBe(1);
    expect(pool.waiting).toBe(0);
  });

  it('refuses what it has no room for', async () => {
    const pool = open({ threads: 1, waitingMax: 5 });
    const controller = new AbortController();
    const many = Array.from({ length: 10 }, () => failureOf(pool, taskOf(LONG, { signal: controller.signal })));
    const refused = await Promise.race(many);
    expect(refused).toBe('there are 5 queries waiting already: try again later');
    controller.abort(new Error('enough'));
    expect(new Set(await Promise.all(many))).toEqual(new Set([refused, 'enough']));
  });

  it('lets nobody have all threads, however much he asks for', async () => {
    const pool = open({ threads: 2 });
    const controller = new AbortController();
    let ended = 0;
    const long = Array.from({ length: 6 }, async () => {
      await failureOf(pool, taskOf(LONG, { signal: controller.signal }));
      ended++;
    });
    for (let i = 0; i < 5; i++) expect(await textOf(pool, taskOf(ONE, { user: 'ben' }))).toContain(',1');
    expect(ended).toBe(0);
    controller.abort(new Error('enough'));
    await Promise.all(long);
    expect(await textOf(pool, taskOf(ONE))).toContain(',1');
  });

  it('counts the time in it', async () => {
    const pool = open({ threads: 1 });
    const controller = new AbortController();
    // The start of the thread is not what is measured.
    await textOf(pool, taskOf(ONE));
    const long = failureOf(pool, taskOf(LONG, { signal: controller.signal }));
    // On a busy machine a thread takes a while to start.
    await expect.poll(() => pool.waiting, { timeout: 10_000 }).toBe(0);
    expect(await failureOf(pool, taskOf(ONE, { timeoutMs: 200 }))).toContain('longer than the 200 ms of --query-timeout');
    expect(pool.waiting).toBe(0);
    controller.abort(new Error('enough'));
    expect(await long).toBe('enough');
  });

  it('goes on when whoever runs goes away, whatever he runs', { timeout: 60_000 }, async () => {
    const pool = open({ threads: 1 });
    for (const script of [LONG, ONE, WORST_FLUX['letter case in rows'] as string, PARSES_FOR_EVER]) {
      const controller = new AbortController();
      const failure = failureOf(pool, taskOf(script, { signal: controller.signal }));
      if (script !== ONE)
        setTimeout(() => {
          controller.abort(new Error('gone'));
        }, 300);
      expect(await failure).toMatch(script === ONE ? /no failure/ : /gone/);
      expect(await textOf(pool, taskOf(ONE))).toContain(',1');
    }
  });

  it('has its answers read at the pace of the reader, to the end', async () => {
    const pool = open({});
    const script = `import "array"\nd = (a) => array.concat(arr: a, v: a)\na0 = [{_value: "${'x'.repeat(1000)}"}]
${Array.from({ length: 13 }, (_, i) => `a${i + 1} = d(a: a${i})`).join('\n')}\narray.from(rows: a13)`;
    const { bytes } = await pool.run(taskOf(script));
    await new Promise((resolve) => setTimeout(resolve, 300));
    let length = 0;
    for await (const piece of bytes) length += piece.length;
    expect(length).toBe(8192 * (',_result,0,'.length + 1002) + ',result,table,_value\r\n\r\n'.length);
  });

  it('holds nothing for those who are gone', async () => {
    const pool = open({ threads: 2, poolBytesMax: 80 * MEBIBYTE });
    for (let i = 0; i < 4; i++)
      expect(await failureOf(pool, taskOf(WORST_FLUX['long texts in rows'] as string))).toContain('memory allocation limit');
    await until(() => pool.heldBytes === 0);
    expect(await textOf(pool, taskOf(ONE))).toContain(',1');
  });
});
