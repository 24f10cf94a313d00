/** Points of a measurement out of the engine, gathered by the groups of a query. */
import type { Reduction } from '../../../domain/series.js';
import { assembleRows } from './assemble-rows.js';
import { reverseRows } from './block.js';
import { filterOf, filterRows } from './filter-points.js';
import { gather, type GroupInputs, readTables } from './gather.js';
import { fieldsToLoad, type ReadContext, type ReadRequest, typeAs } from './read-request.js';
import { select } from './select-series.js';

/** Every point, in its group. */
export async function* readGroups(context: ReadContext, request: ReadRequest): AsyncGenerator<GroupInputs, void, undefined> {
  const { schema, driver, rowsMax, ascending } = request;
  const driverType = driver && schema.fields.get(driver.name);
  if (driver !== undefined && (driverType === undefined || typeAs(driver.type, driverType) === undefined)) return;
  const loaded = fieldsToLoad(request);
  if (loaded.length === 0) return;
  const { predicate, byRow } = filterOf(request, loaded);
  const reduction: Reduction | undefined =
    rowsMax === undefined || byRow ? undefined : { kind: 'limit', count: rowsMax, offset: 0, descending: !ascending };
  const selection = select(request);
  const tables = readTables(context, request, selection, loaded, predicate, reduction);
  yield* gather(context, selection, ascending, tables, (series, byField) => {
    const rows = assembleRows(request, series, byField);
    if (rows === undefined) return undefined;
    const filtered = byRow ? filterRows(request, series, byField, rows) : rows;
    if (filtered.times.length === 0) return undefined;
    return ascending ? filtered : reverseRows(filtered);
  });
}
