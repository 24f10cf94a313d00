/** A shard as InfluxDB backs it up: an archive of TSM files, made while it is sent. */
import type { Shard } from '../../domain/store.js';
import type { SeriesTable } from '../../domain/series.js';
import { TsmWriter } from '../tsm/tsm-writer.js';
import { TAR_END, tarHeader, tarPadding } from './tar-writer.js';

/** Of blocks in one TSM file, which is in memory until it is whole. */
const FILE_BYTES_TARGET = 32 * 1024 * 1024;

/** @param tables in the order of the engine: series by series, each in the order of time */
export async function* writeShardArchive(
  { id, bucketId }: Shard,
  tables: AsyncIterable<SeriesTable>,
  nowMs: number,
): AsyncGenerator<Buffer, void, undefined> {
  let generation = 0;
  let writer = new TsmWriter();
  function* finishFile(): Generator<Buffer> {
    const file = Buffer.concat(writer.finish());
    const name = `${String(++generation).padStart(9, '0')}-000000001.tsm`;
    yield tarHeader(`${bucketId}/autogen/${id}/${name}`, file.length, nowMs);
    yield file;
    yield tarPadding(file.length);
    writer = new TsmWriter();
  }
  for await (const table of tables) {
    if (!writer.isEmpty && (writer.byteCount > FILE_BYTES_TARGET || !writer.hasRoomFor(table, table.times.length))) yield* finishFile();
    writer.add(table, table);
  }
  if (!writer.isEmpty) yield* finishFile();
  yield TAR_END;
}
