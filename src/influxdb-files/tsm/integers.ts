/** Integers of a block, signed or unsigned: differences, in one of three encodings (InfluxDB's tsm1/int.go). */
import { invalid } from '../../domain/errors.js';
import { checkPointCount } from './limits.js';
import { countSimple8b, decodeSimple8b } from './simple8b.js';
import { VarintReader } from './varint.js';
import { decodeZigZag, fillSteps, sumZigZag, wordsOf } from './words.js';

const UNCOMPRESSED = 0;
const PACKED = 1;
const RUN_LENGTH = 2;
const FIRST_VALUE_AT = 1;
const REST_AT = 9;

/** @throws DomainError `invalid` for bytes that are no integers */
export function decodeIntegers(bytes: Buffer): BigInt64Array {
  const encoding = bytes[0];
  if (encoding === undefined) throw invalid('it has no values');
  switch (encoding >>> 4) {
    case UNCOMPRESSED: {
      if ((bytes.length - 1) % 8 !== 0) throw invalid('its integers are cut off');
      const values = new BigInt64Array(checkPointCount((bytes.length - 1) / 8));
      const words = wordsOf(values);
      for (let i = 0, at = 1; at < bytes.length; i += 2, at += 8) {
        words[i] = bytes.readUInt32BE(at + 4);
        words[i + 1] = bytes.readUInt32BE(at);
      }
      sumZigZag(words, values.length);
      return values;
    }
    case PACKED: {
      if (bytes.length < REST_AT) throw invalid('its integers are cut off');
      const values = new BigInt64Array(checkPointCount(1 + countSimple8b(bytes, REST_AT)));
      const words = wordsOf(values);
      words[0] = bytes.readUInt32BE(FIRST_VALUE_AT + 4);
      words[1] = bytes.readUInt32BE(FIRST_VALUE_AT);
      decodeSimple8b(bytes, REST_AT, words, 1);
      sumZigZag(words, values.length);
      return values;
    }
    case RUN_LENGTH: {
      if (bytes.length < REST_AT) throw invalid('its integers are cut off');
      const first = decodeZigZag(bytes.readBigUInt64BE(FIRST_VALUE_AT));
      const rest = new VarintReader(bytes, REST_AT);
      const step = decodeZigZag(rest.next());
      // The count is that of the steps: the first value comes on top.
      const values = new BigInt64Array(checkPointCount(Number(rest.next()) + 1));
      fillSteps(wordsOf(values), values.length, first, step);
      return values;
    }
    default:
      throw invalid(`its integers have the unknown encoding ${encoding >>> 4}`);
  }
}

/** As integers whose bits are read without a sign. */
export function decodeUnsigned(bytes: Buffer): BigUint64Array {
  const values = decodeIntegers(bytes);
  return new BigUint64Array(values.buffer, values.byteOffset, values.length);
}
