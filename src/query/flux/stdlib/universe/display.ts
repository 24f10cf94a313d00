/** `display`: any value as a text to be read. */
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { Dynamic } from '../../language/dynamic.js';
import { compareValues } from '../../language/operators.js';
import { Inference } from '../../language/inference.js';
import type { Value } from '../../language/value.js';
import { Dictionary, displayValue, isArray, isFunction, isRecord } from '../../language/value.js';
import { native } from '../native.js';
import { formatFloatShortly } from './float-text.js';

export const display = native((args) => displayOf(args.required('v'), 0), 'v');

/** What has more entries than this is shown in lines of its own. */
const ENTRIES_IN_LINE_MAX = 3;
const INDENT = '    ';

function displayOf(value: Value, depth: number): string {
  if (value instanceof Dynamic) return `dynamic(${displayOf(value.inner, depth)})`;
  if (isFunction(value)) return new Inference().nameOf(value);
  if (typeof value === 'number') return formatFloatShortly(value);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  if (isArray(value)) {
    const items = value.map((item) => displayOf(item, depth + 1));
    return bracketed('[', items, ']', depth);
  }
  if (isRecord(value)) {
    const labels = [...value.labels()].sort(compareUtf8);
    const entries = labels.map((label) => `${label}: ${displayOf(value.get(label) ?? null, depth + 1)}`);
    return bracketed('{', entries, '}', depth);
  }
  if (value instanceof Dictionary) {
    const ordered = [...value.pairs()].sort(([a], [b]) => compareValues(a, b) ?? 0);
    if (ordered.length === 0) return '[:]';
    const pairs = ordered.map(([key, item]) => `${displayOf(key, depth + 1)}: ${displayOf(item, depth + 1)}`);
    // A blank before the end of each line, as in InfluxDB.
    return bracketed('[', pairs, ']', depth, ', ');
  }
  return displayValue(value);
}

function bracketed(open: string, entries: readonly string[], close: string, depth: number, separator = ','): string {
  if (entries.length <= ENTRIES_IN_LINE_MAX) return `${open}${entries.join(', ')}${close}`;
  const line = `\n${INDENT.repeat(depth + 1)}`;
  return `${open}${line}${entries.join(`${separator}${line}`)}\n${INDENT.repeat(depth)}${close}`;
}
