/** The fields of a Protocol Buffers message, in the two kinds that InfluxDB's shard metadata has: varints and bytes. */
import { invalid } from '../../domain/errors.js';

export type ProtobufField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Buffer };

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const VARINT_BYTES_MAX = 10;

/** Fields of fixed size are skipped. @throws DomainError `invalid` for what is no message */
export function* protobufFields(message: Buffer): Generator<ProtobufField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let count = 0; count < VARINT_BYTES_MAX; count++) {
      const byte = message[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw invalid('it is no valid message: a number is cut off');
  };
  const skip = (length: number): number => {
    const start = at;
    at += length;
    if (at > message.length) throw invalid('it is no valid message: it is cut off');
    return start;
  };
  while (at < message.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case VARINT:
        yield { number, kind: 'varint', value: varint() };
        break;
      case BYTES: {
        const start = skip(Number(varint()));
        yield { number, kind: 'bytes', value: message.subarray(start, at) };
        break;
      }
      case FIXED64:
        skip(8);
        break;
      case FIXED32:
        skip(4);
        break;
      default:
        throw invalid('it is no valid message: a field has an unknown kind');
    }
  }
}
