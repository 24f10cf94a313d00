/** The meta pages of a Bolt file: two, of which the newer one that is whole counts. */
import type { ByteSource } from '../byte-source.js';
import { unreadable } from '../unreadable.js';

const MAGIC = 0xed0cdaed;
const VERSION = 2;
/** Before the content of every page: id, flags, count, overflow. */
export const PAGE_HEADER_BYTES = 16;
const META_BYTES = 64;
const CHECKED_BYTES = 56;
const PAGE_SIZE_MIN = 512;
const PAGE_SIZE_MAX = 1 << 20;

export interface Meta {
  readonly pageSize: number;
  readonly rootPage: number;
  /** Pages in use; the file may be longer. */
  readonly pageCount: number;
}

interface DatedMeta extends Meta {
  readonly transaction: bigint;
}

/** @throws DomainError for what is no Bolt file, of another version, damaged in both meta pages, or cut off */
export function readMeta(source: ByteSource): Meta {
  if (source.size < PAGE_HEADER_BYTES + META_BYTES) throw unreadable(source.name, `is no bolt file: it has only ${source.size} bytes`);
  const first = tryReadMeta(source, 0);
  const second = first === undefined ? findSecondMeta(source) : tryReadMeta(source, first.pageSize);
  const meta = first === undefined || (second !== undefined && second.transaction > first.transaction) ? second : first;
  if (meta === undefined) throw explainUnusable(source);
  const bytes = meta.pageCount * meta.pageSize;
  if (bytes > source.size) throw unreadable(source.name, `is truncated: it has ${source.size} of at least ${bytes} bytes`);
  if (meta.rootPage < 2 || meta.rootPage >= meta.pageCount)
    throw unreadable(source.name, `its meta page points at page ${meta.rootPage}, which does not exist`);
  return meta;
}

/** The page size is written in the pages themselves, so where the first one is lost the second one is looked for. */
function findSecondMeta(source: ByteSource): DatedMeta | undefined {
  for (let pageSize = PAGE_SIZE_MIN; pageSize <= PAGE_SIZE_MAX; pageSize *= 2) {
    const meta = tryReadMeta(source, pageSize);
    if (meta?.pageSize === pageSize) return meta;
  }
  return undefined;
}

function tryReadMeta(source: ByteSource, pageOffset: number): DatedMeta | undefined {
  const offset = pageOffset + PAGE_HEADER_BYTES;
  if (offset + META_BYTES > source.size) return undefined;
  const bytes = source.read(offset, META_BYTES);
  if (bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt32LE(4) !== VERSION) return undefined;
  if (bytes.readBigUInt64LE(CHECKED_BYTES) !== fnv1a(bytes.subarray(0, CHECKED_BYTES))) return undefined;
  const pageSize = bytes.readUInt32LE(8);
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
  if (!isPowerOfTwo || pageSize < PAGE_SIZE_MIN || pageSize > PAGE_SIZE_MAX) return undefined;
  return {
    pageSize,
    rootPage: Number(bytes.readBigUInt64LE(16)),
    pageCount: Number(bytes.readBigUInt64LE(40)),
    transaction: bytes.readBigUInt64LE(48),
  };
}

function explainUnusable(source: ByteSource): Error {
  const bytes = source.read(PAGE_HEADER_BYTES, META_BYTES);
  if (bytes.readUInt32LE(0) !== MAGIC) return unreadable(source.name, 'is no bolt file, or its first page is damaged');
  const version = bytes.readUInt32LE(4);
  if (version !== VERSION) return unreadable(source.name, `is a bolt file of version ${version}; only version ${VERSION} can be read`);
  return unreadable(source.name, 'is damaged: the checksums of both meta pages are wrong');
}

/** FNV-1a of 64 bits. */
export function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
