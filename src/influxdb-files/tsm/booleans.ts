/** Booleans of a block: a bit each (InfluxDB's tsm1/bool.go). */
import { invalid } from '../../domain/errors.js';
import { checkPointCount } from './limits.js';
import { VarintReader } from './varint.js';

const BIT_PACKED = 1;

/** 0 or 1 each. @throws DomainError `invalid` for bytes that are no booleans */
export function decodeBooleans(bytes: Buffer): Uint8Array {
  const encoding = bytes[0];
  if (encoding === undefined) throw invalid('it has no values');
  if (encoding >>> 4 !== BIT_PACKED) throw invalid(`its booleans have the unknown encoding ${encoding >>> 4}`);
  const reader = new VarintReader(bytes, 1);
  const count = checkPointCount(reader.nextLength());
  if (reader.at + Math.ceil(count / 8) > bytes.length) throw invalid('its booleans are cut off');
  const values = new Uint8Array(count);
  for (let i = 0; i < count; i++) values[i] = ((bytes[reader.at + (i >>> 3)] as number) >>> (7 - (i & 7))) & 1;
  return values;
}
