/** How far InfluxDB has brought the layout of its metadata: the number of the last migration it has finished. */
import { DomainError } from '../../domain/errors.js';
import type { BoltBucket } from '../bolt/bolt-file.js';
import { unreadable } from '../unreadable.js';
import { JsonRecord } from './json-record.js';

/** InfluxDB 2.1 and 2.2, where tokens were given new kinds of permissions. */
export const SCHEMA_WITH_NOTEBOOKS = 17;
export const SCHEMA_WITH_REPLICATIONS = 19;
/** InfluxDB 2.8 and 2.9: the index of hashed tokens. */
const SCHEMA_MAX = 21;

/** @throws DomainError naming the file, when a newer InfluxDB has migrated it */
export function readSchema(root: BoltBucket, file: string): number {
  let schema = 0;
  for (const [key, value] of root.bucket('migrationsv1')?.entries() ?? []) {
    const number = Number.parseInt(key.toString('latin1'), 16);
    if (number > SCHEMA_MAX) {
      throw unreadable(
        file,
        `was written by a newer InfluxDB (migration ${number}${nameOf(value)}); layouts up to migration ${SCHEMA_MAX}, InfluxDB 2.9, can be read`,
      );
    }
    if (isFinished(value)) schema = Math.max(schema, number);
  }
  return schema;
}

const isFinished = (value: Buffer): boolean => readOr(() => new JsonRecord(value).optionalText('finished_at') !== undefined, false);
const nameOf = (value: Buffer): string => readOr(() => `, "${new JsonRecord(value).text('name')}"`, '');

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DomainError) return otherwise;
    throw error;
  }
}
