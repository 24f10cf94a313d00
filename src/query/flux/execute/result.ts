/** The results of a query. */
import type { Chunk } from '../table/chunk.js';

/** A piece of a result: rows, and whether they begin a table. A table without rows has one piece without rows. */
export interface ResultPiece {
  readonly chunk: Chunk;
  readonly startsTable: boolean;
}

/** A named stream of tables. */
export interface FluxResult {
  readonly name: string;
  /** The tables, piece by piece. Errors are DomainErrors. To be read once. */
  readonly pieces: AsyncIterable<ResultPiece>;
}
