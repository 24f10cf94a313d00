/** The values of scripts that are tables: streams, which are plans until they run, and single tables. */
import { OpaqueValue } from '../language/value.js';
import type { Chunk } from '../table/chunk.js';
import type { RunnableNode } from './runnable-node.js';

/** A stream of tables: the plan of what it will be. */
export class TableStream extends OpaqueValue {
  override readonly typeName = 'stream';
  readonly node: RunnableNode;

  constructor(node: RunnableNode) {
    super();
    this.node = node;
  }
}

/** One table that `tableFind` has taken out of a stream. */
export class TableValue extends OpaqueValue {
  override readonly typeName = 'table';
  readonly chunk: Chunk;

  constructor(chunk: Chunk) {
    super();
    this.chunk = chunk;
  }
}
