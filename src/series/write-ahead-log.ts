/**
 * An append-only log: a record is on disk when its promise resolves, and records that come together share one write and one sync.
 *
 * The log is a series of numbered files (segments), each a series of frames: a header (magic, length, checksum of the payload) and the
 * payload, which is one or more records. A frame that is cut off at the end of the last segment was never acknowledged; any other damage
 * is refused.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { DomainError } from '../domain/errors.js';
import { ByteReader, ByteWriter } from './byte-writer.js';

const MAGIC = 0x4c57_4c53;
const HEADER_BYTES = 12;
/** A frame that has this many bytes takes no further record. */
const frameBytesMax = 16 * 1024 * 1024;
const SEGMENT = /^log-([0-9]{16})$/;
const FILE_MODE = 0o600;

interface Frame {
  readonly segment: number;
  readonly writer: ByteWriter;
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class WriteAheadLog {
  readonly #directory: string;
  /** The segment that records go to. */
  #segment: number;
  #segmentBytes = 0;
  /** Segments on disk, oldest first. */
  readonly #segments: number[];
  /** Frames that wait; the last one still takes records. */
  readonly #frames: Frame[] = [];
  #file: { readonly segment: number; readonly handle: FileHandle; size: number } | undefined;
  #work: Promise<void> = Promise.resolve();
  #isWriting = false;
  #isClosed = false;
  #failure: DomainError | undefined;

  private constructor(directory: string, segments: number[], segment: number) {
    this.#directory = directory;
    this.#segments = segments;
    this.#segment = segment;
  }

  /**
   * @param drainedSegment segments before this one need not be read again
   */
  static async open(directory: string, drainedSegment: number): Promise<WriteAheadLog> {
    const names = await readdir(directory);
    const segments = names.map((name) => SEGMENT.exec(name)?.[1]).filter((digits) => digits !== undefined);
    const sorted = segments.map(Number).sort((a, b) => a - b);
    return new WriteAheadLog(directory, sorted, Math.max(drainedSegment, (sorted.at(-1) ?? 0) + 1));
  }

  /**
   * Hands over the records of all segments from this one on, oldest first.
   *
   * @throws DomainError `internal error` where a segment is damaged
   */
  async replay(fromSegment: number, take: (reader: ByteReader) => void): Promise<void> {
    for (const segment of this.#segments) {
      if (segment < fromSegment) continue;
      const bytes = await readFile(this.#pathOf(segment));
      const isLast = segment === this.#segments.at(-1);
      for (const payload of readFrames(bytes, isLast, this.#pathOf(segment))) {
        const reader = new ByteReader(payload);
        while (!reader.isAtEnd) take(reader);
      }
    }
  }

  /** Bytes of the records since the last rotation. */
  get segmentBytes(): number {
    return this.#segmentBytes;
  }

  /** @throws DomainError where records can no longer be added */
  assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isClosed) throw new DomainError('unavailable', 'the time-series engine is closed');
  }

  /** Adds a record; fulfilled when it is on disk. */
  async append(write: (writer: ByteWriter) => void): Promise<void> {
    this.assertUsable();
    let frame = this.#frames.at(-1);
    if (frame === undefined || frame.segment !== this.#segment || frame.writer.length > frameBytesMax) {
      frame = newFrame(this.#segment);
      this.#frames.push(frame);
    }
    const before = frame.writer.length;
    write(frame.writer);
    this.#segmentBytes += frame.writer.length - before;
    this.#start();
    await frame.written;
  }

  /** Records go to a new segment from here on, whose number is returned. */
  rotate(): number {
    this.#segmentBytes = 0;
    return ++this.#segment;
  }

  /** Forgets the segments before this one, when all of their frames are written. */
  release(beforeSegment: number): Promise<void> {
    return this.#then(async () => {
      if (this.#file !== undefined && this.#file.segment < beforeSegment) await this.#closeFile();
      while (this.#segments[0] !== undefined && this.#segments[0] < beforeSegment) {
        await unlink(this.#pathOf(this.#segments[0]));
        this.#segments.shift();
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#then(() => this.#closeFile());
  }

  #start(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    void this.#then(async () => {
      // Records that are appended in the same turn share the first frame.
      await Promise.resolve();
      await this.#writeFrames();
    });
  }

  /** Runs work after all that was asked before, frames that wait included. */
  #then(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      await this.#writeFrames();
      await work();
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #writeFrames(): Promise<void> {
    for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
      try {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#writeFrame(frame);
        frame.resolve();
      } catch (error) {
        frame.reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #writeFrame({ segment, writer }: Frame): Promise<void> {
    const file = await this.#fileOf(segment);
    const bytes = writer.bytes();
    const payload = bytes.subarray(HEADER_BYTES);
    writer.setUint32(4, payload.length);
    writer.setUint32(8, crc32(payload));
    try {
      await writeAll(file.handle, bytes, file.size);
    } catch (cause) {
      // Most likely the disk is full. What was written of the frame goes, so that later frames can follow.
      await file.handle.truncate(file.size).catch((error: unknown) => this.#fail(error));
      throw new DomainError('internal error', 'the write-ahead log cannot be written: is the disk full?', { cause });
    }
    // After a failed sync nobody can say what is on disk: only a restart, which reads it, can.
    await file.handle.datasync().catch((cause: unknown) => this.#fail(cause));
    file.size += bytes.length;
  }

  #fail(cause: unknown): never {
    this.#failure = new DomainError('internal error', 'the write-ahead log is broken: see to the disk, then restart the server', { cause });
    throw this.#failure;
  }

  async #fileOf(segment: number): Promise<{ readonly handle: FileHandle; size: number }> {
    if (this.#file?.segment === segment) return this.#file;
    await this.#closeFile();
    const handle = await open(this.#pathOf(segment), 'wx', FILE_MODE);
    this.#segments.push(segment);
    this.#file = { segment, handle, size: 0 };
    await syncDirectory(this.#directory).catch((cause: unknown) => this.#fail(cause));
    return this.#file;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }

  #pathOf(segment: number): string {
    return path.join(this.#directory, `log-${String(segment).padStart(16, '0')}`);
  }
}

function newFrame(segment: number): Frame {
  const writer = new ByteWriter();
  writer.uint32(MAGIC);
  writer.uint32(0);
  writer.uint32(0);
  const { promise, resolve, reject } = withResolvers();
  // Nobody may be waiting when a frame fails.
  promise.catch(() => undefined);
  return { segment, writer, written: promise, resolve, reject };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function* readFrames(bytes: Buffer, isLast: boolean, file: string): IterableIterator<Buffer> {
  let position = 0;
  while (position < bytes.length) {
    const start = position + HEADER_BYTES;
    const isWhole = start <= bytes.length && bytes.readUInt32LE(position) === MAGIC;
    const end = isWhole ? start + bytes.readUInt32LE(position + 4) : Infinity;
    const payload = end <= bytes.length ? bytes.subarray(start, end) : undefined;
    if (payload === undefined || crc32(payload) !== bytes.readUInt32LE(position + 8)) {
      // The last frame of all may have been cut off by a crash; but where a frame follows, this one was on disk once.
      const isFollowed = payload !== undefined && end + 4 <= bytes.length && bytes.readUInt32LE(end) === MAGIC;
      if (isLast && !isFollowed) return;
      throw new DomainError(
        'internal error',
        `the log file ${file} is damaged at byte ${position}: restore it from a backup, or move it away to go on without its points`,
      );
    }
    yield payload;
    position = end;
  }
}
