/** Conditions on values as SQL. Literals that are texts become parameters; numbers compare exactly whatever their types. */
import type { Comparison, Predicate } from '../domain/series.js';
import type { Field } from './catalog.js';
import type { Parameter } from './connection.js';

const SQL_COMPARISONS: Readonly<Record<Comparison, string>> = { '==': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

/**
 * A condition on the values of a field.
 *
 * @param predicate asks of values only
 * @param column the SQL name of the field
 * @param parameters takes the literals
 */
export function valueCondition(predicate: Predicate, { type }: Field, column: string, parameters: Parameter[]): string {
  const parameter = (value: Parameter): string => `$${parameters.push(value)}`;
  const condition = (part: Predicate): string => {
    switch (part.op) {
      case 'and':
        return `(${['TRUE', ...part.operands.map(condition)].join(' AND ')})`;
      case 'or':
        return `(${['FALSE', ...part.operands.map(condition)].join(' OR ')})`;
      case 'not':
        return `(NOT ${condition(part.operand)})`;
      case 'exists':
        return 'TRUE';
      case 'match':
        return type === 'string' ? `regexp_matches(${column}, ${parameter(part.pattern.source)})` : 'FALSE';
      case 'compare': {
        const { comparison, literal } = part;
        const sql = SQL_COMPARISONS[comparison];
        switch (type) {
          case 'string':
            return typeof literal === 'string' ? `${column} ${sql} ${parameter(literal)}` : 'FALSE';
          case 'boolean':
            return typeof literal === 'boolean' ? `${column} ${sql} ${literal ? 'TRUE' : 'FALSE'}` : 'FALSE';
          case 'float':
            return typeof literal === 'number' || typeof literal === 'bigint'
              ? compareFloat(column, comparison, literal, parameter)
              : 'FALSE';
          case 'integer':
          case 'unsigned':
            return typeof literal === 'number' || typeof literal === 'bigint' ? compareInteger(column, type, comparison, literal) : 'FALSE';
        }
      }
    }
  };
  return condition(predicate);
}

function compareFloat(column: string, comparison: Comparison, literal: number | bigint, parameter: (value: Parameter) => string): string {
  const nearest = Number(literal);
  if (Number.isNaN(nearest)) return constant(comparison === '!=');
  const isExact = typeof literal === 'number' || (Number.isFinite(nearest) && BigInt(nearest) === literal);
  if (!isExact) {
    // No double is the literal, so the next double takes its place, itself on one side of it.
    if (comparison === '==' || comparison === '!=') return constant(comparison === '!=');
    if (!Number.isFinite(nearest)) return constant(comparison.startsWith('<') === nearest > 0);
    const isAbove = BigInt(nearest) > literal;
    const isLess = comparison.startsWith('<');
    return `${column} ${isLess ? '<' : '>'}${isAbove === isLess ? '' : '='} ${parameter(nearest)}`;
  }
  return `${column} ${SQL_COMPARISONS[comparison]} ${parameter(nearest)}`;
}

const RANGES = {
  integer: { min: -(2n ** 63n), max: 2n ** 63n - 1n, sql: 'BIGINT' },
  unsigned: { min: 0n, max: 2n ** 64n - 1n, sql: 'UBIGINT' },
} as const;

function compareInteger(column: string, type: 'integer' | 'unsigned', comparison: Comparison, literal: number | bigint): string {
  if (typeof literal === 'number') {
    if (Number.isNaN(literal)) return constant(comparison === '!=');
    if (!Number.isFinite(literal)) return beyond(comparison, literal > 0);
    if (!Number.isInteger(literal)) {
      if (comparison === '==' || comparison === '!=') return constant(comparison === '!=');
      return comparison.startsWith('<')
        ? compareInteger(column, type, '<=', BigInt(Math.floor(literal)))
        : compareInteger(column, type, '>=', BigInt(Math.ceil(literal)));
    }
  }
  const value = BigInt(literal);
  const { min, max, sql } = RANGES[type];
  if (value < min || value > max) return beyond(comparison, value > max);
  return `${column} ${SQL_COMPARISONS[comparison]} (${value})::${sql}`;
}

/** The comparison with a number that is larger (or smaller) than all values. */
function beyond(comparison: Comparison, isLarger: boolean): string {
  if (comparison === '==' || comparison === '!=') return constant(comparison === '!=');
  return constant(comparison.startsWith('<') === isLarger);
}

function constant(value: boolean): string {
  return value ? 'TRUE' : 'FALSE';
}
