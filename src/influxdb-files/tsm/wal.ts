/** The write-ahead log of a shard: what was written after its last TSM file, with what was deleted since left out. */
import { DomainError, invalid } from '../../domain/errors.js';
import type { Column } from '../../domain/series.js';
import type { ByteSource } from '../byte-source.js';
import type { ReportProblem } from '../problem.js';
import type { Points } from './block.js';
import { sortPoints } from './pick.js';
import { SeriesKeyParser } from './series-key.js';
import { decompressSnappy } from './snappy.js';
import { withoutSpans, type Span } from './spans.js';
import type { SeriesBlock } from './tsm-file.js';

const WRITE = 1;
const DELETE = 2;
const DELETE_SPAN = 3;
/** Kind, and length of what follows. */
const ENTRY_HEADER_BYTES = 5;

const FLOAT = 1;
const INTEGER = 2;
const BOOLEAN = 3;
const STRING = 4;
const UNSIGNED = 5;

const EVERYTHING: Span = { firstNs: -(2n ** 63n), lastNs: 2n ** 63n - 1n };

type Entry =
  { readonly kind: 'write'; readonly content: Buffer } | { readonly kind: 'delete'; readonly keys: readonly Buffer[]; readonly span: Span };

/**
 * Blocks in the order in which they were written, so that of two points with one time the later counts.
 *
 * @param segments of one shard, in the order of their numbers
 * @param report hears of a segment that breaks off: that is how a killed server leaves it, and InfluxDB too goes on with the next
 */
export function* readWal(segments: readonly ByteSource[], report: ReportProblem): Generator<SeriesBlock> {
  const deletions = collectDeletions(segments, report);
  const keys = new SeriesKeyParser(report);
  let position = 0;
  for (const segment of segments) {
    for (const entry of readEntries(segment, ignore)) {
      position++;
      if (entry.kind === 'delete') continue;
      for (const { key, points } of readWrites(entry.content)) {
        const sorted = sortPoints(points);
        const later = deletions.get(key.toString('latin1'))?.filter((deletion) => deletion.position > position) ?? [];
        const kept = later.length === 0 ? sorted : withoutSpans(sorted, later);
        if (kept.times.length > 0) yield { ...keys.parse(key), ...kept };
      }
    }
  }
}

const ignore: ReportProblem = () => undefined;

interface Deletion extends Span {
  /** Of its entry among all. */
  readonly position: number;
}

function collectDeletions(segments: readonly ByteSource[], report: ReportProblem): Map<string, Deletion[]> {
  const deletions = new Map<string, Deletion[]>();
  let position = 0;
  for (const segment of segments) {
    for (const entry of readEntries(segment, report)) {
      position++;
      if (entry.kind === 'write') continue;
      for (const key of entry.keys) {
        const text = key.toString('latin1');
        const deletion = { ...entry.span, position };
        const known = deletions.get(text);
        if (known === undefined) deletions.set(text, [deletion]);
        else known.push(deletion);
      }
    }
  }
  return deletions;
}

function* readEntries(segment: ByteSource, report: ReportProblem): Generator<Entry> {
  let at = 0;
  const breaksOff = (reason: string): void => {
    report({ kind: 'write-ahead log', key: segment.name, reason: `${segment.size - at} bytes from ${at} on were left out: ${reason}` });
  };
  while (at < segment.size) {
    const contentAt = at + ENTRY_HEADER_BYTES;
    if (contentAt > segment.size) {
      breaksOff('it is cut off');
      return;
    }
    const header = segment.read(at, ENTRY_HEADER_BYTES);
    const length = header.readUInt32BE(1);
    if (contentAt + length > segment.size) {
      breaksOff('it is cut off');
      return;
    }
    const content = segment.read(contentAt, length);
    let entry: Entry;
    try {
      entry = decodeEntry(header[0], decompressSnappy(content));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      breaksOff(error.message);
      return;
    }
    at = contentAt + length;
    yield entry;
  }
}

function decodeEntry(kind: number | undefined, content: Buffer): Entry {
  switch (kind) {
    case WRITE:
      // Read through once, so that an entry is taken whole or not at all.
      for (const { key } of readWrites(content)) new SeriesKeyParser(ignore).parse(key);
      return { kind: 'write', content };
    case DELETE:
      return { kind: 'delete', keys: splitLines(content), span: EVERYTHING };
    case DELETE_SPAN:
      if (content.length < 16) throw invalid('a deletion in it is cut off');
      return {
        kind: 'delete',
        span: { firstNs: content.readBigInt64BE(0), lastNs: content.readBigInt64BE(8) },
        keys: [...readKeys(content, 16)],
      };
    default:
      throw invalid(`it has an entry of the unknown kind ${kind ?? 'none'}`);
  }
}

function splitLines(content: Buffer): Buffer[] {
  const lines = content.toString('latin1').split('\n');
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'latin1'));
}

function* readKeys(content: Buffer, from: number): Generator<Buffer> {
  let at = from;
  while (at < content.length) {
    const start = at + 4;
    const end = start <= content.length ? start + content.readUInt32BE(at) : Infinity;
    if (end > content.length) throw invalid('a deletion in it is cut off');
    yield content.subarray(start, end);
    at = end;
  }
}

/** For each key its type, its name, and the number of its points; of each point its time and its value. */
function* readWrites(content: Buffer): Generator<{ readonly key: Buffer; readonly points: Points }> {
  let at = 0;
  const take = (length: number): number => {
    const start = at;
    at += length;
    if (at > content.length) throw invalid('a write in it is cut off');
    return start;
  };
  while (at < content.length) {
    const type = content[take(1)];
    const keyLength = content.readUInt16BE(take(2));
    const keyStart = take(keyLength);
    const key = content.subarray(keyStart, keyStart + keyLength);
    const count = content.readUInt32BE(take(4));
    if (count * MIN_POINT_BYTES > content.length - at) throw invalid('a write in it is cut off');
    const times = new BigInt64Array(count);
    const readTime = (i: number): void => {
      times[i] = content.readBigInt64BE(take(8));
    };
    const values = readValues(content, type, count, readTime, take);
    yield { key, points: { times, values } };
  }
}

const MIN_POINT_BYTES = 9;

function readValues(
  content: Buffer,
  type: number | undefined,
  count: number,
  readTime: (i: number) => void,
  take: (length: number) => number,
): Column {
  const fill = (readValue: (i: number) => void): void => {
    for (let i = 0; i < count; i++) {
      readTime(i);
      readValue(i);
    }
  };
  switch (type) {
    case FLOAT: {
      const values = new Float64Array(count);
      fill((i) => (values[i] = content.readDoubleBE(take(8))));
      return { type: 'float', values };
    }
    case INTEGER: {
      const values = new BigInt64Array(count);
      fill((i) => (values[i] = content.readBigInt64BE(take(8))));
      return { type: 'integer', values };
    }
    case UNSIGNED: {
      const values = new BigUint64Array(count);
      fill((i) => (values[i] = content.readBigUInt64BE(take(8))));
      return { type: 'unsigned', values };
    }
    case BOOLEAN: {
      const values = new Uint8Array(count);
      fill((i) => (values[i] = content[take(1)] === 1 ? 1 : 0));
      return { type: 'boolean', values };
    }
    case STRING: {
      const values = new Array<string>(count);
      fill((i) => {
        const length = content.readUInt32BE(take(4));
        const start = take(length);
        values[i] = content.toString('utf8', start, start + length);
      });
      return { type: 'string', values };
    }
    default:
      throw invalid(`it has a value of the unknown type ${type ?? 'none'}`);
  }
}
