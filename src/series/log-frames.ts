/**
 * The frames of a segment of the log: a header (magic, length of the payload, its checksum, number of the frame, checksum of the header)
 * and the payload. Numbers go on from segment to segment, so that frames that are missing are missed.
 */
import { crc32 } from 'node:zlib';
import type { ByteWriter } from './byte-writer.js';

const MAGIC = 0x324c_4c53;
export const HEADER_BYTES = 20;
/** What earlier versions wrote: magic, length, checksum of the payload. */
const FIRST_MAGIC = 0x4c57_4c53;
const FIRST_HEADER_BYTES = 12;

export function beginFrame(writer: ByteWriter): void {
  for (let i = 0; i < HEADER_BYTES / 4; i++) writer.uint32(0);
}

/** The bytes of a frame, whose header is filled in. */
export function finishFrame(writer: ByteWriter, number: number): Buffer {
  const bytes = writer.bytes();
  const payload = bytes.subarray(HEADER_BYTES);
  for (const [i, value] of [MAGIC, payload.length, crc32(payload), number >>> 0].entries()) writer.setUint32(i * 4, value);
  writer.setUint32(HEADER_BYTES - 4, crc32(bytes.subarray(0, HEADER_BYTES - 4)));
  return bytes;
}

export interface Frame {
  readonly payload: Buffer;
  /** Undefined in what earlier versions wrote. */
  readonly number: number | undefined;
  readonly end: number;
}

/** What stands where a frame should begin. */
type Found = Frame | 'damaged' | 'cut off';

export interface SegmentReader {
  /** A frame that could be read. */
  frame(frame: Frame): void;
  /** Bytes that are no frame. */
  damage(position: number, byteCount: number): void;
}

/**
 * Reads all frames that can be read.
 *
 * @param isLast the last frame may have been cut off while it was written: in earlier segments that has been put in order
 * @returns where the segment ends: before its end where the last frame was cut off
 */
export function readSegment(bytes: Buffer, isLast: boolean, reader: SegmentReader): number {
  let position = 0;
  while (position < bytes.length) {
    const found = frameAt(bytes, position);
    if (typeof found === 'object') {
      reader.frame(found);
      position = found.end;
      continue;
    }
    const next = nextFrame(bytes, position + 1);
    if (isLast && next === undefined && found === 'cut off') return position;
    const end = next ?? bytes.length;
    reader.damage(position, end - position);
    position = end;
  }
  return position;
}

function frameAt(bytes: Buffer, position: number): Found {
  const rest = bytes.length - position;
  const magic = rest >= 4 ? bytes.readUInt32LE(position) : undefined;
  // A file may have grown by zeros before the bytes came.
  if (magic !== MAGIC && magic !== FIRST_MAGIC) return rest < 4 || isZero(bytes.subarray(position)) ? 'cut off' : 'damaged';
  const headerBytes = magic === MAGIC ? HEADER_BYTES : FIRST_HEADER_BYTES;
  if (rest < headerBytes) return 'cut off';
  if (magic === MAGIC) {
    const isHeaderRight = crc32(bytes.subarray(position, position + HEADER_BYTES - 4)) === bytes.readUInt32LE(position + HEADER_BYTES - 4);
    if (!isHeaderRight) return 'damaged';
  }
  const start = position + headerBytes;
  const end = start + bytes.readUInt32LE(position + 4);
  if (end > bytes.length) return 'cut off';
  const payload = bytes.subarray(start, end);
  if (crc32(payload) !== bytes.readUInt32LE(position + 8)) return 'damaged';
  return { payload, number: magic === MAGIC ? bytes.readUInt32LE(position + 12) : undefined, end };
}

function nextFrame(bytes: Buffer, from: number): number | undefined {
  for (const magic of [MAGIC, FIRST_MAGIC]) {
    const sign = Buffer.alloc(4);
    sign.writeUInt32LE(magic);
    for (let position = bytes.indexOf(sign, from); position !== -1; position = bytes.indexOf(sign, position + 1)) {
      if (typeof frameAt(bytes, position) === 'object') return position;
    }
  }
  return undefined;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
