/** The times of a block: nanoseconds, ascending, in one of three encodings (InfluxDB's tsm1/timestamp.go). */
import { invalid } from '../../domain/errors.js';
import { checkPointCount } from './limits.js';
import { countSimple8b, decodeSimple8b } from './simple8b.js';
import { VarintReader } from './varint.js';
import { fillSteps, sumScaled, wordsOf } from './words.js';

/** In the upper half of the first byte; the lower half is the power of ten by which differences were divided. */
const UNCOMPRESSED = 0;
const PACKED = 1;
const RUN_LENGTH = 2;
const FIRST_VALUE_AT = 1;
const REST_AT = 9;

/** @throws DomainError `invalid` for bytes that are no times */
export function decodeTimes(bytes: Buffer): BigInt64Array {
  const encoding = bytes[0];
  if (encoding === undefined) throw invalid('it has no times');
  const factor = 10 ** (encoding & 0xf);
  switch (encoding >>> 4) {
    case UNCOMPRESSED: {
      if ((bytes.length - 1) % 8 !== 0) throw invalid('its times are cut off');
      const times = new BigInt64Array(checkPointCount((bytes.length - 1) / 8));
      const words = wordsOf(times);
      for (let i = 0, at = 1; at < bytes.length; i += 2, at += 8) {
        words[i] = bytes.readUInt32BE(at + 4);
        words[i + 1] = bytes.readUInt32BE(at);
      }
      sumScaled(words, times.length, 1);
      return times;
    }
    case PACKED: {
      if (bytes.length < REST_AT) throw invalid('its times are cut off');
      const times = new BigInt64Array(checkPointCount(1 + countSimple8b(bytes, REST_AT)));
      const words = wordsOf(times);
      words[0] = bytes.readUInt32BE(FIRST_VALUE_AT + 4);
      words[1] = bytes.readUInt32BE(FIRST_VALUE_AT);
      decodeSimple8b(bytes, REST_AT, words, 1);
      sumScaled(words, times.length, factor);
      return times;
    }
    case RUN_LENGTH: {
      if (bytes.length < REST_AT) throw invalid('its times are cut off');
      const first = bytes.readBigUInt64BE(FIRST_VALUE_AT);
      const rest = new VarintReader(bytes, REST_AT);
      const step = rest.next() * BigInt(factor);
      const times = new BigInt64Array(checkPointCount(Number(rest.next())));
      fillSteps(wordsOf(times), times.length, first, step);
      return times;
    }
    default:
      throw invalid(`its times have the unknown encoding ${encoding >>> 4}`);
  }
}
