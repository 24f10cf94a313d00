/**
 * An append-only log: a record is on disk when its promise resolves, and records that come together share one write and one sync.
 *
 * The log is a series of numbered files (segments), each a series of frames, which are one or more records. A frame that is cut off at the
 * end of the last segment was never acknowledged. All other damage is reported; what can be read around it is read, and the file is kept.
 *
 * Where the log cannot be written it takes no records until it can: see `recover`.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, truncate, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../domain/errors.js';
import { ByteReader, ByteWriter } from './byte-writer.js';
import { beginFrame, finishFrame, HEADER_BYTES, readSegment } from './log-frames.js';

/** A frame that has this many bytes takes no further record. */
const frameBytesMax = 16 * 1024 * 1024;
/** What must fit on the disk before records are taken again. */
const probeBytes = 256 * 1024;
const SEGMENT = /^log-([0-9]{16})$/;
const FILE_MODE = 0o600;

interface WaitingFrame {
  readonly segment: number;
  readonly writer: ByteWriter;
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What of a segment cannot be read. Nothing at no byte: frames that should have come before it are not there. */
export interface LogDamage {
  readonly file: string;
  readonly position: number;
  readonly byteCount: number;
  readonly missingFrameCount: number;
}

export class WriteAheadLog {
  readonly #directory: string;
  /** The segment that records go to. */
  #segment: number;
  #segmentBytes = 0;
  /** Segments on disk, oldest first. */
  readonly #segments: number[];
  readonly #damaged = new Set<number>();
  /** The number of the next frame; unknown before the log was read. */
  #nextNumber: number | undefined;
  /** Frames that wait; the last one still takes records. */
  readonly #frames: WaitingFrame[] = [];
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
   * Hands over the records of all segments from this one on, oldest first. What was cut off at an end is taken away.
   *
   * @returns how many bytes the segments have
   */
  async replay(
    fromSegment: number,
    take: (reader: ByteReader) => void | Promise<void>,
    onDamage: (damage: LogDamage) => void,
  ): Promise<number> {
    let byteCount = 0;
    await this.#then(async () => {
      // A log that begins anew counts from zero.
      this.#nextNumber = undefined;
      for (const segment of this.#segments) {
        if (segment >= fromSegment && segment < this.#segment) byteCount += await this.#replaySegment(segment, take, onDamage);
      }
    });
    return byteCount;
  }

  async #replaySegment(
    segment: number,
    take: (reader: ByteReader) => void | Promise<void>,
    onDamage: (damage: LogDamage) => void,
  ): Promise<number> {
    const file = this.#pathOf(segment);
    const bytes = await readFile(file);
    const payloads: Buffer[] = [];
    const report = (position: number, byteCount: number, missingFrameCount: number): void => {
      this.#damaged.add(segment);
      onDamage({ file, position, byteCount, missingFrameCount });
    };
    const before = { isDamaged: false };
    const end = readSegment(bytes, segment === this.#segments.at(-1), {
      frame: ({ payload, number, end: frameEnd }) => {
        // Frames that were damaged are missing, too, but that has been said.
        const isExpected = number === undefined || number === 0 || this.#nextNumber === undefined || number === this.#nextNumber;
        const missing = isExpected ? 0 : (number - (this.#nextNumber ?? 0)) >>> 0;
        if (missing > 0 && !before.isDamaged) report(frameEnd - payload.length - HEADER_BYTES, 0, missing);
        before.isDamaged = false;
        if (number !== undefined) this.#nextNumber = (number + 1) >>> 0;
        payloads.push(payload);
      },
      damage: (position, byteCount) => {
        before.isDamaged = true;
        report(position, byteCount, 0);
      },
    });
    // After damage at the end, the number of frames is unknown.
    if (before.isDamaged) this.#nextNumber = undefined;
    if (end < bytes.length) await truncate(file, end);
    for (const payload of payloads) {
      const reader = new ByteReader(payload);
      while (!reader.isAtEnd) await take(reader);
    }
    return end;
  }

  /** Bytes of the records since the last rotation. */
  get segmentBytes(): number {
    return this.#segmentBytes;
  }

  /** Why no records are taken. */
  get failure(): DomainError | undefined {
    return this.#failure;
  }

  /** @throws DomainError `unavailable` where records are not taken */
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

  /** Forgets the segments before this one, when all of their frames are written. Those that are damaged are kept under another name. */
  release(beforeSegment: number): Promise<void> {
    return this.#then(async () => {
      if (this.#file !== undefined && this.#file.segment < beforeSegment) await this.#closeFile();
      while (this.#segments[0] !== undefined && this.#segments[0] < beforeSegment) {
        const [segment] = this.#segments;
        if (this.#damaged.has(segment)) await rename(this.#pathOf(segment), `${this.#pathOf(segment)}.damaged`);
        else await unlink(this.#pathOf(segment));
        this.#segments.shift();
      }
    });
  }

  /** Fulfilled when the records that were added before are on disk, or refused. */
  async settle(): Promise<void> {
    await this.#then(() => Promise.resolve());
  }

  /** After a failure: takes records again, in a new segment, if what was written can be put in order and there is room. */
  async recover(): Promise<void> {
    if (this.#failure === undefined) return;
    await this.#then(async () => {
      if (this.#failure === undefined || this.#isClosed) return;
      const file = this.#file;
      if (file !== undefined) {
        // What stands behind the last good frame was never acknowledged, and may be anything.
        await file.handle.truncate(file.size);
        await file.handle.datasync();
      }
      await this.#closeFile();
      this.rotate();
      const { handle } = await this.#fileOf(this.#segment);
      await writeAll(handle, Buffer.alloc(probeBytes), 0);
      await handle.datasync();
      await handle.truncate(0);
      await handle.datasync();
      this.#failure = undefined;
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

  async #writeFrame({ segment, writer }: WaitingFrame): Promise<void> {
    try {
      const file = await this.#fileOf(segment);
      const bytes = finishFrame(writer, this.#nextNumber ?? 0);
      await writeAll(file.handle, bytes, file.size);
      await file.handle.datasync();
      file.size += bytes.length;
      this.#nextNumber = ((this.#nextNumber ?? 0) + 1) >>> 0;
    } catch (cause) {
      // Most likely the disk is full; after a failed sync the content of the disk is unknown.
      this.#failure = new DomainError('unavailable', 'points cannot be stored: the write-ahead log cannot be written; see to the disk', {
        cause,
      });
      throw this.#failure;
    }
  }

  async #fileOf(segment: number): Promise<{ readonly handle: FileHandle; size: number }> {
    if (this.#file?.segment === segment) return this.#file;
    await this.#closeFile();
    const handle = await open(this.#pathOf(segment), 'wx', FILE_MODE);
    this.#segments.push(segment);
    try {
      await syncDirectory(this.#directory);
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#file = { segment, handle, size: 0 };
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

function newFrame(segment: number): WaitingFrame {
  const writer = new ByteWriter();
  beginFrame(writer);
  const { promise, resolve, reject } = withResolvers();
  // A frame can fail without a waiting caller.
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
