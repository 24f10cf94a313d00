/** `set`: one value in all rows of a column. Tables whose keys have become the same become one. */
import { TableCollection, emitTable } from '../../execute/operator.js';
import type { RunnableNode } from '../../execute/runnable-node.js';
import type { Chunk } from '../../table/chunk.js';
import { constantColumn, findColumn } from '../../table/chunk.js';
import type { KeyColumn } from '../../table/group-key.js';
import { GroupKey } from '../../table/group-key.js';
import { step } from '../native.js';

export const set = step((args) => setColumns([{ label: args.string('key'), type: 'string', value: args.string('value') }]));

export const setColumns = (values: readonly KeyColumn[]): Required<Pick<RunnableNode, 'create'>> => ({
  create: (run) => {
    const output = new TableCollection(run.memory);
    return {
      flushes: true,
      process: (chunk) => {
        output.add(withValues(chunk, values));
      },
      flush: () => undefined,
      finish(emit) {
        for (const table of output.takeAll()) emitTable(table, emit);
      },
    };
  },
});

function withValues(chunk: Chunk, values: readonly KeyColumn[]): Chunk {
  const columns = values.map(({ label, type, value }) => constantColumn(label, type, value, chunk.rowCount));
  const replaced = chunk.columns.map((column) => findColumn(columns, column.label) ?? column);
  const added = columns.filter(({ label }) => findColumn(chunk.columns, label) === undefined);
  const key = values.some(({ label }) => chunk.key.has(label))
    ? new GroupKey(chunk.key.columns.map((column) => values.find(({ label }) => label === column.label) ?? column))
    : chunk.key;
  return { ...chunk, key, columns: [...replaced, ...added] };
}
