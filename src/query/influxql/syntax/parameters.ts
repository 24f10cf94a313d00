/** Bound parameters: what `$name` in a query stands for. */
import { formatFloat } from '../../../domain/float.js';
import { formatDuration } from './duration.js';
import type { TokenKind } from './token.js';

/** A parameter's value as JSON brings it: whole numbers as bigints, numbers with a point as doubles. */
export type ParameterValue =
  number | bigint | string | boolean | null | readonly ParameterValue[] | { readonly [name: string]: ParameterValue };

export type Parameters = ReadonlyMap<string, ParameterValue>;

/** The token that takes a parameter's place, or what is wrong with it, in InfluxDB's words. */
export type BoundToken = { readonly kind: TokenKind; readonly text: string } | { readonly fault: string };

export function bindParameter(value: ParameterValue): BoundToken {
  switch (typeof value) {
    case 'number':
      return { kind: 'NUMBER', text: formatFloat(value) };
    case 'bigint':
      return { kind: 'INTEGER', text: String(value) };
    case 'string':
      return { kind: 'STRING', text: value };
    case 'boolean':
      return { kind: value ? 'TRUE' : 'FALSE', text: '' };
    default: {
      if (value === null) return { fault: 'unable to bind parameter with type <nil>' };
      if (Array.isArray(value)) return { fault: 'unable to bind parameter with type []interface {}' };
      const entries = Object.entries(value as Record<string, ParameterValue>);
      const [entry] = entries;
      if (entries.length !== 1 || entry === undefined) return { fault: 'bound object parameter value must have exactly one entry' };
      return bindTyped(...entry);
    }
  }
}

/** `{"ident": "name"}` and the like say what kind of token a value is. */
function bindTyped(type: string, value: ParameterValue): BoundToken {
  switch (type) {
    case 'ident':
    case 'identifier':
      return typeof value === 'string' ? { kind: 'IDENT', text: value } : { fault: 'identifier must be a string value' };
    case 'regex':
      return typeof value === 'string' ? { kind: 'REGEX', text: value } : { fault: 'regex literal must be a string value' };
    case 'string':
      return typeof value === 'string' ? { kind: 'STRING', text: value } : { fault: 'string literal must be a string value' };
    case 'float':
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
        ? { kind: 'NUMBER', text: formatFloat(Number(value)) }
        : { fault: 'number literal must be a float value' };
    case 'int':
    case 'integer':
      return typeof value === 'bigint' ? { kind: 'INTEGER', text: String(value) } : { fault: 'integer literal must be an integer value' };
    case 'duration':
      if (typeof value === 'string') return { kind: 'DURATIONVAL', text: value };
      return typeof value === 'bigint'
        ? { kind: 'DURATIONVAL', text: formatDuration(value) }
        : { fault: 'duration literal must be a string or integer value' };
    default:
      return { fault: `unknown bind object type: ${type}` };
  }
}
