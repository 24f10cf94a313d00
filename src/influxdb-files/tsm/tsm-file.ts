/** A TSM file: blocks of points, one field of one series each, read from front to back in the order of its index. */
import { crc32 } from 'node:zlib';
import { DomainError } from '../../domain/errors.js';
import { ByteWindow, type ByteSource } from '../byte-source.js';
import type { ReportProblem } from '../problem.js';
import { unreadable } from '../unreadable.js';
import { decodeBlock, type Points } from './block.js';
import { BLOCK_BYTES_MAX } from './limits.js';
import { describeKey, SeriesKeyParser, type SeriesKey } from './series-key.js';
import { covers, withoutSpans } from './spans.js';
import type { Tombstones } from './tombstones.js';

const MAGIC = 0x16d116d1;
const VERSION = 1;
const HEADER_BYTES = 5;
/** Where the index starts. */
const FOOTER_BYTES = 8;
/** First time, last time, offset, length. */
const ENTRY_BYTES = 28;
const CHECKSUM_BYTES = 4;

const INDEX_WINDOW_BYTES = 1 << 20;
const BLOCK_WINDOW_BYTES = 1 << 22;

/** Points of one field of one series: at least one, in the order of time, no two with one time. */
export interface SeriesBlock extends SeriesKey, Points {}

/**
 * Series in the order of their keys, fields of a series side by side, blocks of a field in the order of time.
 *
 * @param tombstones what is deleted from this file; such points are left out
 * @param report hears of series whose names are not in UTF-8
 * @throws DomainError naming the file, where it is damaged, cut off or no TSM file
 */
export function* readTsm(source: ByteSource, tombstones: Tombstones | undefined, report: ReportProblem): Generator<SeriesBlock> {
  const { start, end } = findIndex(source);
  const index = new ByteWindow(source, INDEX_WINDOW_BYTES);
  const blocks = new ByteWindow(source, BLOCK_WINDOW_BYTES);
  const keys = new SeriesKeyParser(report);
  const readIndex = (at: number, length: number): Buffer => {
    if (at + length > end) throw unreadable(source.name, 'is damaged: its index ends in the middle of an entry');
    return index.read(at, length);
  };

  for (let at = start; at < end;) {
    const keyBytes = readIndex(at, 2).readUInt16BE(0);
    const key = readIndex(at + 2, keyBytes);
    // The type of the blocks stands here and in each of them.
    const count = readIndex(at + 2 + keyBytes, 3).readUInt16BE(1);
    at += 2 + keyBytes + 3;
    const entries = readIndex(at, count * ENTRY_BYTES);
    at += count * ENTRY_BYTES;

    const named = parseKey(source, keys, key);
    const deleted = tombstones?.spansOf(key) ?? [];
    for (let i = 0; i < count; i++) {
      const entry = entries.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES);
      if (deleted.length > 0 && deleted.some((span) => covers(span, entry.readBigInt64BE(0), entry.readBigInt64BE(8)))) continue;
      const points = readBlock(source, blocks, start, entry, named);
      const kept = deleted.length === 0 ? points : withoutSpans(points, deleted);
      if (kept.times.length > 0) yield { ...named, ...kept };
    }
  }
}

function findIndex(source: ByteSource): { readonly start: number; readonly end: number } {
  if (source.size < HEADER_BYTES + FOOTER_BYTES) throw unreadable(source.name, `is no TSM file: it has only ${source.size} bytes`);
  const header = source.read(0, HEADER_BYTES);
  if (header.readUInt32BE(0) !== MAGIC) throw unreadable(source.name, 'is no TSM file');
  const version = header[4];
  if (version !== VERSION) throw unreadable(source.name, `is a TSM file of version ${version ?? 0}; only version ${VERSION} can be read`);
  const end = source.size - FOOTER_BYTES;
  const start = Number(source.read(end, FOOTER_BYTES).readBigUInt64BE(0));
  if (start < HEADER_BYTES || start >= end) throw unreadable(source.name, 'is damaged or cut off: its end does not point at its index');
  return { start, end };
}

function parseKey(source: ByteSource, keys: SeriesKeyParser, key: Buffer): SeriesKey {
  try {
    return keys.parse(key);
  } catch (error) {
    throw damaged(source, 'its index', error);
  }
}

function readBlock(source: ByteSource, blocks: ByteWindow, indexStart: number, entry: Buffer, key: SeriesKey): Points {
  const offset = Number(entry.readBigUInt64BE(16));
  const length = entry.readUInt32BE(24);
  const what = `the block of ${describeKey(key)} at ${offset}`;
  if (offset < HEADER_BYTES || length <= CHECKSUM_BYTES || offset + length > indexStart) {
    throw unreadable(source.name, `is damaged: ${what} lies outside of its blocks`);
  }
  if (length > BLOCK_BYTES_MAX) throw unreadable(source.name, `${what} has ${length} bytes; at most ${BLOCK_BYTES_MAX} are read`);
  const bytes = blocks.read(offset, length);
  const content = bytes.subarray(CHECKSUM_BYTES);
  if (crc32(content) !== bytes.readUInt32BE(0)) throw unreadable(source.name, `is damaged: the checksum of ${what} is wrong`);
  try {
    return decodeBlock(content);
  } catch (error) {
    throw damaged(source, what, error);
  }
}

function damaged(source: ByteSource, what: string, error: unknown): unknown {
  return error instanceof DomainError ? unreadable(source.name, `is damaged: ${what}: ${error.message}`, error) : error;
}
