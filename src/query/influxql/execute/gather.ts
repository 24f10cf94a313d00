/** Tables of the engine, series by series, gathered into groups. */
import type { Predicate, Reduction, SeriesTable, Tag } from '../../../domain/series.js';
import type { FieldPoints } from './assemble-rows.js';
import type { Group, Rows } from './block.js';
import { bytesOfColumn, concatColumns } from './column.js';
import { allOf, fieldPredicate, type MeasurementSchema, namePredicate } from './measurement.js';
import { isFieldOf, type ReadContext, type ReadRequest } from './read-request.js';
import type { SelectedSeries, Selection } from './select-series.js';
import { tagPredicate } from './series-filter.js';

/** The series of one group, each with its rows in the order that is asked for. */
export interface GroupInputs {
  readonly group: Group;
  readonly inputs: readonly Rows[];
  /** Gives back what the account of memory holds for the rows. */
  readonly release: () => void;
}

/** A table of a series that is wanted, with the place of the series in the schema. */
export interface PlacedTable {
  readonly place: number;
  readonly table: SeriesTable;
}

export async function* readTables(
  { environment }: ReadContext,
  { bucketId, schema, condition, startNs, endNs }: ReadRequest,
  selection: Selection,
  fields: readonly string[],
  predicate: Predicate | undefined,
  reduction: Reduction | undefined,
): AsyncGenerator<PlacedTable, void, undefined> {
  if (startNs > endNs || selection.order.length === 0) return;
  const { engine, signal } = environment;
  const placeOf = placesOf(schema);
  const request = {
    bucketId,
    range: { startNs, stopNs: endNs + 1n },
    predicate: allOf(
      namePredicate({ name: schema.name, pattern: undefined }),
      fieldPredicate(fields),
      condition && tagPredicate(condition, isFieldOf(schema)),
      predicate,
    ),
    reduction,
  };
  for await (const table of engine.read(request, signal)) {
    signal.throwIfAborted();
    const place = placeOf(table.tags);
    if (place !== undefined && selection.series[place] !== undefined && fields.includes(table.field)) yield { place, table };
  }
}

/** Finds series by their tags: mostly by the very list that the engine showed before. */
function placesOf({ series }: MeasurementSchema): (tags: readonly Tag[]) => number | undefined {
  const byList = new Map(series.map((tags, place) => [tags, place]));
  let byText: Map<string, number> | undefined;
  const textOf = (tags: readonly Tag[]): string => JSON.stringify(tags);
  return (tags) => {
    const place = byList.get(tags);
    if (place !== undefined) return place;
    byText ??= new Map(series.map((known, i) => [textOf(known), i]));
    return byText.get(textOf(tags));
  };
}

/** Makes rows of what a series holds, and hands groups over as soon as all of their series have been read. */
export async function* gather<T extends Rows>(
  { memory }: ReadContext,
  { series, groups, order }: Selection,
  ascending: boolean,
  tables: AsyncIterable<PlacedTable>,
  rowsOf: (series: SelectedSeries, byField: ReadonlyMap<string, FieldPoints>, place: number) => T | undefined,
): AsyncGenerator<GroupInputs & { readonly inputs: readonly T[] }, void, undefined> {
  const collected = new Map<number, { inputs: T[]; bytes: number }>();
  let emitted = 0;
  let current: { place: number; pieces: Map<string, SeriesTable[]> } | undefined;

  const finish = (): void => {
    if (current === undefined) return;
    const { place, pieces } = current;
    current = undefined;
    const one = series[place] as SelectedSeries;
    const rows = rowsOf(one, new Map([...pieces].map(([field, tables]) => [field, joinTables(tables)])), place);
    if (rows === undefined) return;
    const bytes = bytesOfRows(rows);
    memory.hold(bytes);
    const group = collected.get(one.group);
    if (group === undefined) collected.set(one.group, { inputs: [rows], bytes });
    else {
      group.inputs.push(rows);
      group.bytes += bytes;
    }
  };
  const take = (index: number): (GroupInputs & { readonly inputs: readonly T[] }) | undefined => {
    const found = collected.get(index);
    if (found === undefined) return undefined;
    collected.delete(index);
    const { group } = groups[index] as { group: Group };
    return {
      group,
      // InfluxDB turns the series around as well, which shows where rows have one time.
      inputs: ascending ? found.inputs : found.inputs.reverse(),
      release: () => {
        memory.release(found.bytes);
      },
    };
  };

  for await (const { place, table } of tables) {
    if (current?.place !== place) {
      finish();
      // Series come in the order of their places: groups whose last series lies before this one are complete.
      while (emitted < order.length && (groups[order[emitted] as number] as { lastSeries: number }).lastSeries < place) {
        const group = take(order[emitted++] as number);
        if (group !== undefined) yield group;
      }
      current = { place, pieces: new Map() };
    }
    const pieces = current.pieces.get(table.field);
    if (pieces === undefined) current.pieces.set(table.field, [table]);
    else pieces.push(table);
  }
  finish();
  while (emitted < order.length) {
    const group = take(order[emitted++] as number);
    if (group !== undefined) yield group;
  }
}

function joinTables(tables: readonly SeriesTable[]): FieldPoints {
  const [first] = tables as readonly [SeriesTable];
  if (tables.length === 1) return { times: first.times, column: first.values };
  const column = concatColumns(
    first.values.type,
    tables.map(({ values, times }) => ({ column: values, length: times.length })),
  );
  return { times: joinIntegers(tables.map(({ times }) => times)), column };
}

export function joinIntegers(parts: readonly BigInt64Array[]): BigInt64Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new BigInt64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function bytesOfRows({ times, value, aux }: Rows): number {
  return aux.reduce((sum, column) => sum + (column ? bytesOfColumn(column) : 0), times.length * 8 + (value ? bytesOfColumn(value) : 0));
}
