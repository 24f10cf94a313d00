/** A step of a plan together with what runs it. */
import type { PlanNode } from '../plan/node.js';
import type { Chunk } from '../table/chunk.js';
import type { Operator } from './operator.js';
import type { RunContext } from './run-context.js';

/** A table as a source makes it. Pieces of one table follow each other; `last` ends it. */
export interface SourceTable {
  readonly chunk: Chunk;
  readonly last: boolean;
}

export interface RunnableNode extends PlanNode {
  readonly inputs: readonly RunnableNode[];
  /** Makes the running step; sources have `produce` instead. */
  readonly create?: ((run: RunContext) => Operator) | undefined;
  readonly produce?: ((run: RunContext) => AsyncIterable<SourceTable>) | undefined;
}
