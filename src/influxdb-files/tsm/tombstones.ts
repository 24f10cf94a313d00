/** Tombstone files: what was deleted from the TSM file beside them and is still in it, in all four versions of the format. */
import { gunzipSync } from 'node:zlib';
import type { ByteSource } from '../byte-source.js';
import { unreadable } from '../unreadable.js';
import type { Span } from './spans.js';

const HEADER_BYTES = 4;
const VERSION_2 = 0x1502;
const VERSION_3 = 0x1503;
/** As version 3, with each deletion compressed on its own behind the last. */
const VERSION_4 = 0x1504;
const EVERYTHING: Span = { firstNs: -(2n ** 63n), lastNs: 2n ** 63n - 1n };

/** Of the file, and of what it decompresses to. */
const FILE_BYTES_MAX = 1 << 28;
const CONTENT_BYTES_MAX = 1 << 30;

/** Of one TSM file. */
export class Tombstones {
  readonly #spans = new Map<string, Span[]>();

  /** @param key of a series and a field, as it stands in the TSM file */
  spansOf(key: Buffer): readonly Span[] {
    return this.#spans.get(key.toString('latin1')) ?? NONE;
  }

  add(key: Buffer, span: Span): void {
    const text = key.toString('latin1');
    const spans = this.#spans.get(text);
    if (spans === undefined) this.#spans.set(text, [span]);
    else spans.push(span);
  }
}

const NONE: readonly Span[] = [];

/** @throws DomainError naming the file, when it is damaged, cut off or too large */
export function readTombstones(source: ByteSource): Tombstones {
  if (source.size > FILE_BYTES_MAX) throw unreadable(source.name, `has ${source.size} bytes; at most ${FILE_BYTES_MAX} are read`);
  const bytes = source.read(0, source.size);
  const tombstones = new Tombstones();
  const version = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32BE(0);
  const content = bytes.subarray(HEADER_BYTES);
  if (version === VERSION_2) addEntries(source.name, content, tombstones);
  else if (version === VERSION_3 || version === VERSION_4) addEntries(source.name, decompress(source.name, content), tombstones);
  else addLines(bytes, tombstones);
  return tombstones;
}

function decompress(name: string, content: Buffer): Buffer {
  // A file that was begun and never written to has a header alone.
  if (content.length === 0) return content;
  try {
    return gunzipSync(content, { maxOutputLength: CONTENT_BYTES_MAX });
  } catch (cause) {
    throw unreadable(name, 'is damaged or cut off: it cannot be decompressed', cause);
  }
}

/** Length and bytes of the key, first and last time. */
function addEntries(name: string, content: Buffer, tombstones: Tombstones): void {
  let at = 0;
  while (at < content.length) {
    const keyStart = at + 4;
    const keyEnd = keyStart <= content.length ? keyStart + content.readUInt32BE(at) : Infinity;
    if (keyEnd + 16 > content.length) throw unreadable(name, 'is damaged or cut off');
    tombstones.add(content.subarray(keyStart, keyEnd), {
      firstNs: content.readBigInt64BE(keyEnd),
      lastNs: content.readBigInt64BE(keyEnd + 8),
    });
    at = keyEnd + 16;
  }
}

/** The first version is a text: a line is a key of which everything is deleted. */
function addLines(content: Buffer, tombstones: Tombstones): void {
  for (const line of content.toString('latin1').split('\n')) {
    const key = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (key !== '') tombstones.add(Buffer.from(key, 'latin1'), EVERYTHING);
  }
}
