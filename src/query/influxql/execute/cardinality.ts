/** SHOW ... CARDINALITY: how many series, measurements, keys and values there are, measurement by measurement. */
import { invalid } from '../../../domain/errors.js';
import type { ResultSeries } from '../../../domain/influxql-result.js';
import type { Tag } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { splitCondition } from '../compile/condition.js';
import type { Expr, ShowCardinality } from '../syntax/ast.js';
import { compareGroups, type Group, groupOf } from './block.js';
import { listSeries } from './emit.js';
import type { MeasurementSchema } from './measurement.js';
import { judgeSeries, tagValue } from './series-filter.js';
import { hasTime, isKey, type ShowContext, sourceSchemas } from './show.js';

/** How InfluxDB calls them where it refuses a time; values of tags take one. */
const NAMES = {
  measurement: 'MEASUREMENT EXACT',
  series: 'SERIES EXACT',
  fieldKey: 'FIELD KEY',
  tagKey: 'TAG KEY EXACT',
} as const;

export async function showCardinality(context: ShowContext, statement: ShowCardinality): Promise<ResultSeries[]> {
  const { of, limit, offset } = statement;
  const condition = conditionOf(statement, context.environment.nowNs);
  if (condition === 'never') return [];
  const schemas = await sourceSchemas(context, statement, undefined);
  const dimensions = dimensionsOf(statement.dimensions, schemas);
  const counted = new Map<string, Counted>();
  for (const schema of schemas) {
    for (const { tags, items } of itemsOf(schema, statement, condition)) {
      const group = groupOf(of === 'measurement' ? '' : schema.name, tags, dimensions);
      const id = JSON.stringify([group.name, group.id]);
      let found = counted.get(id);
      if (found === undefined) counted.set(id, (found = { group, items: new Set() }));
      for (const item of items) found.items.add(item);
    }
  }
  // Each group has one row.
  if (offset > 0 && limit >= 0) return [];
  return [...counted.values()]
    .filter(({ items }) => items.size > 0)
    .sort((a, b) => compareGroups(a.group, b.group))
    .map(({ group, items }) => ({
      ...listSeries(group.name, [['count', { type: 'integer', values: BigInt64Array.of(BigInt(items.size)) }]], 1),
      tags: group.tags,
    }));
}

interface Counted {
  readonly group: Group;
  readonly items: Set<string>;
}

/** `never`: what InfluxDB counts lies in 1970, and the time that is asked for does not. */
function conditionOf({ of, condition }: ShowCardinality, nowNs: bigint): Expr | undefined | 'never' {
  if (condition === undefined) return undefined;
  if (of === 'tagValues') {
    const { expr, bounds } = splitCondition(condition, { now: nowNs });
    return (bounds.min ?? 0n) > 0n || (bounds.max ?? 0n) < 0n ? 'never' : expr;
  }
  if (hasTime(condition)) throw invalid(`SHOW ${NAMES[of]} CARDINALITY doesn't support time in WHERE clause`);
  return condition;
}

function dimensionsOf(dimensions: readonly Expr[], schemas: readonly MeasurementSchema[]): string[] {
  const every = [...new Set(schemas.flatMap(({ series }) => series.flatMap((tags) => tags.map(([key]) => key))))];
  const names = dimensions.flatMap((dimension) => {
    switch (dimension.kind) {
      case 'varRef':
        return [dimension.name];
      case 'wildcard':
        return every;
      case 'regex':
        return every.filter((key) => dimension.pattern.test(key));
      default:
        throw invalid('cardinalities are grouped by tags only');
    }
  });
  return [...new Set(names)].sort(compareUtf8);
}

/** What is counted, series by series. Series of which points would have to be asked do not count, as in InfluxDB. */
function* itemsOf(
  { name, fields, series }: MeasurementSchema,
  { of, keys }: ShowCardinality,
  condition: Expr | undefined,
): Generator<{ readonly tags: readonly Tag[]; readonly items: Iterable<string> }, void> {
  if (of === 'fieldKey') {
    // The condition is asked of the list of fields.
    const items = [...fields].filter(([fieldKey, fieldType]) => {
      const row: Tag[] = [
        ['fieldKey', fieldKey],
        ['fieldType', fieldType],
      ];
      return condition === undefined || holdsForPresent(condition, row);
    });
    yield { tags: [], items: items.map(([fieldKey]) => fieldKey) };
    return;
  }
  const isField = ({ name: asked, type }: { readonly name: string; readonly type?: string | undefined }): boolean =>
    type === undefined ? fields.has(asked) : type !== 'tag';
  for (const [place, tags] of series.entries()) {
    if (condition !== undefined && judgeSeries(condition, tags, isField) !== true) continue;
    switch (of) {
      case 'measurement':
        yield { tags, items: [name] };
        break;
      case 'series':
        yield { tags, items: [String(place)] };
        break;
      case 'tagKey':
        yield { tags, items: tags.map(([key]) => key) };
        break;
      default:
        if (condition !== undefined && !holdsForPresent(condition, tags)) break;
        yield { tags, items: tags.filter(([key]) => keys !== undefined && isKey(keys, key)).map(([, value]) => value) };
    }
  }
}

/** Whether a condition holds where every comparison with what is absent fails, a negated one as well. */
function holdsForPresent(condition: Expr, row: readonly Tag[]): boolean {
  switch (condition.kind) {
    case 'boolean':
      return condition.value;
    case 'paren':
      return holdsForPresent(condition.inner, row);
    case 'binary': {
      const { operator, left, right } = condition;
      if (operator === 'AND') return holdsForPresent(left, row) && holdsForPresent(right, row);
      if (operator === 'OR') return holdsForPresent(left, row) || holdsForPresent(right, row);
      const isAbsent = [left, right].some((side) => side.kind === 'varRef' && tagValue(row, side.name) === '');
      return !isAbsent && judgeSeries(condition, row, () => false) === true;
    }
    default:
      return false;
  }
}
