/** `keys` and `columns`: the names of the columns of a table, of its key or all. */
import { wholeTablesCollected } from '../../execute/operator.js';
import { step } from '../native.js';
import { labelTable } from './distinct.js';

export const keys = step((args) => {
  const column = args.string('column', '_value');
  return {
    spec: { kind: 'keys', column },
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(
          labelTable(
            table,
            column,
            table.key.columns.map(({ label }) => label),
          ),
        );
      }),
  };
});

export const columns = step((args) => {
  const column = args.string('column', '_value');
  return {
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(
          labelTable(
            table,
            column,
            table.columns.map(({ label }) => label),
          ),
        );
      }),
  };
});
