/** The bodies of writes: unpacked bit by bit, and only as many in memory at a time as there is room for. */
import { createGunzip } from 'node:zlib';
import { BusyError, DomainError, invalid } from '../domain/errors.js';
import { Room } from './room.js';
import type { RouteRequest } from './route.js';

/** Bytes of all bodies that are being unpacked, read and stored; one of the largest has its place in any case. */
const TOGETHER_BYTES_MAX = 256 * 1024 * 1024;
/** Of what is smaller no account is kept. */
const UNCOUNTED_BYTES_MAX = 16 * 1024;
/** As long as this a body waits for room. */
const WAIT_MS_MAX = 10_000;
const RETRY_AFTER_S = 2;
/** What is unpacked at once, and what is taken of the room at once. */
const PIECE_BYTES = 64 * 1024;
const STEP_BYTES = 1024 * 1024;

export class WriteBodies {
  readonly #bodyBytesMax: number;
  readonly #room: Room;

  constructor(bodyBytesMax: number, togetherBytesMax = TOGETHER_BYTES_MAX, waitMsMax = WAIT_MS_MAX) {
    this.#bodyBytesMax = bodyBytesMax;
    this.#room = new Room(Math.max(togetherBytesMax, bodyBytesMax), waitMsMax);
  }

  /**
   * Unpacks a body where it is packed, and hands it over.
   *
   * @throws BusyError where no room becomes free in time; DomainError `request too large`; `invalid` for what is not gzip
   */
  async use<T>({ headers, body }: RouteRequest, work: (body: Buffer) => Promise<T>): Promise<T> {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    // Of all encodings InfluxDB knows this one and ignores the rest.
    const isPacked = headers['content-encoding'] === 'gzip';
    if (!isPacked && bytes.length <= UNCOUNTED_BYTES_MAX) return work(bytes);
    const place = this.#room.enter();
    try {
      await place.take(bytes.length).catch(busy);
      return await work(isPacked ? await this.#unpack(bytes, (count) => place.take(count).catch(busy)) : bytes);
    } finally {
      place.leave();
    }
  }

  /** Ends with the first byte that is too much. */
  async #unpack(packed: Buffer, take: (bytes: number) => Promise<void>): Promise<Buffer> {
    // The length that the last bytes tell is a hint: they may lie, and be those of one part of several. All of it is taken at once, so that
    // bodies do not wait for each other half unpacked.
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
      throw error instanceof DomainError ? error : invalid('the body is said to be gzip and is not, or not whole', { cause: error });
    } finally {
      gunzip.destroy();
    }
    return unpacked.subarray(0, length);
  }
}

const busy = (cause: unknown): never => {
  throw new BusyError('the bodies of other writes take up all room: send this one again later', RETRY_AFTER_S, { cause });
};

const tooLarge = (bytesMax: number): DomainError =>
  new DomainError('request too large', `the unpacked body is larger than the ${bytesMax} bytes that this server takes`);

function grown(from: Buffer, length: number): Buffer {
  const to = Buffer.allocUnsafeSlow(length);
  from.copy(to);
  return to;
}
