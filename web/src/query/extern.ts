/**
 * What a query finds in `v`: the time range, a fitting window, and the values of variables. It goes beside the script, as a syntax tree: no
 * value is ever put into the text of a script.
 */
import { parseDuration } from '../api/durations.js';
import type { Range } from './ranges.js';

const identifier = (name: string) => ({ type: 'Identifier', name });
const textOf = (value: string) => ({ type: 'StringLiteral', value });
const durationOf = (ms: number) => ({ type: 'DurationLiteral', values: [{ magnitude: ms, unit: 'ms' }] });
const property = (name: string, value: object) => ({ type: 'Property', key: identifier(name), value });

/** Windows that a range is cut into; a chart has about as many points. */
const WINDOWS = 360;
const SECOND_MS = 1000;
/** Of all time, whose length is not known. */
const WINDOW_OF_ALL_MS = 3_600_000;

const lengthMs = (range: Range): number | undefined => {
  const seconds = parseDuration(range.slice(1));
  return seconds === undefined || range === '0' ? undefined : seconds * SECOND_MS;
};

/** `option v = {...}`, as `POST /api/v2/query` takes it in `extern`. */
export function externOf(range: Range, values: Readonly<Record<string, string>> = {}): object {
  const ms = lengthMs(range);
  const start =
    ms === undefined
      ? { type: 'DateTimeLiteral', value: '1970-01-01T00:00:00Z' }
      : { type: 'UnaryExpression', operator: '-', argument: durationOf(ms) };
  const window = ms === undefined ? WINDOW_OF_ALL_MS : Math.max(SECOND_MS, Math.floor(ms / WINDOWS));
  const own = [
    property('timeRangeStart', start),
    property('timeRangeStop', { type: 'CallExpression', callee: identifier('now'), arguments: [] }),
    property('windowPeriod', durationOf(window)),
  ];
  const known = new Set(own.map(({ key }) => key.name));
  const given = Object.entries(values).filter(([name]) => !known.has(name));
  const properties = [...own, ...given.map(([name, value]) => property(name, textOf(value)))];
  const assignment = { type: 'VariableAssignment', id: identifier('v'), init: { type: 'ObjectExpression', properties } };
  return { type: 'File', imports: [], body: [{ type: 'OptionStatement', assignment }] };
}

const REFERENCE = /\bv\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*"((?:[^"\\]|\\.)*)"\s*\])/g;

/** Names behind `v.` in a script; one too many where a comment or a text has it. */
export const namesIn = (script: string): string[] => [...script.matchAll(REFERENCE)].map(([, name, quoted]) => name ?? quoted ?? '');
