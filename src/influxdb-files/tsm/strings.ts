/** Strings of a block: one after the other, compressed together with Snappy (InfluxDB's tsm1/string.go). */
import { invalid } from '../../domain/errors.js';
import { decompressSnappy } from './snappy.js';
import { VarintReader } from './varint.js';

const SNAPPY = 1;

/**
 * Bytes that are not UTF-8 become replacement characters: there is nothing else that a client could be shown.
 *
 * @param count how many there must be
 * @throws DomainError `invalid` for bytes that are not so many strings
 */
export function decodeStrings(bytes: Buffer, count: number): string[] {
  const encoding = bytes[0];
  if (encoding === undefined) throw invalid('it has no values');
  if (encoding >>> 4 !== SNAPPY) throw invalid(`its strings have the unknown encoding ${encoding >>> 4}`);
  const text = decompressSnappy(bytes.subarray(1));
  const values = new Array<string>(count);
  const reader = new VarintReader(text, 0);
  for (let i = 0; i < count; i++) {
    const length = reader.nextLength();
    const end = reader.at + length;
    if (end > text.length) throw invalid('its strings are cut off');
    values[i] = text.toString('utf8', reader.at, end);
    reader.at = end;
  }
  if (reader.at !== text.length) throw invalid(`it has ${count} times and more values`);
  return values;
}
