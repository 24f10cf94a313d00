/** All points of one shard: its TSM files from the oldest to the newest, then its write-ahead log. */
import { openFile, type ByteSource } from '../byte-source.js';
import type { ReportProblem } from '../problem.js';
import { readTombstones } from './tombstones.js';
import { readTsm, type SeriesBlock } from './tsm-file.js';
import { readWal } from './wal.js';

/** Paths. */
export interface ShardFiles {
  /** From the oldest to the newest: where two have a point at one time, that of the newer file counts. */
  readonly tsm: readonly TsmPath[];
  /** Segments in the order of their numbers. */
  readonly wal: readonly string[];
}

export interface TsmPath {
  readonly path: string;
  readonly tombstonePath?: string | undefined;
}

/**
 * Writing the blocks in order, later ones over earlier ones, gives what InfluxDB would return.
 *
 * @throws DomainError naming the file that is damaged
 */
export function* readShard(files: ShardFiles, report: ReportProblem): Generator<SeriesBlock> {
  for (const { path, tombstonePath } of files.tsm) {
    const tombstones = tombstonePath === undefined ? undefined : withFile(tombstonePath, readTombstones);
    const source = openFile(path);
    try {
      yield* readTsm(source, tombstones, report);
    } finally {
      source.close();
    }
  }
  const segments: ByteSource[] = [];
  try {
    for (const path of files.wal) segments.push(openFile(path));
    yield* readWal(segments, report);
  } finally {
    for (const segment of segments) segment.close();
  }
}

function withFile<T>(path: string, read: (source: ByteSource) => T): T {
  const source = openFile(path);
  try {
    return read(source);
  } finally {
    source.close();
  }
}

const TSM_NAME = /^(\d+)-(\d+)\.tsm$/;
const WAL_NAME = /^_(\d+)\.wal$/;

/** The TSM files among the names in a shard's folder, in order, each with its tombstone file. Half-made files (`.tmp`) are none. */
export function orderTsmNames(names: readonly string[]): { readonly name: string; readonly tombstone: string | undefined }[] {
  const present = new Set(names);
  return names
    .flatMap((name) => {
      const match = TSM_NAME.exec(name);
      return match === null ? [] : [{ name, generation: Number(match[1]), sequence: Number(match[2]) }];
    })
    .sort((a, b) => a.generation - b.generation || a.sequence - b.sequence)
    .map(({ name }) => {
      const tombstone = name.replace(/tsm$/, 'tombstone');
      return { name, tombstone: present.has(tombstone) ? tombstone : undefined };
    });
}

/** The segments of a write-ahead log among the names in its folder, in order. */
export const orderWalNames = (names: readonly string[]): string[] =>
  names
    .flatMap((name) => {
      const match = WAL_NAME.exec(name);
      return match === null ? [] : [{ name, number: Number(match[1]) }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ name }) => name);
