/** Unsigned numbers of variable length: seven bits a byte, the lowest first. */
import { invalid } from '../../domain/errors.js';

const BYTES_MAX = 10;

/** A place in bytes that moves on as numbers are read from it. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Of 64 bits. @throws DomainError `invalid` where the bytes end or go on too long */
  next(): bigint {
    let value = 0n;
    for (let count = 0; count < BYTES_MAX; count++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw invalid('a number in it is cut off');
  }

  /** A length, which is refused above 2^32: nothing here is longer. */
  nextLength(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw invalid('a length in it is cut off or impossible');
  }
}
