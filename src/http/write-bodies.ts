/** Bodies of writes: decompressed in pieces, within a byte budget for all of them together. */
import { createGunzip } from 'node:zlib';
import { BusyError, DomainError, invalid } from '../domain/errors.js';
import { ByteBudget } from './byte-budget.js';
import type { RouteRequest } from './route.js';

/** Bytes of all bodies that are being decompressed, parsed and stored; the largest single body always fits. */
const TOGETHER_BYTES_MAX = 256 * 1024 * 1024;
/** Smaller bodies are not counted. */
const UNCOUNTED_BYTES_MAX = 16 * 1024;
/** How long a body waits for free bytes. */
const WAIT_MS_MAX = 10_000;
const RETRY_AFTER_S = 2;
/** Bytes decompressed at once, and taken from the budget at once. */
const PIECE_BYTES = 64 * 1024;
const STEP_BYTES = 1024 * 1024;

export class WriteBodies {
  readonly #bodyBytesMax: number;
  readonly #budget: ByteBudget;

  constructor(bodyBytesMax: number, togetherBytesMax = TOGETHER_BYTES_MAX, waitMsMax = WAIT_MS_MAX) {
    this.#bodyBytesMax = bodyBytesMax;
    this.#budget = new ByteBudget(Math.max(togetherBytesMax, bodyBytesMax), waitMsMax);
  }

  /**
   * Decompresses a body if needed, and passes it to `work`.
   *
   * @throws BusyError if not enough bytes become free in time; DomainError `request too large`; `invalid` for what is not gzip
   */
  async use<T>({ headers, body }: RouteRequest, work: (body: Buffer) => Promise<T>): Promise<T> {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    // InfluxDB knows only this encoding and ignores all others.
    const isPacked = headers['content-encoding'] === 'gzip';
    if (!isPacked && bytes.length <= UNCOUNTED_BYTES_MAX) return work(bytes);
    const share = this.#budget.open();
    try {
      await share.take(bytes.length).catch(busy);
      return await work(isPacked ? await this.#unpack(bytes, (count) => share.take(count).catch(busy)) : bytes);
    } finally {
      share.release();
    }
  }

  /** Stops at the first byte beyond the limit. */
  async #unpack(packed: Buffer, take: (bytes: number) => Promise<void>): Promise<Buffer> {
    // The length in the last bytes is a hint: it may be false, or that of one of several parts. All of it is taken at once, so that half
    // decompressed bodies do not wait for each other.
    const hint = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4);
    let taken = Math.min(Math.max(hint, PIECE_BYTES), this.#bodyBytesMax);
    await take(taken);
    let unpacked: Buffer = Buffer.allocUnsafeSlow(taken);
    let length = 0;
    const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
    gunzip.end(packed);
    try {
      for await (const piece of gunzip as AsyncIterable<Buffer>) {
        const end = length + piece.length;
        if (end > this.#bodyBytesMax) throw tooLarge(this.#bodyBytesMax);
        for (; taken < end; taken += STEP_BYTES) await take(STEP_BYTES);
        if (end > unpacked.length) unpacked = grown(unpacked, Math.min(Math.max(end, unpacked.length * 2), this.#bodyBytesMax));
        piece.copy(unpacked, length);
        length = end;
      }
    } catch (error) {
      throw error instanceof DomainError ? error : invalid('the body is not valid gzip, or is incomplete', { cause: error });
    } finally {
      gunzip.destroy();
    }
    return unpacked.subarray(0, length);
  }
}

const busy = (cause: unknown): never => {
  throw new BusyError('the bodies of other writes use all of the memory for writes: send this one again later', RETRY_AFTER_S, { cause });
};

const tooLarge = (bytesMax: number): DomainError =>
  new DomainError('request too large', `the unpacked body is larger than the ${bytesMax} bytes that this server takes`);

function grown(from: Buffer, length: number): Buffer {
  const to = Buffer.allocUnsafeSlow(length);
  from.copy(to);
  return to;
}
