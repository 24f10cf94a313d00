/** The queue of a replication on disk: bounded, in order, and with what it was told on disk before it says so. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import { DomainError } from '../domain/errors.js';
import { HEADER_BYTES, FILE_HEAD, isWhole, readHeader, writeFrame, type Entry } from './frames.js';
import {
  findFiles,
  makeFile,
  pathOf,
  readNotes,
  writeAll,
  writeNotes,
  type Position,
  type QueueFile,
  type QueueNotes,
} from './queue-files.js';

/** Then the next file begins; a file is deleted when all of it was sent. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;
/** A file that was sent as far as it goes, and is longer, makes room for a new one. */
const SENT_BYTES_KEPT_MAX = 1024 * 1024;
/** What is read at once to find short entries. */
const READ_BYTES = 256 * 1024;

/** Entries that lie one behind the other. */
export interface QueuedEntries {
  readonly entries: readonly Entry[];
  readonly end: Position;
}

export interface EntryLimits {
  readonly entriesMax: number;
  readonly pointsMax: number;
  readonly bytesMax: number;
}

export interface QueueOptions {
  readonly directory: string;
  /** Of all files. */
  readonly bytesMax: number;
  readonly now: () => number;
  /** Told of bytes that are not as they were written: what follows them in their file is lost. */
  readonly onDamage: (file: string) => void;
}

interface Waiting {
  readonly frames: readonly Buffer[];
  readonly resolve: (isTaken: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class ReplicationQueue {
  readonly #options: QueueOptions;
  readonly #files: QueueFile[];
  #notes: QueueNotes;
  #tail: FileHandle;
  #head: { readonly number: number; readonly handle: FileHandle } | undefined;
  #byteCount: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;
  #noting: Promise<void> | undefined;
  #isNoted = true;
  #isTailBroken = false;
  #isClosed = false;
  bytesMax: number;

  private constructor(options: QueueOptions, files: QueueFile[], notes: QueueNotes, tail: FileHandle) {
    this.#options = options;
    this.#files = files;
    this.#notes = notes;
    this.#tail = tail;
    this.bytesMax = options.bytesMax;
    this.#byteCount = files.reduce((sum, { byteCount }) => sum + byteCount, 0);
  }

  static async open(options: QueueOptions): Promise<ReplicationQueue> {
    const { directory } = options;
    const files = await findFiles(directory);
    const last = files.at(-1);
    let tail: FileHandle;
    if (last === undefined) {
      tail = await makeFile(directory, 1);
      files.push({ number: 1, byteCount: FILE_HEAD.length });
    } else {
      tail = await open(pathOf(directory, last.number), 'r+');
    }
    return new ReplicationQueue(options, files, await readNotes(directory, files), tail);
  }

  /** On disk. */
  get byteCount(): number {
    return this.#byteCount;
  }

  /** Bytes of entries that were not sent yet. */
  get remainingByteCount(): number {
    const { number, offset } = this.#notes;
    let sum = 0;
    for (const file of this.#files) {
      if (file.number === number) sum += file.byteCount - offset;
      else if (file.number > number) sum += file.byteCount - FILE_HEAD.length;
    }
    return sum;
  }

  get notes(): QueueNotes {
    return this.#notes;
  }

  /**
   * Entries are in the order of the calls.
   *
   * @returns once they are on disk; false: the queue is full, or has been closed, and takes none of them
   * @throws DomainError `unavailable` where they could not be stored
   */
  async append(entries: readonly Entry[]): Promise<boolean> {
    const frames = entries.map((entry) => writeFrame(entry, this.#options.now()));
    const size = frames.reduce((sum, { length }) => sum + length, 0);
    if (this.#isClosed || this.byteCount + this.#waitingBytes + size > this.bytesMax) return false;
    this.#waitingBytes += size;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frames, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Stores what waits, all of it with one sync. */
  async #flush(): Promise<void> {
    // What comes in this turn is stored together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0);
      const bytes = Buffer.concat(taken.flatMap(({ frames }) => frames));
      try {
        await this.#store(bytes);
        for (const { resolve } of taken) resolve(true);
      } catch (cause) {
        this.#isTailBroken = true;
        const error = new DomainError('unavailable', 'the points cannot be queued for replication: the disk does not take them', { cause });
        for (const { reject } of taken) reject(error);
      }
      this.#waitingBytes -= bytes.length;
    }
    this.#flushing = undefined;
  }

  async #store(bytes: Buffer): Promise<void> {
    let last = this.#files.at(-1) as QueueFile;
    const isSent = this.#notes.number === last.number && this.#notes.offset === last.byteCount;
    if (this.#isTailBroken || last.byteCount >= FILE_BYTES_MAX || (isSent && last.byteCount > SENT_BYTES_KEPT_MAX)) {
      last = await this.#beginFile(last);
    }
    await writeAll(this.#tail, bytes, last.byteCount);
    last.byteCount += bytes.length;
    this.#byteCount += bytes.length;
  }

  async #beginFile(last: QueueFile): Promise<QueueFile> {
    const next = { number: last.number + 1, byteCount: FILE_HEAD.length };
    const tail = await makeFile(this.#options.directory, next.number);
    const previous = this.#tail;
    this.#tail = tail;
    this.#files.push(next);
    this.#byteCount += next.byteCount;
    this.#isTailBroken = false;
    // What was not written whole is nothing.
    await previous.truncate(last.byteCount).catch(() => undefined);
    await previous.close();
    await this.#removeSent();
    return next;
  }

  /** The first entries that were not sent yet, as many as fit, and at least one; undefined: there is none. */
  async peek({ entriesMax, pointsMax, bytesMax }: EntryLimits): Promise<QueuedEntries | undefined> {
    const entries: Entry[] = [];
    let pointCount = 0;
    let lineBytes = 0;
    let end: Position = this.#notes;
    while (entries.length < entriesMax) {
      const file = this.#fileOf(end);
      if (file === undefined) break;
      const position = file.number === end.number ? end : { number: file.number, offset: FILE_HEAD.length };
      const found = await this.#read(file, position.offset, entriesMax - entries.length);
      if (found === undefined) {
        if (entries.length > 0) break;
        this.#options.onDamage(pathOf(this.#options.directory, file.number));
        end = { number: file.number, offset: file.byteCount };
        await this.advance(end);
        continue;
      }
      let isFull = false;
      end = position;
      for (const { entry, next } of found) {
        isFull = entries.length > 0 && (pointCount + entry.pointCount > pointsMax || lineBytes + entry.lineBytes > bytesMax);
        if (isFull) break;
        entries.push(entry);
        pointCount += entry.pointCount;
        lineBytes += entry.lineBytes;
        end = { number: file.number, offset: next };
      }
      if (isFull) break;
    }
    return entries.length === 0 ? undefined : { entries, end };
  }

  /** When the first entry was written that was not sent yet. */
  async firstWrittenAtMs(): Promise<number | undefined> {
    const file = this.#fileOf(this.#notes);
    if (file === undefined) return undefined;
    const offset = file.number === this.#notes.number ? this.#notes.offset : FILE_HEAD.length;
    const handle = await this.#handleOf(file.number);
    return readHeader(await readBytes(handle, offset, Math.min(HEADER_BYTES, file.byteCount - offset)))?.writtenAtMs;
  }

  /** The file in which something lies behind a position. */
  #fileOf({ number, offset }: Position): QueueFile | undefined {
    return this.#files.find((file) =>
      file.number === number ? file.byteCount > offset : file.number > number && file.byteCount > FILE_HEAD.length,
    );
  }

  /** Whole entries from a place in a file; undefined: there is none where one should be. */
  async #read(
    { number, byteCount }: QueueFile,
    offset: number,
    countMax: number,
  ): Promise<{ readonly entry: Entry; readonly next: number }[] | undefined> {
    const handle = await this.#handleOf(number);
    const found: { entry: Entry; next: number }[] = [];
    let bytes = await readBytes(handle, offset, Math.min(READ_BYTES, byteCount - offset));
    let at = 0;
    while (found.length < countMax) {
      const header = readHeader(bytes.subarray(at));
      if (header === undefined) break;
      const length = HEADER_BYTES + header.byteCount;
      if (at + length > bytes.length) {
        if (found.length > 0 || offset + length > byteCount) break;
        bytes = await readBytes(handle, offset, length);
      }
      const gzipped = bytes.subarray(at + HEADER_BYTES, at + length);
      if (!isWhole(header, gzipped)) break;
      at += length;
      found.push({ entry: { gzipped, pointCount: header.pointCount, lineBytes: header.lineBytes }, next: offset + at });
    }
    return found.length === 0 ? undefined : found;
  }

  async #handleOf(number: number): Promise<FileHandle> {
    if (this.#head?.number !== number) {
      await this.#closeHead();
      this.#head = { number, handle: await open(pathOf(this.#options.directory, number), 'r') };
    }
    return this.#head.handle;
  }

  /** What lies before this was sent, or is not to be sent. */
  async advance({ number, offset }: Position): Promise<void> {
    this.#note({ ...this.#notes, number, offset });
    await this.#removeSent();
  }

  noteAnswer(latestResponseCode: number, latestErrorMessage: string): void {
    const { latestResponseCode: code, latestErrorMessage: message } = this.#notes;
    if (code !== latestResponseCode || message !== latestErrorMessage)
      this.#note({ ...this.#notes, latestResponseCode, latestErrorMessage });
  }

  #note(notes: QueueNotes): void {
    this.#notes = notes;
    this.#isNoted = false;
    this.#noting ??= this.#writeNotes();
  }

  async #writeNotes(): Promise<void> {
    while (!this.#isNoted) {
      this.#isNoted = true;
      // Without them, what was sent is sent again after a restart.
      await writeNotes(this.#options.directory, this.#notes).catch(() => undefined);
    }
    this.#noting = undefined;
  }

  async #removeSent(): Promise<void> {
    for (let first = this.#files[0]; first !== undefined && this.#files.length > 1; first = this.#files[0]) {
      const { number, offset } = this.#notes;
      if (first.number > number || (first.number === number && offset < first.byteCount)) return;
      this.#files.shift();
      this.#byteCount -= first.byteCount;
      if (this.#head?.number === first.number) await this.#closeHead();
      await rm(pathOf(this.#options.directory, first.number), { force: true });
    }
  }

  async #closeHead(): Promise<void> {
    const head = this.#head;
    this.#head = undefined;
    await head?.handle.close();
  }

  /** What was taken is on disk. Nobody may be reading. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flushing;
    await this.#noting;
    await this.#tail.close();
    await this.#closeHead();
  }

  /** With all that is in it. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.#options.directory, { recursive: true, force: true });
  }
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
