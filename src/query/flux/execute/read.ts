/** Reads of storage as tables: the columns, keys and order in which InfluxDB's storage gives them. */
import type { Aggregate, Predicate, Reduction, SeriesDescription } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { fluxError } from '../language/errors.js';
import type { ReadShape, ReadSpec } from '../plan/node.js';
import { looksAtValues } from '../plan/predicate.js';
import type { Column } from '../table/chunk.js';
import { columnOf, constantColumn, keyColumns } from '../table/chunk.js';
import { GroupKey } from '../table/group-key.js';
import type { Vector } from '../table/vector.js';
import { timeVector, vectorOf } from '../table/vector.js';
import { readGroups } from './read-group.js';
import { windowTables } from './read-window.js';
import type { RunContext } from './run-context.js';
import type { SourceTable } from './runnable-node.js';
import type { SourceTables } from './series-read.js';
import {
  askSchema,
  isSameTags,
  isSelector,
  matchingSeries,
  seriesKey,
  seriesTables,
  seriesTags,
  valueVector,
  withLast,
} from './series-read.js';

export function readSource(spec: ReadSpec): (run: RunContext) => SourceTables {
  return (run) => {
    const { shape } = spec;
    switch (shape.kind) {
      case 'series':
        return readSeries(run, spec, shape.limit && { kind: 'limit', ...shape.limit, descending: false });
      case 'aggregate':
        return readAggregates(run, spec, shape.method);
      case 'window':
        return windowTables(run, spec, shape);
      case 'group':
        return readGroups(run, spec, shape);
      case 'tag keys':
        return readTagKeys(run, spec);
      case 'cardinality':
        return readCardinality(run, spec);
      case 'tag values':
        return readTagValues(run, spec, shape);
    }
  };
}

async function* readSeries(run: RunContext, spec: ReadSpec, reduction: Reduction | undefined): SourceTables {
  let key: GroupKey | undefined;
  for await (const { piece, last } of withLast(seriesTables(run, spec, reduction))) {
    key ??= seriesKey(piece, spec);
    const rowCount = piece.times.length;
    yield { chunk: { key, columns: seriesColumns(key, columnOf('_time', timeVector(piece.times)), valueVector(piece)), rowCount }, last };
    if (last) key = undefined;
  }
}

/** `_start`, `_stop`, time, value, then the tags. */
function seriesColumns(key: GroupKey, time: Column, value: Vector): Column[] {
  const [start, stop, ...tags] = keyColumns(key, value.length);
  return [start as Column, stop as Column, time, columnOf('_value', value), ...tags];
}

async function* readAggregates(run: RunContext, spec: ReadSpec, method: Aggregate): SourceTables {
  for await (const table of seriesTables(run, spec, { kind: 'aggregate', aggregate: method })) {
    const key = seriesKey(table, spec);
    const value = valueVector(table);
    const [start, stop, ...tags] = keyColumns(key, value.length);
    const time = isSelector(method) ? [columnOf('_time', timeVector(table.times))] : [];
    yield {
      chunk: { key, columns: [start as Column, stop as Column, ...time, columnOf('_value', value), ...tags], rowCount: value.length },
      last: true,
    };
  }
}

function mentionsField(predicate: Predicate): boolean {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.operands.some(mentionsField);
    case 'not':
      return mentionsField(predicate.operand);
    default:
      return predicate.subject.kind === 'field';
  }
}

async function* readTagKeys(run: RunContext, spec: ReadSpec): SourceTables {
  const known = await askSchema(run, spec, { kind: 'tag keys' });
  if (known !== undefined) {
    yield valueTable(['_start', '_stop', ...known.texts]);
    return;
  }
  const keys = new Set<string>();
  for (const series of await matchingSeries(run, spec)) for (const [key] of seriesTags(series)) keys.add(key);
  yield valueTable(['_start', '_stop', ...[...keys].sort(compareUtf8)]);
}

async function* readTagValues(run: RunContext, spec: ReadSpec, { key, first }: TagValues): SourceTables {
  // Asked about a field, InfluxDB goes through the series instead of its index, and a tag that is missing counts as an empty one.
  const countsMissing = spec.predicate !== undefined && mentionsField(spec.predicate);
  const known = countsMissing ? undefined : await askSchema(run, spec, { kind: 'tag values', key, first });
  if (known !== undefined) {
    yield valueTable(known.texts);
    return;
  }
  const values = new Set<string>();
  for (const series of await matchingSeries(run, spec)) {
    const tag = seriesTags(series).find(([label]) => label === key);
    if (tag !== undefined) values.add(tag[1]);
    else if (countsMissing) values.add('');
  }
  yield valueTable([...values].sort(compareUtf8).slice(0, first));
}

type TagValues = Extract<ReadShape, { kind: 'tag values' }>;

/** A series is a measurement with its tags; its fields count once. */
async function* readCardinality(run: RunContext, spec: ReadSpec): SourceTables {
  if (spec.predicate !== undefined && looksAtValues(spec.predicate))
    throw fluxError('filtering on field values is not supported in cardinality predicates');
  const known = await askSchema(run, spec, { kind: 'cardinality' });
  let count = known?.count ?? 0;
  let previous: SeriesDescription | undefined;
  for (const series of known === undefined ? await matchingSeries(run, spec) : []) {
    if (previous?.measurement !== series.measurement || !isSameTags(previous.tags, series.tags)) count++;
    previous = series;
  }
  yield { chunk: { key: GroupKey.EMPTY, columns: [constantColumn('_value', 'int', BigInt(count), 1)], rowCount: 1 }, last: true };
}

function valueTable(values: readonly string[]): SourceTable {
  return { chunk: { key: GroupKey.EMPTY, columns: [columnOf('_value', vectorOf('string', values))], rowCount: values.length }, last: true };
}
