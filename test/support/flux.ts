/** Runs Flux scripts for tests, over series that live in memory. */
import { notFound } from '../../src/domain/errors.js';
import type { BucketId, OrganizationId } from '../../src/domain/id.js';
import type { FluxEnvironment, ReadableBucket } from '../../src/query/flux/environment.js';
import { fluxError } from '../../src/query/flux/language/errors.js';
import { startFlux } from '../../src/query/flux/evaluate.js';
import { decodeAnnotatedCsv, type DecodedTable } from '../../src/wire/annotated-csv-decoder.js';
import { encodeAnnotatedCsv, type Annotation } from '../../src/wire/annotated-csv.js';
import { parseLineProtocol } from '../../src/wire/line-protocol.js';
import type { Cell } from '../../src/domain/table.js';
import { MemoryEngine } from './memory-engine.js';

export const ORGANIZATION = '00000000000000a1' as OrganizationId;
export const NOW_NS = 1_704_067_200_000_000_000n;

const bucket = (id: string, name: string): ReadableBucket => ({
  id: id as BucketId,
  name,
  organizationId: ORGANIZATION,
  retentionPeriodNs: 0n,
});

export const DATA = bucket('00000000000000b1', 'data');
export const OTHER = bucket('00000000000000b2', 'other');

export type FluxTestEnvironment = FluxEnvironment & { readonly engine: MemoryEngine };

/** An environment in which everything may be read and written. */
export async function environmentWith(lines: string, overrides: Partial<FluxEnvironment> = {}): Promise<FluxTestEnvironment> {
  const engine = new MemoryEngine();
  if (lines !== '') await engine.write(DATA.id, parseLineProtocol(Buffer.from(lines), 'ns', NOW_NS));
  const find: FluxEnvironment['findBucket'] = (reference) =>
    Promise.resolve([DATA, OTHER].find(({ id, name }) => ('name' in reference ? name === reference.name : id === reference.id)));
  return {
    organizationId: ORGANIZATION,
    now: NOW_NS,
    signal: new AbortController().signal,
    memoryBytesMax: 64 * 1024 * 1024,
    memoryPool: undefined,
    pulse: undefined,
    findOrganization: (name) => Promise.resolve(name === 'org' ? ORGANIZATION : undefined),
    findBucket: find,
    findWritableBucket: find,
    listReadableBuckets: () => Promise.resolve([DATA, OTHER]),
    listReadableDatabases: () =>
      Promise.resolve([{ database: 'data', retentionPolicy: 'autogen', isDefault: true, bucketId: DATA.id, retentionPeriodNs: 0n }]),
    findSecret: () => Promise.reject(notFound('secret not found')),
    write: (id, batch) => engine.write(id, batch),
    send: () => {
      throw fluxError('no request is sent');
    },
    ...overrides,
    engine,
  };
}

const ALL_ANNOTATIONS: readonly Annotation[] = ['datatype', 'group', 'default'];

/** The answer to a script. */
export async function csvOf(script: string, environment: FluxEnvironment, annotations = ALL_ANNOTATIONS): Promise<string> {
  const pieces: Uint8Array[] = [];
  const results = await startFlux({ script }, environment);
  for await (const piece of encodeAnnotatedCsv(results, { header: true, delimiter: ',', annotations })) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** The tables of an answer. */
export async function tablesOf(script: string, environment: FluxEnvironment): Promise<readonly DecodedTable[]> {
  return [...decodeAnnotatedCsv(await csvOf(script, environment))];
}

export const cellOf = ({ columns }: DecodedTable, label: string, row: number): Cell => {
  const vector = columns.find((column) => column.label === label)?.vector;
  if (vector === undefined) throw new Error(`no column ${label}`);
  if (vector.form === 'constant') return vector.value;
  if (vector.valid?.[row] === 0) return null;
  return vector.type === 'bool' ? vector.values[row] === 1 : (vector.values[row] as Cell);
};

/** The cells of a column in all tables. */
export async function columnOf(script: string, label: string, environment?: FluxEnvironment): Promise<Cell[]> {
  const tables = await tablesOf(script, environment ?? (await environmentWith('')));
  return tables.flatMap((table) => Array.from({ length: table.rowCount }, (_, row) => cellOf(table, label, row)));
}

/** The value of an expression, by way of a table. */
export async function valueOf(expression: string, imports: readonly string[] = []): Promise<Cell> {
  const script = ['array', ...imports].map((name) => `import "${name}"\n`).join('') + `array.from(rows: [{_value: ${expression}}])`;
  return (await columnOf(script, '_value'))[0] as Cell;
}

/** The message with which a script ends; undefined where it does not fail. */
export async function failureOf(script: string, environment?: FluxEnvironment): Promise<string | undefined> {
  try {
    await csvOf(script, environment ?? (await environmentWith('')));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
