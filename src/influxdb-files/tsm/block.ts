/** One block of a TSM file: times and values of one field of one series. */
import { invalid } from '../../domain/errors.js';
import type { Column } from '../../domain/series.js';
import { decodeBooleans } from './booleans.js';
import { decodeFloats } from './floats.js';
import { decodeIntegers, decodeUnsigned } from './integers.js';
import { decodeStrings } from './strings.js';
import { decodeTimes } from './times.js';
import { VarintReader } from './varint.js';

const FLOAT = 0;
const INTEGER = 1;
const BOOLEAN = 2;
const STRING = 3;
const UNSIGNED = 4;

export interface Points {
  /** Nanoseconds, ascending. */
  readonly times: BigInt64Array;
  /** As many, none of them null. */
  readonly values: Column;
}

/**
 * @param bytes the type, the length of the times, the times, the values; without the checksum
 * @throws DomainError `invalid` that says what is wrong, without the file's name
 */
export function decodeBlock(bytes: Buffer): Points {
  const lengths = new VarintReader(bytes, 1);
  const timesLength = lengths.nextLength();
  const split = lengths.at + timesLength;
  if (split > bytes.length) throw invalid('its times are cut off');
  const times = decodeTimes(bytes.subarray(lengths.at, split));
  const values = decodeValues(bytes[0], bytes.subarray(split), times.length);
  if (values.values.length !== times.length) throw invalid(`it has ${times.length} times and ${values.values.length} values`);
  return { times, values };
}

function decodeValues(type: number | undefined, bytes: Buffer, count: number): Column {
  switch (type) {
    case FLOAT:
      return { type: 'float', values: decodeFloats(bytes, count) };
    case INTEGER:
      return { type: 'integer', values: decodeIntegers(bytes) };
    case BOOLEAN:
      return { type: 'boolean', values: decodeBooleans(bytes) };
    case STRING:
      return { type: 'string', values: decodeStrings(bytes, count) };
    case UNSIGNED:
      return { type: 'unsigned', values: decodeUnsigned(bytes) };
    default:
      throw invalid(`it has the unknown type ${type ?? 'none'}`);
  }
}
