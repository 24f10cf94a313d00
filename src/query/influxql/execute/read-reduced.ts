/** Points that the engine has reduced before it hands them over. */
import type { Aggregate, Reduction } from '../../../domain/series.js';
import { tagColumn } from './assemble-rows.js';
import type { Rows } from './block.js';
import { filterOf } from './filter-points.js';
import { gather, type GroupInputs, joinIntegers, type PlacedTable, readTables } from './gather.js';
import { fieldsToLoad, type ReadContext, type ReadRequest, typeAs } from './read-request.js';
import { select } from './select-series.js';

/** What the engine made of a field: for each series and window a row, with how many points it stands for where that matters. */
export interface PartialRows extends Rows {
  readonly weights: BigInt64Array | undefined;
}

export interface PartialInputs extends GroupInputs {
  readonly inputs: readonly PartialRows[];
}

/** Whether the engine can reduce the points of the function's field before it hands them over. */
export function canReduce(request: ReadRequest, aggregate: Aggregate): boolean {
  const { schema, driver, aux } = request;
  const type = driver && schema.fields.get(driver.name);
  if (driver === undefined || type === undefined || typeAs(driver.type, type) !== type) return false;
  if (aux.some((reference) => reference.type !== 'tag' && schema.fields.has(reference.name))) return false;
  const isNumeric = type !== 'string' && type !== 'boolean';
  if (!isNumeric && aggregate !== 'count' && aggregate !== 'first' && aggregate !== 'last') return false;
  return !filterOf(request, fieldsToLoad(request)).byRow;
}

/** What `canReduce` has found possible. Windows are uniform, and their rows in ascending order. */
export async function* readReduced(
  context: ReadContext,
  request: ReadRequest,
  aggregate: Aggregate,
  interval: { readonly everyNs: bigint; readonly offsetNs: bigint },
): AsyncGenerator<PartialInputs, void, undefined> {
  const loaded = fieldsToLoad(request);
  const { predicate } = filterOf(request, loaded);
  const selection = select(request);
  const reductionOf = (of: Aggregate): Reduction =>
    interval.everyNs === 0n ? { kind: 'aggregate', aggregate: of } : { kind: 'window', aggregate: of, ...interval };
  const read = (of: Aggregate): AsyncGenerator<PlacedTable> => readTables(context, request, selection, loaded, predicate, reductionOf(of));
  // Means of several series weigh as much as they have points.
  const counts = aggregate === 'mean' ? read('count') : undefined;
  const weightsOf = new Map<number, BigInt64Array>();
  const tables = counts === undefined ? read(aggregate) : withCounts(read(aggregate), counts, weightsOf);
  const groups = gather(context, selection, request.ascending, tables, (series, byField, place) => {
    const points = byField.get(loaded[0] as string);
    if (points === undefined) return undefined;
    const { times, column } = points;
    const weights = weightsOf.get(place);
    weightsOf.delete(place);
    const aux = request.aux.map(({ name }) => tagColumn(series.tags, name, times.length));
    return { times, value: column, aux, weights };
  });
  yield* groups;
}

/** The same tables; the counts that go with them are left in `weightsOf` by the place of the series. */
async function* withCounts(
  tables: AsyncGenerator<PlacedTable>,
  counts: AsyncGenerator<PlacedTable>,
  weightsOf: Map<number, BigInt64Array>,
): AsyncGenerator<PlacedTable, void, undefined> {
  try {
    for await (const placed of tables) {
      let parts: BigInt64Array[] = [];
      let length = 0;
      while (length < placed.table.times.length) {
        const next = await counts.next();
        if (next.done === true) return;
        if (next.value.place !== placed.place) continue;
        const { values } = next.value.table;
        if (values.type !== 'integer') return;
        parts = [...parts, values.values];
        length += values.values.length;
      }
      const before = weightsOf.get(placed.place);
      weightsOf.set(placed.place, joinIntegers(before === undefined ? parts : [before, ...parts]));
      yield placed;
    }
  } finally {
    await counts.return(undefined);
  }
}
