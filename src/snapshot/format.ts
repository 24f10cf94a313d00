/** What the file with the metadata of a backup is: a store of this server, InfluxDB's bolt file, or neither. */
import { open } from 'node:fs/promises';

export type SnapshotFormat = 'sluice' | 'influxdb' | 'unknown';

const HEAD_BYTES = 64;
const SQLITE_MAGIC = 'SQLite format 3\0';
/** Where a page of a bolt file has it, behind the head of the page. */
const BOLT_MAGIC = { at: 16, bytes: Buffer.from([0xed, 0xda, 0x0c, 0xed]) };

export async function recogniseSnapshot(file: string): Promise<SnapshotFormat> {
  const head = await readStart(file, HEAD_BYTES);
  if (head.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC) return 'sluice';
  return head.subarray(BOLT_MAGIC.at, BOLT_MAGIC.at + BOLT_MAGIC.bytes.length).equals(BOLT_MAGIC.bytes) ? 'influxdb' : 'unknown';
}

/** The first bytes of a file, or all of it where it is shorter. */
export async function readStart(file: string, byteCount: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(byteCount), 0, byteCount, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
