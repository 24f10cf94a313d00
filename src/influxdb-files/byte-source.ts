/** Bytes read by position, from a file or from memory, so that large files are never whole in memory. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { unopenable, unreadable } from './unreadable.js';

export interface ByteSource {
  /** What messages call it: the path. */
  readonly name: string;
  readonly size: number;
  /** @throws DomainError where the source has no such bytes; what it returns must not be written to */
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** @throws DomainError when there is no such file or it cannot be read */
export function openFile(path: string): ByteSource {
  try {
    return new FileSource(path);
  } catch (cause) {
    throw unopenable(path, cause);
  }
}

export const bytesInMemory = (name: string, bytes: Buffer): ByteSource => ({
  name,
  size: bytes.length,
  read(offset, length) {
    checkRange(name, bytes.length, offset, length);
    return bytes.subarray(offset, offset + length);
  },
  close() {
    // Nothing is held.
  },
});

class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.name = path;
    this.#descriptor = openSync(path, 'r');
    const stats = fstatSync(this.#descriptor);
    if (!stats.isFile()) {
      closeSync(this.#descriptor);
      throw Object.assign(new Error('not a regular file'), { code: 'EISDIR' });
    }
    this.size = stats.size;
  }

  read(offset: number, length: number): Buffer {
    checkRange(this.name, this.size, offset, length);
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      let count: number;
      try {
        count = readSync(this.#descriptor, bytes, done, length - done, offset + done);
      } catch (cause) {
        throw unopenable(this.name, cause);
      }
      if (count === 0) throw unreadable(this.name, 'became shorter while it was read');
      done += count;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
    throw unreadable(name, `is truncated or corrupt: it points at ${length} bytes at ${offset}, and has ${size}`);
  }
}

/** A source that is read from front to back in small pieces: it is asked for `windowBytes` at once. */
export class ByteWindow {
  readonly #source: ByteSource;
  readonly #windowBytes: number;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource, windowBytes: number) {
    this.#source = source;
    this.#windowBytes = windowBytes;
  }

  /** @throws DomainError where the source has no such bytes */
  read(offset: number, length: number): Buffer {
    const from = offset - this.#start;
    if (from >= 0 && from + length <= this.#bytes.length) return this.#bytes.subarray(from, from + length);
    const wanted = Math.max(length, Math.min(this.#windowBytes, this.#source.size - offset));
    this.#bytes = this.#source.read(offset, wanted);
    this.#start = offset;
    return this.#bytes.subarray(0, length);
  }
}
