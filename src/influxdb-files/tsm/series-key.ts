/** The keys of TSM files: `measurement,tag=value,tag=value#!~#field`, escaped as in line protocol up to the field. */
import { isUtf8 } from 'node:buffer';
import { invalid } from '../../domain/errors.js';
import type { Tag } from '../../domain/series.js';
import { compareUtf8 } from '../../domain/utf8-order.js';
import type { ReportProblem } from '../problem.js';

const FIELD_SEPARATOR = Buffer.from('#!~#');
const COMMA = 0x2c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

export interface SeriesKey {
  readonly measurement: string;
  /** Sorted by key, in the order of bytes. */
  readonly tags: readonly Tag[];
  readonly field: string;
}

export const describeKey = ({ measurement, tags, field }: SeriesKey): string =>
  `${measurement}${tags.map(([key, value]) => `,${key}=${value}`).join('')} ${field}`;

/** Keeps the last series: the fields of one stand side by side in a file, and share its texts then. */
export class SeriesKeyParser {
  readonly #report: ReportProblem;
  #lastSeries: Buffer = Buffer.alloc(0);
  #last: Pick<SeriesKey, 'measurement' | 'tags'> = { measurement: '', tags: [] };

  /** @param report hears of keys that are not UTF-8: they get replacement characters, since nothing else could be shown of them */
  constructor(report: ReportProblem) {
    this.#report = report;
  }

  /** @throws DomainError `invalid` for what is no key */
  parse(key: Buffer): SeriesKey {
    const split = key.indexOf(FIELD_SEPARATOR);
    if (split < 0) throw invalid('the key of a series has no field');
    const series = key.subarray(0, split);
    if (!series.equals(this.#lastSeries)) {
      this.#last = parseSeries(series);
      this.#lastSeries = series;
    }
    const named = { ...this.#last, field: key.toString('utf8', split + FIELD_SEPARATOR.length) };
    if (!isUtf8(key)) {
      this.#report({ kind: 'series', key: describeKey(named), reason: 'its key is not in UTF-8; it came with replacement characters' });
    }
    return named;
  }
}

function parseSeries(series: Buffer): Pick<SeriesKey, 'measurement' | 'tags'> {
  let end = indexOfUnescaped(series, COMMA, 0);
  const measurement = unescapeMeasurement(series.toString('utf8', 0, end));
  if (measurement === '') throw invalid('the key of a series has no measurement');
  const tags: Tag[] = [];
  while (end < series.length) {
    const start = end + 1;
    const equals = indexOfUnescaped(series, EQUALS, start);
    // In a value only commas end it: an equals sign without a backslash is part of it.
    end = indexOfUnescaped(series, COMMA, equals + 1);
    if (equals >= series.length) throw invalid('the key of a series has a tag without a value');
    if (end > equals + 1)
      tags.push([unescapeTag(series.toString('utf8', start, equals)), unescapeTag(series.toString('utf8', equals + 1, end))]);
  }
  if (tags.some(([key], i) => i > 0 && compareUtf8((tags[i - 1] as Tag)[0], key) > 0)) tags.sort(([a], [b]) => compareUtf8(a, b));
  return { measurement, tags };
}

function indexOfUnescaped(bytes: Buffer, byte: number, from: number): number {
  for (let at = bytes.indexOf(byte, from); at >= 0; at = bytes.indexOf(byte, at + 1)) {
    if (at === 0 || bytes[at - 1] !== BACKSLASH) return at;
  }
  return bytes.length;
}

const unescapeMeasurement = (text: string): string => (text.includes('\\') ? text.replaceAll(/\\([, ])/g, '$1') : text);
const unescapeTag = (text: string): string => (text.includes('\\') ? text.replaceAll(/\\([,= ])/g, '$1') : text);
