/** What `write` reads: an argument, files, standard input; unpacked, decoded, with headers before it and without the lines that are to be skipped. */
import { createReadStream, openSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { nsPerUnit } from '../../wire/line-protocol/precision.js';
import { LineFault, readLine } from '../../wire/line-protocol/exact.js';
import type { Precision } from '../../client/data.js';
import { describeFileFault } from '../failure.js';
import { log } from '../log.js';
import { csvLines } from './csv-lines.js';

export type InputFormat = 'lp' | 'csv';
export type InputCompression = 'none' | 'gzip';

export interface InputOptions {
  readonly positionals: readonly string[];
  readonly files: readonly string[];
  /** Undefined: as the names of the files say, or else line protocol. */
  readonly format: InputFormat | undefined;
  readonly compression: InputCompression | undefined;
  readonly encoding: string;
  readonly headers: readonly string[];
  readonly skippedLines: number;
  readonly skipsRows: boolean;
  readonly ignoresTypesInNames: boolean;
  readonly showsColumns: boolean;
  readonly errorsFile: string | undefined;
  readonly precision: Precision;
}

export interface Input {
  /** Line protocol. */
  readonly lines: AsyncIterable<Buffer>;
  /** Bytes that all files have, where only files are read and nothing is packed. */
  readonly sizeBytes: number | undefined;
}

interface Source {
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer>;
  readonly isGzip: boolean;
}

const READ_BYTES = 256 * 1024;
const LINE_BREAK = Buffer.from('\n');

export async function openInput(options: InputOptions, stdin: () => AsyncIterable<Buffer>): Promise<Input> {
  const { files, positionals } = nameFiles(options);
  const sources = [...files.map((file) => fileSource(file, options)), ...positionalSources(positionals, files.length > 0, options, stdin)];
  const csvNames = files.map((file) => file.replace(/\.gz$/, ''));
  const format = options.format ?? (options.headers.length > 0 || csvNames.some((name) => name.endsWith('.csv')) ? 'csv' : 'lp');

  const bytes = concatenate(sources, options);
  const sizeBytes = await sizeOf(sources, files);
  if (format === 'lp') return { lines: options.skipsRows ? onlyGoodLines(bytes) : bytes, sizeBytes };
  const lines = csvLines(decode(bytes), {
    ignoresTypesInNames: options.ignoresTypesInNames,
    nanosecondsPerUnit: nsPerUnit[options.precision],
    skipsRows: options.skipsRows,
    showsColumns: options.showsColumns,
    lineOffset: options.skippedLines - options.headers.length,
    reject: options.errorsFile === undefined ? undefined : openErrorsFile(options.errorsFile),
  });
  return { lines, sizeBytes };
}

/** `@FILE` is a file, too. */
function nameFiles({ files, positionals }: InputOptions): { files: readonly string[]; positionals: readonly string[] } {
  const [first = ''] = positionals;
  return first.length > 1 && first.startsWith('@') ? { files: [...files, first.slice(1)], positionals: [] } : { files, positionals };
}

/** Opened at once: nothing is written when one of them is not there. */
const fileSource = (file: string, { compression }: InputOptions): Source => ({
  name: file,
  bytes: readFile(file, openFile(file)),
  isGzip: compression === 'gzip' || (compression === undefined && file.endsWith('.gz')),
});

function openFile(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new Error(`failed to open ${JSON.stringify(file)}: open ${file}: ${describeFileFault(cause)}`, { cause });
  }
}

async function* readFile(file: string, fd: number): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(file, { fd, highWaterMark: READ_BYTES })) yield piece as Buffer;
  } catch (cause) {
    throw new Error(`failed to read ${JSON.stringify(file)}: ${describeFileFault(cause)}`, { cause });
  }
}

/** Standard input is read where nothing else is, and where `-` says so: with files beside it, it belongs to the script around. */
function positionalSources(
  positionals: readonly string[],
  hasFiles: boolean,
  { compression }: InputOptions,
  stdin: () => AsyncIterable<Buffer>,
): Source[] {
  const [first] = positionals;
  const isGzip = compression === 'gzip';
  if (first === '-' || (first === undefined && !hasFiles)) return [{ name: 'stdin', bytes: stdin(), isGzip }];
  return first === undefined ? [] : [{ name: 'arg 0', bytes: Readable.from([Buffer.from(first)]) as AsyncIterable<Buffer>, isGzip }];
}

async function sizeOf(sources: readonly Source[], files: readonly string[]): Promise<number | undefined> {
  if (sources.length !== files.length || sources.some(({ isGzip }) => isGzip)) return undefined;
  const { stat } = await import('node:fs/promises');
  try {
    const sizes = await Promise.all(files.map((file) => stat(file)));
    return sizes.every((each) => each.isFile()) ? sizes.reduce((sum, { size }) => sum + size, 0) : undefined;
  } catch {
    return undefined;
  }
}

/** All sources as one, each with a line break behind it. Lines are skipped in the last. */
async function* concatenate(sources: readonly Source[], { headers, skippedLines, encoding }: InputOptions): AsyncGenerator<Buffer> {
  for (const header of headers) yield Buffer.from(`${header}\n`);
  for (const [i, source] of sources.entries()) {
    const unpacked = source.isGzip ? gunzip(source) : source.bytes;
    const decoded = recode(unpacked, encoding);
    yield* skippedLines > 0 && i === sources.length - 1 ? skipLines(decoded, skippedLines) : decoded;
    yield LINE_BREAK;
  }
}

async function* gunzip({ bytes, name }: Source): AsyncGenerator<Buffer> {
  const { createGunzip } = await import('node:zlib');
  const source = Readable.from(bytes, { objectMode: false });
  const unpacker = createGunzip();
  source.on('error', (error) => unpacker.destroy(error));
  try {
    for await (const piece of source.pipe(unpacker)) yield piece as Buffer;
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !String(cause.code).startsWith('Z_')) throw cause;
    throw new Error(`failed to decompress ${name}: ${cause.message}`, { cause });
  }
}

async function* recode(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  if (/^utf-?8$/i.test(encoding)) {
    yield* bytes;
    return;
  }
  for await (const text of decodeFrom(bytes, encoding)) yield Buffer.from(text);
}

async function* decodeFrom(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = newDecoder(encoding);
  for await (const piece of bytes) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

const decode = (bytes: AsyncIterable<Buffer>): AsyncGenerator<string> => decodeFrom(bytes, 'utf-8');

/** @throws Error for an unknown encoding */
export function newDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new Error(`ianaindex: invalid encoding name, see https://www.iana.org/assignments/character-sets/character-sets.xhtml`);
  }
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** A line break between quotes ends no line. */
async function* skipLines(bytes: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  let isQuoted = false;
  for await (const piece of bytes) {
    let at = 0;
    for (; left > 0 && at < piece.length; at++) {
      if (piece[at] === QUOTE) isQuoted = !isQuoted;
      else if (piece[at] === NEWLINE && !isQuoted) left--;
    }
    if (at < piece.length) yield piece.subarray(at);
  }
}

/** Lines that the server would refuse are passed over with a message. */
async function* onlyGoodLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { batchLines, BATCH_LIMITS } = await import('./batches.js');
  let number = 0;
  for await (const { lines } of batchLines(bytes, { ...BATCH_LIMITS, linesMax: 1, lineBytesMax: Number.MAX_SAFE_INTEGER })) {
    number++;
    try {
      readLine(lines.subarray(0, lines.at(-1) === NEWLINE ? -1 : undefined), 'ns');
      yield lines;
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      log(`invalid point on line ${number}: ${error.message}`);
    }
  }
}

/** Written from the beginning: what was rejected this time. */
function openErrorsFile(path: string): (text: string) => void {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (cause) {
    throw new Error(`failed to create errors-file: open ${path}: ${describeFileFault(cause)}`, { cause });
  }
  return (text) => {
    writeSync(file, text);
  };
}
