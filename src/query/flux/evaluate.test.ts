/** Scripts from beginning to end: which results come of them, what is checked before anything is read, and how they end. */
import { describe, expect, it, vi } from 'vitest';
import { DATA, OTHER, columnOf, csvOf, environmentWith, failureOf, tablesOf } from '../../../test/support/flux.js';
import { forbidden } from '../../domain/errors.js';
import { parseLineProtocol } from '../../wire/line-protocol.js';
import type { FluxEnvironment } from './environment.js';
import { startFlux } from './evaluate.js';
import { MemoryPool } from './execute/memory.js';

const LINES = ['m,t=a f=1 1000000000', 'm,t=a f=2 2000000000', 'm,t=b f=3 1000000000'].join('\n');
const READ = 'from(bucket: "data") |> range(start: 0)';

describe('results', () => {
  it('come as annotated CSV', async () => {
    expect(await csvOf(`${READ} |> filter(fn: (r) => r.t == "a")`, await environmentWith(LINES))).toBe(
      [
        '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string',
        '#group,false,false,true,true,false,false,true,true,true',
        '#default,_result,,,,,,,,',
        ',result,table,_start,_stop,_time,_value,_field,_measurement,t',
        ',,0,1970-01-01T00:00:00Z,2024-01-01T00:00:00Z,1970-01-01T00:00:01Z,1,f,m,a',
        ',,0,1970-01-01T00:00:00Z,2024-01-01T00:00:00Z,1970-01-01T00:00:02Z,2,f,m,a',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('have the names that yield gives them, in the order of the script', async () => {
    const results = await startFlux(
      { script: `x = ${READ}\nx |> yield(name: "raw")\nx |> count() |> yield(name: "counts")\nx |> sum()` },
      await environmentWith(LINES),
    );
    expect(results.map(({ name }) => name)).toEqual(['raw', 'counts', '_result']);
  });

  it.each([
    ['x = 1', /^error in query specification while starting program: this Flux script returns no streaming data/],
    [`${READ}\n${READ}`, /tried to produce more than one result with the name "_result"/],
    [`${READ} |> yield(name: "a")\n${READ} |> yield(name: "a")`, /found more than one call to yield\(\) with the name "a"/],
    ['from(bucket: "data")', /cannot submit unbounded read to "data"; try bounding 'from' with a call to 'range'/],
    ['from(bucket: "data") |> range(start: now())', /cannot query an empty range/],
    ['frob()', /^error @1:1-1:5: undefined identifier frob$/],
    ['1 + "a"', /^error @1:5-1:8: expected int but found string$/],
    ['x = ', /^compilation failed: error @1:5-1:5: invalid expression/],
    ['import "internal/gen" x = gen.tables(n: 1)', /function "gen.tables" of package "internal\/gen" is not supported by this server/],
    ['import "sql"\nsql.from(driverName: "a", dataSourceName: "b", query: "c")', /function "sql.from" of package "sql" opens a connection/],
  ])('there are none of %s', async (script, message) => {
    expect(await failureOf(script, await environmentWith(LINES))).toMatch(message);
  });

  it('can depend on tables that the script itself reads', async () => {
    const script = `import "array"
      first = ${READ} |> findRecord(fn: (key) => key.t == "b", idx: 0)
      values = ${READ} |> findColumn(fn: (key) => key.t == "a", column: "_value")
      array.from(rows: [{a: first._value + values[1], b: length(arr: values)}])`;
    const environment = await environmentWith(LINES);
    expect(await columnOf(script, 'a', environment)).toEqual([5]);
    expect(await columnOf(script, 'b', environment)).toEqual([2n]);
  });

  it.each([
    [
      'from(bucket: "nope") |> range(start: 0)',
      /findRecord" @1:\d+-1:\d+: error in table object start: failed to initialize execute state: could not find/,
    ],
    ['from(bucket: "data")', /findRecord" @1:\d+-1:\d+: error in table object compilation: cannot submit unbounded read to "data"/],
    [`${READ} |> map(fn: (r) => ({v: int(v: "x")}))`, /findRecord" @1:\d+-1:\d+: runtime error @1:\d+-1:\d+: map: failed to evaluate map/],
  ])('name the call that asked for the tables of a stream that fails: %s', async (stream, message) => {
    expect(await failureOf(`x = ${stream} |> findRecord(fn: (key) => true, idx: 0)`, await environmentWith(LINES))).toMatch(message);
  });

  it('take the present from the environment, unless the script sets it', async () => {
    const environment = await environmentWith(LINES);
    expect(await columnOf('import "array" array.from(rows: [{v: now()}])', 'v', environment)).toEqual([environment.now]);
    const script = 'import "array" import "date" option now = () => 2020-02-03T04:05:06Z array.from(rows: [{v: date.time(t: -6s)}])';
    expect(await columnOf(script, 'v', environment)).toEqual([1_580_702_700_000_000_000n]);
  });

  it('say where a step has failed', async () => {
    expect(await failureOf(`${READ}\n  |> map(fn: (r) => ({r with v: int(v: "x")}))`, await environmentWith(LINES))).toBe(
      'runtime error @2:6-2:47: map: failed to evaluate map function: cannot convert string "x" to int due to invalid syntax',
    );
  });
});

describe('permissions', () => {
  const noReads = (overrides: Partial<FluxEnvironment>) =>
    environmentWith(LINES, overrides).then((environment) => {
      const read = vi.spyOn(environment.engine, 'read');
      const series = vi.spyOn(environment.engine, 'series');
      return { environment, touched: () => read.mock.calls.length + series.mock.calls.length };
    });

  it('are checked for the whole script before anything is read', async () => {
    const { environment, touched } = await noReads({
      findBucket: (reference) => Promise.resolve('name' in reference && reference.name === 'data' ? DATA : undefined),
    });
    const script = `${READ} |> yield(name: "a")\nfrom(bucket: "other") |> range(start: 0) |> yield(name: "b")`;
    await expect(startFlux({ script }, environment)).rejects.toMatchObject({
      code: 'not found',
      message: 'failed to initialize execute state: could not find bucket "other"',
    });
    expect(touched()).toBe(0);
  });

  it.each([
    'from(bucketID: "00000000000000ff") |> range(start: 0)',
    'union(tables: [from(bucket: "data") |> range(start: 0), from(bucketID: "00000000000000ff") |> range(start: 0)])',
    'import "influxdata/influxdb/schema" schema.tagKeys(bucket: "00000000000000ff")',
    'import "influxdata/influxdb" influxdb.cardinality(bucketID: "00000000000000ff", start: -1h)',
  ])('hold in %s', async (script) => {
    const { environment, touched } = await noReads({});
    await expect(startFlux({ script }, environment)).rejects.toMatchObject({
      code: 'not found',
      message: 'failed to initialize execute state: could not find bucket "00000000000000ff"',
    });
    expect(touched()).toBe(0);
  });

  it('are needed to write', async () => {
    const write = vi.fn();
    const { environment, touched } = await noReads({
      write,
      findWritableBucket: () => Promise.reject(forbidden('user not authorized to write')),
    });
    await expect(startFlux({ script: `${READ} |> to(bucket: "other")` }, environment)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'failed to initialize execute state: user not authorized to write',
    });
    expect(touched()).toBe(0);
    expect(write).not.toHaveBeenCalled();
  });

  it('decide what buckets() shows', async () => {
    expect(await columnOf('buckets()', 'name', await environmentWith('', { listReadableBuckets: () => Promise.resolve([OTHER]) }))).toEqual(
      ['other'],
    );
    const environment = await environmentWith('', { listReadableBuckets: () => Promise.resolve([]) });
    await expect(csvOf('buckets()', environment)).rejects.toMatchObject({
      code: 'not found',
      message: `no buckets found in organization ${environment.organizationId}`,
    });
  });

  it('end at the own organization', async () => {
    const environment = await environmentWith(LINES);
    expect(await failureOf(`${READ} |> to(bucket: "other", org: "org")`, environment)).toBeUndefined();
    expect(await failureOf(`${READ} |> to(bucket: "other", org: "foe")`, environment)).toMatch(/could not find org "foe"/);
    expect(await failureOf(`${READ} |> to(bucket: "other", orgID: "00000000000000ff")`, environment)).toMatch(/host must be specified/);
    expect(await failureOf(`${READ} |> to(bucket: "other", host: "http://x", token: "t")`, environment)).toMatch(/another server/);
    expect(await failureOf('from(bucket: "data", host: "http://x") |> range(start: 0)', environment)).toMatch(/another server/);
  });
});

describe('the outside world', () => {
  it.each([
    ['csv.from', 'import "csv" csv.from(file: "/etc/passwd")'],
    ['sql.from', 'import "sql" sql.from(driverName: "sqlite3", dataSourceName: "file:x", query: "SELECT 1")'],
    ['socket.from', 'import "socket" socket.from(url: "tcp://localhost:1")'],
  ])('is out of reach of %s', async (_name, script) => {
    expect(await failureOf(script)).toMatch(/opens a connection|not supported by this server|no script read files/);
  });
});

describe('to', () => {
  it('writes points that can be read again', async () => {
    const environment = await environmentWith(LINES);
    await csvOf(`${READ} |> map(fn: (r) => ({r with _value: r._value * 10.0, _measurement: "ten"})) |> to(bucket: "other")`, environment);
    const script = 'from(bucket: "other") |> range(start: 0) |> sort(columns: ["_value"])';
    expect(await columnOf(script, '_value', environment)).toEqual([10, 20, 30]);
    expect(await columnOf(script, 't', environment)).toEqual(['a', 'a', 'b']);
    expect(await columnOf(script, '_measurement', environment)).toEqual(['ten', 'ten', 'ten']);
  });

  it('takes fields from a function, whose columns are no tags', async () => {
    const environment = await environmentWith(LINES);
    await csvOf(`${READ} |> to(bucket: "other", fieldFn: (r) => ({x: r._value, y: r.t}))`, environment);
    const tables = await tablesOf('from(bucket: "other") |> range(start: 0)', environment);
    expect(tables.map(({ key }) => key.map(({ label, value }) => `${label}=${String(value)}`).slice(2))).toEqual([
      ['_field=x', '_measurement=m'],
      ['_field=y', '_measurement=m'],
    ]);
  });

  it('writes a field a column when it is wide', async () => {
    const environment = await environmentWith('m,t=a x=1,y="z" 1000000000');
    const script = `import "influxdata/influxdb/schema" import "experimental"
      ${READ} |> schema.fieldsAsCols() |> experimental.to(bucket: "other")`;
    const csv = await csvOf(script, environment);
    expect(csv).toContain('#default,wide-to');
    const read = 'from(bucket: "other") |> range(start: 0)';
    expect(await columnOf(`${read} |> keep(columns: ["_field"])`, '_field', environment)).toEqual(['x', 'y']);
  });

  it('fails where points are not taken', async () => {
    const environment = await environmentWith(LINES, { write: () => Promise.resolve({ droppedCount: 1, reason: 'no' }) });
    expect(await failureOf(`${READ} |> to(bucket: "other")`, environment)).toBe('partial write: no dropped=1');
  });
});

describe('limits', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `m,t=${i % 50} f=${i} ${i + 1}`).join('\n');

  it('a query that holds more than it may ends', async () => {
    const environment = await environmentWith(many, { memoryBytesMax: 50_000 });
    await expect(csvOf(`${READ} |> group() |> sort()`, environment)).rejects.toMatchObject({
      code: 'unprocessable entity',
      message: expect.stringMatching(
        /^memory allocation limit reached: limit 50000 bytes|^runtime error .*memory allocation limit reached/,
      ),
    });
  });

  it('queries together hold no more than all may, and give it back however they end', async () => {
    const memoryPool = new MemoryPool(50_000);
    const controller = new AbortController();
    const environment = await environmentWith(many, { memoryPool });
    const sorted = `${READ} |> filter(fn: (r) => r.t == "1") |> group() |> sort()`;
    const begin = async (signal: AbortSignal) => {
      const [result] = await startFlux({ script: `${sorted}\n${sorted} |> yield(name: "again")` }, { ...environment, signal });
      const rows = result!.pieces[Symbol.asyncIterator]();
      await rows.next();
      return rows;
    };
    const taken = vi.spyOn(memoryPool, 'take');
    await csvOf(`${sorted}\n${sorted} |> yield(name: "again")`, environment);
    expect([taken.mock.calls.length > 0, memoryPool.heldBytes]).toEqual([true, 0]);
    await expect(csvOf(`${READ} |> group() |> sort()`, environment)).rejects.toThrow('--query-max-memory-bytes');
    expect(memoryPool.heldBytes).toBe(0);
    const rows = await begin(environment.signal);
    await rows.return?.();
    expect(memoryPool.heldBytes).toBe(0);
    await begin(controller.signal);
    controller.abort();
    expect(memoryPool.heldBytes).toBe(0);
  });

  it('what streams through holds nothing', async () => {
    const environment = await environmentWith(many, { memoryBytesMax: 50_000 });
    expect((await columnOf(`${READ} |> filter(fn: (r) => r._value * 2.0 > 10.0)`, '_value', environment)).length).toBe(4994);
  });

  it.each([
    ['text', 'import "strings" import "array" array.from(rows: [{v: strings.repeat(v: "x", i: 100000000000)}])'],
    ['windows', `${READ} |> aggregateWindow(every: 1ns, fn: mean)`],
    ['windows that overlap', `${READ} |> window(every: 1ns, period: 1d)`],
    [
      'rows of a join',
      `x = ${READ} |> group() |> keep(columns: ["_value", "_measurement"])\njoin(tables: {a: x, b: x}, on: ["_measurement"])`,
    ],
  ])('too much %s is refused', async (_what, script) => {
    expect(await failureOf(script, await environmentWith(many))).toMatch(
      /memory allocation limit|more than \d+ windows|occupied the server/,
    );
  });

  it('a query ends when it is told to', async () => {
    const controller = new AbortController();
    const environment = await environmentWith(many, { signal: controller.signal });
    const [result] = await startFlux({ script: READ }, environment);
    const read = async () => {
      for await (const piece of result!.pieces) controller.abort(new Error(`enough of ${typeof piece}`));
    };
    await expect(read()).rejects.toThrow('enough');
  });
});

describe('null', () => {
  it('travels through steps', async () => {
    const environment = await environmentWith('m x=1 1\nm x=2,y=3 2');
    const script = `${READ} |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> map(fn: (r) => ({r with z: r.x + r.y, e: exists r.y}))`;
    expect(await columnOf(script, 'z', environment)).toEqual([null, 5]);
    expect(await columnOf(script, 'e', environment)).toEqual([false, true]);
    expect(await columnOf(`${script} |> filter(fn: (r) => r.z > 1.0)`, 'x', environment)).toEqual([2]);
  });
});

describe('extern', () => {
  it('stands before the script', async () => {
    const extern = {
      type: 'File' as const,
      body: [
        {
          type: 'OptionStatement' as const,
          assignment: {
            type: 'VariableAssignment' as const,
            id: { type: 'Identifier' as const, name: 'v' },
            init: {
              type: 'ObjectExpression' as const,
              properties: [
                {
                  type: 'Property',
                  key: { type: 'Identifier' as const, name: 'tag' },
                  value: { type: 'StringLiteral' as const, value: 'b' },
                },
              ],
            },
          },
        },
      ],
    };
    const environment = await environmentWith('');
    await environment.engine.write(DATA.id, parseLineProtocol(Buffer.from(LINES), 'ns', 0n));
    const results = await startFlux({ script: `${READ} |> filter(fn: (r) => r.t == v.tag)`, extern }, environment);
    let rows = 0;
    for await (const { chunk } of results[0]!.pieces) rows += chunk.rowCount;
    expect(rows).toBe(1);
  });
});
