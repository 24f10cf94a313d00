/** Tar archives, read as they come in: the files in them, and the bytes of each. */
import { unreadable } from '../unreadable.js';

const BLOCK_BYTES = 512;
/** A name is at most so long, in the extensions that allow for long ones. */
const EXTENSION_BYTES_MAX = 1 << 16;

/** Of any number in an extension: what has more is no size of a file, nor exact. */
const DECIMAL_DIGITS_MAX = 15;
const DECIMAL = new RegExp(`^\\d{1,${DECIMAL_DIGITS_MAX}}$`);

const NAME = { at: 0, length: 100 };
const SIZE = { at: 124, length: 12 };
const CHECKSUM = { at: 148, length: 8 };
const KIND_AT = 156;
const MAGIC = { at: 257, length: 5 };
const PREFIX = { at: 345, length: 155 };

export interface TarFile {
  /** With the folders above it. */
  readonly name: string;
  readonly sizeBytes: number;
  /** To be read to its end before the next file; what is not read is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * Files only; folders, links and the like are passed over. Names of any length and sizes beyond 8 GiB in the forms of PAX and GNU.
 *
 * @param archive what messages call it
 * @throws DomainError naming the archive: it is none, damaged, or without its end
 */
export async function* readTar(archive: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const fail: Fail = (what) => unreadable(archive, what);
  const bytes = new ByteQueue(chunks, fail);
  try {
    yield* readFiles(bytes, fail);
    // What comes behind the end is nothing, but where it is compressed its checksum is there.
    await bytes.skipAll();
  } finally {
    await bytes.close();
  }
}

async function* readFiles(bytes: ByteQueue, fail: Fail): AsyncGenerator<TarFile> {
  let longName: string | undefined;
  let longSize: number | undefined;
  for (;;) {
    const header = await bytes.take(BLOCK_BYTES);
    if (isZero(header)) return;
    checkHeader(header, fail);
    const kind = String.fromCharCode(header[KIND_AT] as number);
    const size = longSize ?? readSize(header, fail);
    const padding = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
    if (kind === 'x' || kind === 'L') {
      if (size > EXTENSION_BYTES_MAX) throw fail('is damaged: a name in it is too long');
      const extension = await bytes.take(size);
      await bytes.skip(padding);
      if (kind === 'L') {
        longName = trimZeros(extension);
      } else {
        const fields = parsePax(extension, fail);
        longName = fields.get('path') ?? longName;
        const size = fields.get('size');
        if (size !== undefined && !DECIMAL.test(size)) throw fail('is damaged: a file in it has an impossible size');
        if (size !== undefined) longSize = Number(size);
      }
      continue;
    }
    const name = longName ?? readName(header);
    longName = longSize = undefined;
    if (kind === '0' || kind === '\0') {
      const content = new FileContent(bytes, size);
      yield { name, sizeBytes: size, content };
      await bytes.skip(content.leftBytes + padding);
    } else {
      await bytes.skip(size + padding);
    }
  }
}

type Fail = (what: string) => Error;

class FileContent implements AsyncIterable<Buffer> {
  readonly #bytes: ByteQueue;
  leftBytes: number;

  constructor(bytes: ByteQueue, sizeBytes: number) {
    this.#bytes = bytes;
    this.leftBytes = sizeBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.leftBytes > 0) {
      const chunk = await this.#bytes.takeSome(this.leftBytes);
      this.leftBytes -= chunk.length;
      yield chunk;
    }
  }
}

/** Chunks of any size, taken in sizes of one's own. */
class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array, undefined>;
  readonly #fail: Fail;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>, fail: Fail) {
    this.#chunks = chunks[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
    this.#fail = fail;
  }

  /** At least one byte, and at most so many. */
  async takeSome(length: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) throw this.#fail('is cut off');
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; left -= (parts.at(-1) as Buffer).length) parts.push(await this.takeSome(left));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) left -= (await this.takeSome(left)).length;
  }

  async skipAll(): Promise<void> {
    while ((await this.#chunks.next()).done !== true);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

const isZero = (block: Buffer): boolean => block.every((byte) => byte === 0);

function checkHeader(header: Buffer, fail: Fail): void {
  const stored = readOctal(header, CHECKSUM, fail);
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) sum += i >= CHECKSUM.at && i < CHECKSUM.at + CHECKSUM.length ? 0x20 : (header[i] as number);
  if (sum !== stored) throw fail('is no tar archive, or damaged');
}

function readName(header: Buffer): string {
  const name = trimZeros(header.subarray(NAME.at, NAME.at + NAME.length));
  const isUstar = header.toString('latin1', MAGIC.at, MAGIC.at + MAGIC.length) === 'ustar';
  const prefix = isUstar ? trimZeros(header.subarray(PREFIX.at, PREFIX.at + PREFIX.length)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readSize(header: Buffer, fail: Fail): number {
  // Where octal digits do not suffice, GNU writes the number itself, marked by the first bit.
  if (((header[SIZE.at] as number) & 0x80) === 0) return readOctal(header, SIZE, fail);
  const size = Number(header.readBigUInt64BE(SIZE.at + 4));
  if (!Number.isSafeInteger(size)) throw fail('is damaged: a file in it has an impossible size');
  return size;
}

function readOctal(header: Buffer, { at, length }: { readonly at: number; readonly length: number }, fail: Fail): number {
  const text = trimZeros(header.subarray(at, at + length)).trim();
  if (!/^[0-7]*$/.test(text)) throw fail('is no tar archive, or damaged');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function trimZeros(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** Lines of `<length of the line> <key>=<value>\n`; the length is in decimal digits and counts itself. */
function parsePax(bytes: Buffer, fail: Fail): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const digits = bytes.toString('latin1', at, Math.min(space, at + DECIMAL_DIGITS_MAX + 1));
    const end = space > at && DECIMAL.test(digits) ? at + Number(digits) : 0;
    const equals = bytes.indexOf(0x3d, space);
    if (end <= space || end > bytes.length || equals < 0 || equals >= end || bytes[end - 1] !== 0x0a) {
      throw fail('is damaged: an extended header in it is none');
    }
    fields.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return fields;
}
