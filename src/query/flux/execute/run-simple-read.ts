/** Runs a plan that was kept, where what it reads is little. */
import { DomainError } from '../../../domain/errors.js';
import type { OrganizationId } from '../../../domain/id.js';
import type { SeriesEngine, SeriesTable } from '../../../domain/series.js';
import type { FluxEnvironment, ReadableBucket } from '../environment.js';
import type { ReadSpec } from '../plan/node.js';
import { type SimpleRead, readSpecAt } from '../plan/simple-read.js';
import { MemoryAccount } from './memory.js';
import { readSource } from './read.js';
import type { ResultPiece } from './result.js';
import { Execution, withPlainErrors } from './run.js';
import type { RunContext } from './run-context.js';
import { Turn } from './turn.js';

/** What is more than this is left to a thread of its own. */
export const SIMPLE_ROWS_MAX = 5_000;
export const SIMPLE_TABLES_MAX = 200;
/** Characters of all texts together. */
const SIMPLE_TEXT_MAX = 256 * 1024;
const MEMORY_BYTES_MAX = 16 * 1024 * 1024;

/** There is more to read than is little. */
export class NotLittleError extends Error {}

export interface SimpleRun {
  readonly engine: Pick<SeriesEngine, 'read'>;
  readonly organizationId: OrganizationId;
  readonly nowNs: bigint;
  readonly signal: AbortSignal;
  /** The bucket that the read names, as found for the caller. */
  readonly bucket: ReadableBucket;
}

/** @throws NotLittleError sooner or later, where it reads or makes more rows than are few */
export async function runSimpleRead(
  read: SimpleRead,
  { engine, organizationId, nowNs, signal, bucket }: SimpleRun,
): Promise<ResultPiece[]> {
  const spec = readSpecAt(read, nowNs);
  const { startNs, stopNs } = spec.range;
  // What is wrong with a range is said where scripts are evaluated.
  if (startNs >= stopNs || rowsOfEachTable(spec) > SIMPLE_ROWS_MAX) throw new NotLittleError();
  const environment: FluxEnvironment = {
    engine: { read: (request) => fewOf(engine.read(request, signal)), series: refused, schema: refused },
    organizationId,
    now: nowNs,
    signal,
    memoryBytesMax: MEMORY_BYTES_MAX,
    memoryPool: undefined,
    pulse: undefined,
    findOrganization: refused,
    findBucket: refused,
    findWritableBucket: refused,
    listReadableBuckets: refused,
    listReadableDatabases: refused,
    findSecret: refused,
    write: refused,
    send: unreached,
  };
  const memory = new MemoryAccount(MEMORY_BYTES_MAX);
  const run: RunContext = {
    environment,
    memory,
    turn: new Turn(),
    applyToRows: (use) => use(),
    beginStep: () => (use) => use(),
    bucket: () => bucket,
    writableBucket: unreached,
    defer: unreached,
    settle: () => Promise.resolve(),
  };
  const root = { spec, inputs: [], site: undefined, bounds: undefined, produce: readSource(spec) };
  try {
    const pieces: ResultPiece[] = [];
    let rowCount = 0;
    for await (const piece of withPlainErrors(new Execution(run, [root]).pieces(root))) {
      rowCount += piece.chunk.rowCount;
      if (rowCount > SIMPLE_ROWS_MAX || pieces.length > SIMPLE_TABLES_MAX) throw new NotLittleError();
      pieces.push(piece);
    }
    return pieces;
  } finally {
    memory.close();
  }
}

/** Windows without points count, too. */
function rowsOfEachTable({ range, shape }: ReadSpec): bigint {
  return shape.kind === 'window' ? (range.stopNs - range.startNs) / shape.window.every.ns : 0n;
}

async function* fewOf(tables: AsyncIterable<SeriesTable>): AsyncGenerator<SeriesTable, void, undefined> {
  let rowCount = 0;
  let tableCount = 0;
  let textLength = 0;
  for await (const table of tables) {
    const { values } = table;
    rowCount += table.times.length;
    if (values.type === 'string') for (const text of values.values) textLength += text.length;
    if (rowCount > SIMPLE_ROWS_MAX || ++tableCount > SIMPLE_TABLES_MAX || textLength > SIMPLE_TEXT_MAX) throw new NotLittleError();
    yield table;
  }
}

const unreached = (): never => {
  throw new DomainError('internal error', 'a plain read of storage asked for more than storage');
};
const refused = (): Promise<never> =>
  Promise.reject(new DomainError('internal error', 'a plain read of storage asked for more than storage'));
