/** What all reads of storage have in common: series with their keys and values, and which series there are. */
import type {
  Aggregate,
  Predicate,
  Reduction,
  SchemaAnswer,
  SchemaQuestion,
  SeriesDescription,
  SeriesTable,
  Tag,
} from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { ReadSpec } from '../plan/node.js';
import { looksAtValues } from '../plan/predicate.js';
import type { KeyColumn } from '../table/group-key.js';
import { GroupKey } from '../table/group-key.js';
import type { Vector } from '../table/vector.js';
import { boolVector, floatVector, intVector, stringVector } from '../table/vector.js';
import type { SourceTable } from './runnable-node.js';
import type { RunContext } from './run-context.js';

export type SourceTables = AsyncIterable<SourceTable>;

export function seriesTables(run: RunContext, spec: ReadSpec, reduction: Reduction | undefined): AsyncIterable<SeriesTable> {
  const { engine, signal } = run.environment;
  return engine.read(
    {
      bucketId: run.bucket(spec.bucket).id,
      range: spec.range,
      predicate: spec.predicate,
      reduction,
    },
    signal,
  );
}

/** Pieces of series, each with whether it is the last of its series. */
export async function* withLast(
  pieces: AsyncIterable<SeriesTable>,
): AsyncIterable<{ readonly piece: SeriesTable; readonly last: boolean }> {
  let held: SeriesTable | undefined;
  for await (const piece of pieces) {
    if (held !== undefined) yield { piece: held, last: !isSameSeries(held, piece) };
    held = piece;
  }
  if (held !== undefined) yield { piece: held, last: true };
}

function isSameSeries(a: SeriesTable, b: SeriesTable): boolean {
  return a.measurement === b.measurement && a.field === b.field && isSameTags(a.tags, b.tags);
}

export function isSameTags(a: readonly Tag[], b: readonly Tag[]): boolean {
  return a === b || (a.length === b.length && a.every(([key, value], i) => b[i]?.[0] === key && b[i][1] === value));
}

export const isSelector = (method: Aggregate): boolean => method === 'first' || method === 'last' || method === 'min' || method === 'max';

/** The tags of a series, measurement and field among them, sorted by key. */
export function seriesTags({ measurement, field, tags }: Pick<SeriesTable, 'measurement' | 'field' | 'tags'>): Tag[] {
  const all: Tag[] = [['_field', field], ['_measurement', measurement], ...tags];
  // Tags come sorted; only those before `_field` (capitals, most often) have to move.
  return tags.length > 0 && compareUtf8((tags[0] as Tag)[0], '_measurement') < 0 ? all.sort(([a], [b]) => compareUtf8(a, b)) : all;
}

export function seriesKey(table: Pick<SeriesTable, 'measurement' | 'field' | 'tags'>, { range }: ReadSpec): GroupKey {
  return new GroupKey([
    { label: '_start', type: 'time', value: range.startNs },
    { label: '_stop', type: 'time', value: range.stopNs },
    ...seriesTags(table).map(([label, value]): KeyColumn => ({ label, type: 'string', value })),
  ]);
}

export function valueVector({ values }: Pick<SeriesTable, 'values'>): Vector {
  switch (values.type) {
    case 'float':
      return floatVector(values.values, values.valid);
    case 'integer':
      return intVector(values.values, values.valid);
    case 'unsigned':
      return { form: 'dense', type: 'uint', length: values.values.length, values: values.values, valid: values.valid };
    case 'boolean':
      return boolVector(values.values, values.valid);
    case 'string':
      return stringVector(values.values, values.valid);
  }
}

/** The parts of a predicate that say which series; values are not looked at. */
function seriesPredicate(predicate: Predicate | undefined): Predicate | undefined {
  if (predicate === undefined || !looksAtValues(predicate)) return predicate;
  if (predicate.op !== 'and') return undefined;
  const operands = predicate.operands.filter((operand) => !looksAtValues(operand));
  return operands.length === 0 ? undefined : { op: 'and', operands };
}

/** Asks the engine's index; undefined where it cannot answer. */
export async function askSchema(run: RunContext, spec: ReadSpec, question: SchemaQuestion): Promise<SchemaAnswer | undefined> {
  if (spec.predicate !== undefined && looksAtValues(spec.predicate)) return undefined;
  const { engine, signal } = run.environment;
  return engine.schema(run.bucket(spec.bucket).id, spec.range, spec.predicate, question, signal);
}

export async function matchingSeries(run: RunContext, spec: ReadSpec): Promise<readonly SeriesDescription[]> {
  const { engine, signal } = run.environment;
  if (spec.predicate !== undefined && looksAtValues(spec.predicate)) {
    const found: SeriesDescription[] = [];
    for await (const { measurement, field, tags, values } of seriesTables(run, spec, {
      kind: 'limit',
      count: 1,
      offset: 0,
      descending: false,
    })) {
      found.push({ measurement, field, tags, type: values.type });
    }
    return found;
  }
  return engine.series(run.bucket(spec.bucket).id, spec.range, seriesPredicate(spec.predicate), signal);
}
