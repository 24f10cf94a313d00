/** `to` and `wideTo`: rows written into a bucket as points. They go on through the script as they came. */
import type { PointBatch } from '../../../../domain/series.js';
import { DomainError } from '../../../../domain/errors.js';
import { narrow } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import { TableStream } from '../../execute/table-stream.js';
import type { BucketReference } from '../../plan/node.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn, gatherChunk } from '../../table/chunk.js';
import { hasNulls, isNullAt } from '../../table/vector.js';
import type { Arguments, CallContext } from '../native.js';
import { addStep, native } from '../native.js';
import { bucketReference } from './from.js';
import { narrowPoints, widePoints } from './points.js';
import type { ToBatch } from './points.js';

export const to = native((args, context) => {
  const timeColumn = args.string('timeColumn', '_time');
  const makeBatch = narrowPoints({
    timeColumn,
    measurementColumn: args.string('measurementColumn', '_measurement'),
    tagColumns: args.has('tagColumns') ? args.strings('tagColumns') : undefined,
    fieldFn: args.has('fieldFn') ? args.fn('fieldFn') : undefined,
  });
  return writingStream(args, context, 'to', timeColumn, makeBatch);
}, 'tables');

export const wideTo = native((args, context) => writingStream(args, context, 'wide-to', '_time', () => widePoints), 'tables');

function writingStream(
  args: Arguments,
  context: CallContext,
  name: 'to' | 'wide-to',
  timeColumn: string,
  makeBatch: () => ToBatch,
): TableStream {
  if (args.has('host')) throw fluxError('to cannot write to another server; remove the argument host');
  const bucket = bucketReference(args);
  const organization = { name: args.has('org') ? args.string('org') : undefined, id: args.has('orgID') ? args.string('orgID') : undefined };
  const node = addStep(
    args.stream(),
    { spec: { kind: 'to', name, bucket, organization }, create: (run) => writeOperator(run, bucket, timeColumn, makeBatch()) },
    context,
  );
  return new TableStream(node);
}

function writeOperator(run: RunContext, bucket: BucketReference, timeColumn: string, makeBatch: ToBatch) {
  return narrow((chunk, emit) => {
    if (chunk.rowCount > 0) {
      const batch = run.applyToRows(() => makeBatch(chunk));
      if (batch.rowCount > 0) run.defer(write(run, bucket, batch));
    }
    emit.chunk(withoutNullTimes(chunk, timeColumn));
  });
}

async function write(run: RunContext, bucket: BucketReference, batch: PointBatch): Promise<void> {
  const { reason, droppedCount } = await run.environment.write(run.writableBucket(bucket).id, batch);
  if (reason !== undefined) throw new DomainError('unprocessable entity', `partial write: ${reason} dropped=${droppedCount}`);
}

/** Only rows that were written go on. */
function withoutNullTimes(chunk: Chunk, timeColumn: string): Chunk {
  const times = findColumn(chunk.columns, timeColumn)?.vector;
  if (times === undefined || !hasNulls(times)) return chunk;
  const rows = Int32Array.from({ length: chunk.rowCount }, (_, row) => row).filter((row) => !isNullAt(times, row));
  return gatherChunk(chunk, rows);
}
