/**
 * Which points of a batch fit the types that their fields have: those are let in, the others are dropped whole, as InfluxDB does. A type
 * is per measurement and field; one that is known wins, else that of the first point of the batch.
 */
import type { BucketId } from '../domain/id.js';
import { quoteGo } from '../domain/go-quote.js';
import { hasValue, pickRows } from '../domain/point-batch.js';
import type { FieldType, MeasurementBatch, PointBatch, PointFault, WriteOutcome } from '../domain/series.js';
import type { Catalog, Measurement } from './catalog.js';

/**
 * @param take gets batches of which every field has one type, the right one; what it is given is known when the next is looked at
 * @param refuse why a measurement takes no points for now
 */
export function admit(
  catalog: Catalog,
  bucketId: BucketId,
  batch: PointBatch,
  take: (part: MeasurementBatch) => void,
  refuse: (measurement: Measurement) => string | undefined,
): WriteOutcome {
  let droppedCount = batch.dropped?.count ?? 0;
  let first = batch.dropped?.first;
  const drop = (count: number, fault: PointFault): void => {
    droppedCount += count;
    if (first === undefined || fault.position < first.position) first = fault;
  };
  for (const part of batch.measurements) {
    const known = catalog.find(bucketId, part.measurement);
    const refusal = known && refuse(known);
    if (refusal !== undefined) {
      drop(part.rowCount, { position: part.positions[0] ?? 0, reason: refusal });
      continue;
    }
    if (hasOnlyRightTypes(part, known)) {
      take(part);
      continue;
    }
    const { kept, fault } = sift(part, known);
    if (fault !== undefined) drop(part.rowCount - kept.length, fault);
    if (kept.length > 0) take(pickRows(part, kept));
  }
  return { droppedCount, reason: (first ?? batch.stripped)?.reason };
}

function hasOnlyRightTypes(part: MeasurementBatch, known: Measurement | undefined): boolean {
  const keys = new Set<string>();
  return part.fields.every(({ key, column }) => {
    const type = known?.field(key)?.type;
    const isFirst = !keys.has(key);
    keys.add(key);
    return type === undefined ? isFirst : type === column.type;
  });
}

function sift(part: MeasurementBatch, known: Measurement | undefined): { kept: number[]; fault: PointFault | undefined } {
  const types = new Map<string, FieldType>();
  const kept: number[] = [];
  let fault: PointFault | undefined;
  for (let row = 0; row < part.rowCount; row++) {
    const conflict = findConflict(part, known, types, row);
    if (conflict === undefined) kept.push(row);
    else fault ??= { position: part.positions[row] as number, reason: conflict };
  }
  return { kept, fault };
}

/** Why a row does not fit; where it does, the types of its fields are decided from here on. */
function findConflict(
  part: MeasurementBatch,
  known: Measurement | undefined,
  decided: Map<string, FieldType>,
  row: number,
): string | undefined {
  const own = new Map<string, FieldType>();
  for (const { key, column } of part.fields) {
    if (!hasValue(column, row)) continue;
    const type = known?.field(key)?.type ?? decided.get(key) ?? own.get(key);
    if (type === undefined) {
      own.set(key, column.type);
    } else if (type !== column.type) {
      const input = `input field ${quoteGo(key)} on measurement ${quoteGo(part.measurement)}`;
      return `field type conflict: ${input} is type ${column.type}, already exists as type ${type}`;
    }
  }
  for (const [key, type] of own) decided.set(key, type);
  return undefined;
}
