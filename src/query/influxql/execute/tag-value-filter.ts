/** What a condition of SHOW TAG KEYS and SHOW TAG VALUES asks: of series by their tags, and of the values themselves by the name `value`. */
import { invalid } from '../../../domain/errors.js';
import type { Tag } from '../../../domain/series.js';
import { binary, type Expr } from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import type { MeasurementSchema } from './measurement.js';
import { judgeSeries } from './series-filter.js';

export type TagValueFilter = (value: string) => boolean;

/** The parts of a condition that AND joins. */
export function conjunctsOf(condition: Expr | undefined): Expr[] {
  if (condition === undefined) return [];
  if (condition.kind === 'paren') return conjunctsOf(condition.inner);
  if (condition.kind === 'binary' && condition.operator === 'AND') return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)];
  return [condition];
}

/** @returns which values are asked for, undefined for all, and what is left of the condition */
export function splitValueFilter(condition: Expr | undefined): {
  readonly values: TagValueFilter | undefined;
  readonly rest: Expr | undefined;
} {
  const filters: TagValueFilter[] = [];
  const rest: Expr[] = [];
  for (const part of conjunctsOf(condition)) {
    const filter = asValueFilter(part);
    if (filter === undefined) rest.push(part);
    else filters.push(filter);
  }
  return {
    values: filters.length === 0 ? undefined : (value) => filters.every((fits) => fits(value)),
    rest: rest.length === 0 ? undefined : rest.reduce((all, part) => binary('AND', all, part)),
  };
}

function asValueFilter(part: Expr): TagValueFilter | undefined {
  if (part.kind !== 'binary' || part.left.kind !== 'varRef' || part.left.name !== 'value') return undefined;
  const { operator, right } = part;
  switch (operator) {
    case '=':
    case '!=':
      // A text is neither like nor unlike a number.
      return right.kind === 'string' ? (value) => (value === right.value) === (operator === '=') : () => false;
    case '=~':
    case '!~':
      return right.kind === 'regex' ? (value) => right.pattern.test(value) === (operator === '=~') : () => false;
    default:
      return undefined;
  }
}

/**
 * The series of a measurement that a condition lets pass.
 *
 * @throws DomainError `invalid`, in InfluxDB's words, where their points would have to be asked
 */
export function seriesThatFit({ series, fields }: MeasurementSchema, condition: Expr | undefined): readonly (readonly Tag[])[] {
  if (condition === undefined) return series;
  return series.filter((tags) => {
    const verdict = judgeSeries(condition, tags, ({ name, type }) => (type === undefined ? fields.has(name) : type !== 'tag'));
    if (typeof verdict !== 'boolean') throw invalid(`expression too complex for metaquery: ${formatExpr(verdict)}`);
    return verdict;
  });
}

/** The values that series have for a tag, sorted by the caller. */
export function collectValues(series: readonly (readonly Tag[])[], key: string, filter: TagValueFilter | undefined): Set<string> {
  const values = new Set<string>();
  for (const tags of series) {
    for (const [name, value] of tags) if (name === key && (filter === undefined || filter(value))) values.add(value);
  }
  return values;
}
