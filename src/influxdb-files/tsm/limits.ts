/** How much one block may hold: far more than InfluxDB ever puts into one, and little enough for any machine. */
import { invalid } from '../../domain/errors.js';

/** InfluxDB's blocks have 1,000 points, or 10,000 where it was told to compact hard. */
const POINTS_MAX = 1 << 20;
/** A block as it lies in the file. A string may be long: a thousand of a megabyte each must fit. */
export const BLOCK_BYTES_MAX = 1 << 30;

/** @throws DomainError `invalid` */
export function checkPointCount(count: number): number {
  if (!(count >= 0 && count <= POINTS_MAX)) throw invalid(`it claims ${count} points; a block has at most ${POINTS_MAX}`);
  return count;
}
