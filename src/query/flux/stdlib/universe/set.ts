/** `set`: one text in all rows of a column. */
import { constantColumn, findColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Chunk } from '../../table/chunk.js';
import { TableCollection, emitTable } from '../../execute/operator.js';
import { step } from '../native.js';

export const set = step((args) => {
  const label = args.string('key');
  const value = args.string('value');
  return {
    create: (run) => {
      const output = new TableCollection(run.memory);
      return {
        flushes: true,
        process: (chunk) => output.add(setColumn(chunk, label, value)),
        flush: () => undefined,
        finish(emit) {
          for (const table of output.takeAll()) emitTable(table, emit);
        },
      };
    },
  };
});

function setColumn(chunk: Chunk, label: string, value: string): Chunk {
  const column = constantColumn(label, 'string', value, chunk.rowCount);
  const exists = findColumn(chunk.columns, label) !== undefined;
  const columns = exists ? chunk.columns.map((known) => (known.label === label ? column : known)) : [...chunk.columns, column];
  const key = chunk.key.has(label)
    ? new GroupKey(chunk.key.columns.map((known) => (known.label === label ? { label, type: 'string' as const, value } : known)))
    : chunk.key;
  return { ...chunk, key, columns };
}
