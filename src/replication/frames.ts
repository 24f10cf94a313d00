/**
 * The files of a queue: a head, and frames one after the other. A frame has a header (magic, length of its bytes, points in it, bytes of
 * line protocol, when it was written, checksum of its bytes, checksum of the header) and gzipped line protocol.
 */
import { crc32 } from 'node:zlib';

/** Points that are waiting to be sent together. */
export interface Entry {
  /** Line protocol, gzipped. */
  readonly gzipped: Uint8Array;
  readonly pointCount: number;
  /** Of line protocol before it was gzipped. */
  readonly lineBytes: number;
}

export interface FrameHeader {
  readonly byteCount: number;
  readonly pointCount: number;
  readonly lineBytes: number;
  readonly writtenAtMs: number;
  readonly checksum: number;
}

/** Begins every file. */
export const FILE_HEAD = Buffer.from('SLUICEQ1');
export const HEADER_BYTES = 36;
const MAGIC = 0x51_4c_53_46;

export function writeFrame({ gzipped, pointCount, lineBytes }: Entry, nowMs: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + gzipped.length);
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt32LE(gzipped.length, 4);
  frame.writeUInt32LE(pointCount, 8);
  frame.writeUInt32LE(lineBytes, 12);
  frame.writeDoubleLE(nowMs, 16);
  frame.writeUInt32LE(crc32(gzipped), 24);
  frame.writeUInt32LE(0, 28);
  frame.writeUInt32LE(crc32(frame.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  frame.set(gzipped, HEADER_BYTES);
  return frame;
}

/** Undefined: there is no header here. */
export function readHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  if (crc32(bytes.subarray(0, HEADER_BYTES - 4)) !== bytes.readUInt32LE(HEADER_BYTES - 4)) return undefined;
  return {
    byteCount: bytes.readUInt32LE(4),
    pointCount: bytes.readUInt32LE(8),
    lineBytes: bytes.readUInt32LE(12),
    writtenAtMs: bytes.readDoubleLE(16),
    checksum: bytes.readUInt32LE(24),
  };
}

export const isWhole = (header: FrameHeader, gzipped: Uint8Array): boolean =>
  gzipped.length === header.byteCount && crc32(gzipped) === header.checksum;

/** Where the last whole frame ends: what follows was being written when the server was killed. */
export function findEnd(bytes: Buffer): number {
  let end = FILE_HEAD.length;
  for (;;) {
    const header = readHeader(bytes.subarray(end));
    if (header === undefined) return end;
    const start = end + HEADER_BYTES;
    if (!isWhole(header, bytes.subarray(start, start + header.byteCount))) return end;
    end = start + header.byteCount;
  }
}
