/**
 * A token for some points sees what a store would show that holds only these: random data, constraints and queries, in both languages. The
 * organization `whole` holds all points and `part` those that match; the constrained token asks `whole`, an ordinary one asks `part`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../support/random.js';
import { startTestServer, type SetUp, type TestResponse, type TestServer } from '../support/server.js';

const ROUNDS = Number(process.env.RUNS ?? 4);
const HOUR_NS = 3_600_000_000_000n;
/** So that bounds of every kind lie among the points. */
const BEGIN_NS = ((BigInt(Date.now()) * 1_000_000n) / HOUR_NS) * HOUR_NS - 20n * HOUR_NS;
const at = (hours: number): string =>
  new Date(Number((BEGIN_NS + BigInt(Math.round(hours * 3600)) * 1_000_000_000n) / 1_000_000n)).toISOString();

let server: TestServer;
let world: SetUp;
const organizations: Record<'whole' | 'part', string> = { whole: '', part: '' };

beforeAll(async () => {
  server = await startTestServer();
  world = await server.client.setUp();
  for (const name of ['whole', 'part'] as const) {
    organizations[name] = (await server.client.post('/api/v2/orgs', { as: world.operator, json: { name } })).json.id;
  }
});
afterAll(() => server.stop());

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: string;
  readonly timeNs: bigint;
}
interface Match {
  readonly measurement?: string[];
  readonly tags?: Record<string, string[]>;
}
interface Limits {
  readonly matches: readonly (Match | undefined)[];
  readonly sinceHours: number | undefined;
  readonly untilHours: number | undefined;
}

const lineOf = ({ measurement, tags, fields, timeNs }: Point): string =>
  `${[measurement, ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)].join()} ${fields} ${timeNs}`;

function randomPoint(random: Random): Point {
  const tags: Record<string, string> = {};
  if (random.chance(0.8)) tags.site = random.pick(['a', 'b', 'c']);
  if (random.chance(0.5)) tags.host = random.pick(['h1', 'h2', 'h3']);
  const fields = [`f=${random.below(100)}`, `g=${random.below(100)}i`, `s="t${random.below(5)}"`].filter(() => random.chance(0.6));
  return {
    measurement: random.pick(['cpu', 'mem', 'disk']),
    tags,
    fields: fields.length === 0 ? 'f=1' : fields.join(),
    timeNs: BEGIN_NS + BigInt(random.below(10 * 3600)) * 1_000_000_000n,
  };
}

function randomMatch(random: Random): Match | undefined {
  const some = (texts: string[]): string[] => texts.filter(() => random.chance(0.5)).concat(random.pick(texts));
  const measurement = random.chance(0.5) ? [...new Set(some(['cpu', 'mem', 'none']))] : undefined;
  const tags: Record<string, string[]> = {};
  if (measurement === undefined || random.chance(0.5)) tags.site = [...new Set(some(['a', 'b', 'nowhere']))];
  if (random.chance(0.2)) tags.host = ['h1', 'h2'];
  return { ...(measurement && { measurement }), ...(Object.keys(tags).length > 0 && { tags }) };
}

function randomLimits(random: Random): Limits {
  const sinceHours = random.chance(0.5) ? random.below(5) + 0.5 : undefined;
  const untilHours = random.chance(0.4) ? random.below(5) + 6.25 : undefined;
  const isWindowed = sinceHours !== undefined || untilHours !== undefined;
  const matches =
    isWindowed && random.chance(0.3)
      ? [undefined]
      : random.chance(0.3)
        ? [randomMatch(random), randomMatch(random)]
        : [randomMatch(random)];
  return { matches, sinceHours, untilHours };
}

const fitsMatch = ({ measurement, tags }: Point, match: Match | undefined): boolean =>
  match === undefined ||
  ((match.measurement?.includes(measurement) ?? true) &&
    Object.entries(match.tags ?? {}).every(([key, values]) => values.includes(tags[key] ?? '')));

const boundNs = (hours: number): bigint => BEGIN_NS + BigInt(Math.round(hours * 3600)) * 1_000_000_000n;
const isReadable = (point: Point, { matches, sinceHours, untilHours }: Limits): boolean =>
  matches.some((match) => fitsMatch(point, match)) &&
  (sinceHours === undefined || point.timeNs >= boundNs(sinceHours)) &&
  (untilHours === undefined || point.timeNs < boundNs(untilHours));

async function makeBucket(org: 'whole' | 'part', name: string, points: readonly Point[]): Promise<string> {
  const { client } = server;
  const { json } = await client.post('/api/v2/buckets', { as: world.operator, json: { orgID: organizations[org], name } });
  const body = points.map(lineOf).join('\n');
  if (body !== '') expect((await client.post(`/api/v2/write?org=${org}&bucket=${name}`, { as: world.operator, body })).status).toBe(204);
  return json.id;
}

const constraintsOf = ({ sinceHours, untilHours }: Limits): Record<string, string> => ({
  ...(sinceHours !== undefined && { readSince: at(sinceHours) }),
  ...(untilHours !== undefined && { readUntil: at(untilHours) }),
});
const permissionsFor = (id: string, orgID: string, actions: string[], matches: readonly (Match | undefined)[]): unknown[] =>
  actions.flatMap((action) =>
    matches.map((match) => ({ action, resource: { type: 'buckets', id, orgID }, ...(match !== undefined && { match }) })),
  );

const askFlux = (org: string, token: string, body: string): Promise<TestResponse> =>
  server.client.post(`/api/v2/query?org=${org}`, { as: { token }, headers: { 'content-type': 'application/vnd.flux' }, body });
const askInfluxql = (token: string, database: string, q: string): Promise<TestResponse> =>
  server.client.post(`/query?db=${database}&q=${encodeURIComponent(q)}`, { as: { token } });

const RANGE = `range(start: ${at(-5)}, stop: ${at(15)})`;
function fluxQueries(bucket: string, random: Random): string[] {
  const range = `range(start: ${at(random.below(4))}, stop: ${at(5 + random.below(6))})`;
  const from = `from(bucket: "${bucket}") |> ${random.chance(0.5) ? range : RANGE}`;
  const filter = random.pick([
    '',
    '|> filter(fn: (r) => r._measurement == "cpu")',
    '|> filter(fn: (r) => r.site == "a" and r._field == "f")',
    '|> filter(fn: (r) => r.host =~ /h[12]/ or r._measurement == "mem")',
    '|> filter(fn: (r) => r._field == "f" and r._value > 40.0)',
    '|> filter(fn: (r) => not exists r.site)',
  ]);
  const f = '|> filter(fn: (r) => r._field == "f")';
  return [
    `${from} ${filter}`,
    `${from} ${filter} |> count()`,
    ...['count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'spread', 'median'].map((fn) => `${from} ${f} |> ${fn}()`),
    ...['count', 'mean', 'sum', 'max', 'first', 'last'].map((fn) => `${from} ${f} |> aggregateWindow(every: 70m, fn: ${fn})`),
    `${from} ${f} |> window(every: 2h) |> sum()`,
    `${from} ${f} |> group(columns: ["site"]) |> sum()`,
    `${from} ${f} |> group() |> count()`,
    `${from} |> limit(n: 2)`,
    `${from} |> tail(n: 1)`,
    `${from} |> last() |> drop(columns: ["_start", "_stop"])`,
    `${from} |> keys() |> keep(columns: ["_value"]) |> distinct()`,
    `${from} |> keep(columns: ["site"]) |> group() |> distinct(column: "site")`,
    `${from} |> distinct(column: "host")`,
    `${from} |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")`,
    `${from} |> group(columns: ["_measurement"]) |> distinct(column: "_field")`,
    'import "influxdata/influxdb/schema"',
  ]
    .flatMap((text) =>
      text.startsWith('import')
        ? [
            `schema.measurements(bucket: "${bucket}")`,
            `schema.tagKeys(bucket: "${bucket}")`,
            `schema.fieldKeys(bucket: "${bucket}")`,
            `schema.tagValues(bucket: "${bucket}", tag: "site")`,
            `schema.tagValues(bucket: "${bucket}", tag: "host", start: ${at(3)}, stop: ${at(8)})`,
            `schema.measurementTagKeys(bucket: "${bucket}", measurement: "cpu")`,
            `schema.measurementFieldKeys(bucket: "${bucket}", measurement: "disk")`,
            `schema.measurementTagValues(bucket: "${bucket}", measurement: "mem", tag: "site")`,
          ].map((call) => `import "influxdata/influxdb/schema" ${call}`)
        : [text],
    )
    .concat(
      [`start: ${at(-5)}`, `start: ${at(2)}, stop: ${at(7)}`, `start: ${at(0)}, predicate: (r) => r.site == "a"`].map(
        (rest) => `import "influxdata/influxdb" influxdb.cardinality(bucket: "${bucket}", ${rest})`,
      ),
    );
}

const influxqlQueries = (random: Random): string[] => {
  const time = random.pick(['', `WHERE time >= '${at(2)}' AND time < '${at(9)}'`, `WHERE time > '${at(4)}'`]);
  return [
    `SELECT * FROM /.*/ ${time}`,
    `SELECT f, site FROM cpu ${time}`,
    `SELECT count(f), sum(f), mean(f), min(f), max(f) FROM cpu, mem ${time} GROUP BY site`,
    `SELECT first(f) FROM mem ${time}`,
    `SELECT last(f), host FROM disk ${time}`,
    `SELECT count(*) FROM cpu WHERE time >= '${at(0)}' AND time < '${at(10)}' GROUP BY time(1h), site fill(none)`,
    `SELECT mean(f) FROM cpu WHERE time >= '${at(0)}' AND time < '${at(10)}' AND site = 'a' GROUP BY time(2h)`,
    `SELECT count(distinct(s)) FROM /.*/ ${time}`,
    'SHOW MEASUREMENTS',
    "SHOW MEASUREMENTS WHERE site = 'a'",
    'SHOW TAG KEYS',
    'SHOW TAG KEYS FROM cpu',
    'SHOW TAG VALUES WITH KEY = site',
    "SHOW TAG VALUES FROM mem WITH KEY IN (site, host) WHERE host != 'h1'",
    'SHOW FIELD KEYS',
    'SHOW FIELD KEYS FROM disk',
    'SHOW SERIES',
    "SHOW SERIES FROM cpu WHERE site = 'b'",
    'SHOW SERIES CARDINALITY',
    'SHOW SERIES EXACT CARDINALITY',
    'SHOW MEASUREMENT CARDINALITY',
    'SHOW TAG KEY CARDINALITY',
    'SHOW TAG VALUES CARDINALITY WITH KEY = site',
    'SHOW FIELD KEY CARDINALITY',
  ];
};

/** Ids of buckets and organizations differ; nothing else may. */
const plain = ({ status, text }: TestResponse): string => `${status} ${text.replaceAll(/\b[0-9a-f]{16}\b/g, 'ID').replaceAll('\r', '')}`;

describe('a token for some points', () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'sees what a store of these alone would show (round %i)',
    async (round) => {
      const random = createRandom(Number(process.env.SEED ?? 1) * 1000 + round);
      const name = `d${round}`;
      const points = [
        ...new Map(
          Array.from({ length: 80 }, () => randomPoint(random)).map((point) => [lineOf(point).replace(/ .* /, ' '), point]),
        ).values(),
      ];
      const limits = randomLimits(random);
      const wholeId = await makeBucket('whole', name, points);
      const partId = await makeBucket(
        'part',
        name,
        points.filter((point) => isReadable(point, limits)),
      );
      const as = world.operator;
      const limited = await server.client.createToken(
        as,
        organizations.whole,
        permissionsFor(wholeId, organizations.whole, ['read'], limits.matches),
        {
          constraints: constraintsOf(limits),
        },
      );
      const free = await server.client.createToken(
        as,
        organizations.part,
        permissionsFor(partId, organizations.part, ['read'], [undefined]),
      );
      const described = JSON.stringify(limits);
      for (const query of fluxQueries(name, random)) {
        // The second time a known read is answered without evaluating it.
        const answers = [await askFlux('whole', limited.token, query), await askFlux('whole', limited.token, query)];
        const expected = plain(await askFlux('part', free.token, query));
        for (const answer of answers) expect(plain(answer), `${query}\n${described}`).toBe(expected);
      }
      for (const query of influxqlQueries(random)) {
        const [answer, expected] = [await askInfluxql(limited.token, name, query), await askInfluxql(free.token, name, query)];
        expect(plain(answer), `${query}\n${described}`).toBe(plain(expected));
      }
    },
  );

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))('writes and deletes these alone (round %i)', async (round) => {
    const random = createRandom(Number(process.env.SEED ?? 1) * 2000 + round);
    const points = [
      ...new Map(
        Array.from({ length: 60 }, () => randomPoint(random)).map((point) => [lineOf(point).replace(/ .* /, ' '), point]),
      ).values(),
    ];
    const match = randomMatch(random);
    const isOwn = (point: Point): boolean => fitsMatch(point, match);
    const name = `w${round}`;
    const ids = { whole: await makeBucket('whole', name, []), part: await makeBucket('part', name, []) };
    const as = world.operator;
    const writer = await server.client.createToken(
      as,
      organizations.whole,
      permissionsFor(ids.whole, organizations.whole, ['read', 'write'], [match]),
    );
    const free = await server.client.createToken(
      as,
      organizations.part,
      permissionsFor(ids.part, organizations.part, ['read', 'write'], [undefined]),
    );
    const everything = `from(bucket: "${name}") |> ${RANGE} |> drop(columns: ["_start", "_stop"])`;
    const agree = async (what: string): Promise<void> => {
      const expected = plain(await askFlux('part', free.token, everything));
      expect(plain(await askFlux('whole', writer.token, everything)), what).toBe(expected);
    };

    const dropped = points.filter((point) => !isOwn(point)).length;
    const body = points.map(lineOf).join('\n');
    const written = await server.client.post(`/api/v2/write?org=whole&bucket=${name}`, { as: writer, body });
    expect(written.status).toBe(dropped === 0 ? 204 : 422);
    if (dropped > 0)
      expect(written.json.message).toMatch(new RegExp(`partial write: .*outside the match of its permission dropped=${dropped}`));
    const ownLines = points.filter(isOwn).map(lineOf).join('\n');
    if (ownLines !== '') await server.client.post(`/api/v2/write?org=part&bucket=${name}`, { as: free, body: ownLines });
    await agree('written');
    // As an operator sees it, nothing else was stored either.
    expect(plain(await askFlux('whole', as.token, everything))).toBe(plain(await askFlux('part', free.token, everything)));

    await server.client.post(`/api/v2/write?org=whole&bucket=${name}`, { as, body });
    await agree('other points beside them');
    const predicate = random.pick(['', 'site="a"', '_measurement="cpu"', '_measurement="mem" and host="h1"']);
    const command = { start: at(random.below(4)), stop: at(5 + random.below(6)), ...(predicate === '' ? {} : { predicate }) };
    for (const [org, who] of [
      ['whole', writer],
      ['part', free],
    ] as const) {
      const { status } = await server.client.post(`/api/v2/delete?org=${org}&bucket=${name}`, { as: who, json: command });
      expect(status).toBe(204);
    }
    await agree(`deleted ${JSON.stringify(command)} ${JSON.stringify(match)}`);
    for (const statement of [`DELETE FROM cpu WHERE time < '${at(6)}'`, "DROP SERIES FROM mem WHERE site = 'a'", 'DROP MEASUREMENT disk']) {
      const [ours, theirs] = [await askInfluxql(writer.token, name, statement), await askInfluxql(free.token, name, statement)];
      expect(plain(ours)).toBe(plain(theirs));
      await agree(statement);
    }
    // What it may not touch is all there.
    const foreign = points.filter((point) => !isOwn(point));
    const { text } = await askFlux('whole', as.token, `from(bucket: "${name}") |> ${RANGE} |> drop(columns: ["_start", "_stop"])`);
    const rows = text.split('\r\n').filter((line) => line.startsWith(',') && !line.startsWith(',result'));
    const own = (await askFlux('whole', writer.token, everything)).text
      .split('\r\n')
      .filter((line) => line.startsWith(',') && !line.startsWith(',result'));
    const foreignFields = foreign.reduce((sum, { fields }) => sum + fields.split(',').length, 0);
    expect(rows.length - own.length).toBe(foreignFields);
  });
});
