/** How a condition on values is asked: of the engine where it can, else row by row. */
import type { Predicate } from '../../../domain/series.js';
import { type Expr, referencesOf, type VarRef } from '../syntax/ast.js';
import { alignColumn, type FieldPoints, tagColumn } from './assemble-rows.js';
import { gatherRows, type Rows } from './block.js';
import { castColumn } from './column.js';
import { evaluateCondition } from './evaluate.js';
import { allOf } from './measurement.js';
import { isFieldOf, type ReadRequest, typeAs } from './read-request.js';
import type { SelectedSeries } from './select-series.js';
import { judgeSeries, valuePredicate } from './series-filter.js';
import { conjunctsOf } from './tag-value-filter.js';

/** How the points of the selected series are filtered: not at all, by the engine, or row by row here. */
export interface PointFilter {
  readonly predicate: Predicate | undefined;
  readonly byRow: boolean;
}

export function filterOf({ condition, schema }: ReadRequest, loaded: readonly string[]): PointFilter {
  const isField = isFieldOf(schema);
  const ofPoints = conjunctsOf(condition).filter((part) => typeof judgeSeries(part, [], isField) !== 'boolean' || hasFields(part, isField));
  if (ofPoints.length === 0) return { predicate: undefined, byRow: false };
  const [field] = loaded;
  const type = field === undefined ? undefined : schema.fields.get(field);
  if (loaded.length !== 1 || field === undefined || type === undefined) return { predicate: undefined, byRow: true };
  const predicates = ofPoints.map((part) => valuePredicate(part, field, type));
  return predicates.includes(undefined) ? { predicate: undefined, byRow: true } : { predicate: allOf(...predicates), byRow: false };
}

const hasFields = (expr: Expr, isField: (reference: VarRef) => boolean): boolean => referencesOf(expr).some(isField);

export function filterRows(
  { schema }: ReadRequest,
  { tags, verdict }: SelectedSeries,
  byField: ReadonlyMap<string, FieldPoints>,
  rows: Rows,
): Rows {
  if (typeof verdict === 'boolean') return rows;
  const { times } = rows;
  const isField = isFieldOf(schema);
  const columns = new Map(
    referencesOf(verdict).map((reference) => {
      const { name } = reference;
      if (!isField(reference)) return [name, tagColumn(tags, name, times.length)];
      const found = byField.get(name);
      const type = found && typeAs(reference.type, found.column.type);
      return [name, found && type && castColumn(alignColumn(found, times), type)];
    }),
  );
  const fits = evaluateCondition(verdict, {
    columnOf: (name) => columns.get(name),
    rowCount: times.length,
    dividesToFloat: false,
    nullNameIsFalse: false,
  });
  const kept = new Int32Array(times.length);
  let count = 0;
  for (let row = 0; row < fits.length; row++) if (fits[row] === 1) kept[count++] = row;
  return count === times.length ? rows : gatherRows(rows, kept.subarray(0, count));
}
