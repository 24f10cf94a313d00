/** `fill` of the package `experimental/table`: a row of nulls in tables that have none. */
import { emitTable, wholeTable } from '../../execute/operator.js';
import { constantColumn } from '../../table/chunk.js';
import { step } from '../native.js';

export const fillEmpty = step(() => ({
  spec: { kind: 'fillEmpty' },
  create: (run) =>
    wholeTable(run.memory, (table, emit) => {
      if (table.rowCount > 0) {
        emitTable(table, emit);
        return;
      }
      const columns = table.columns.map(({ label, type }) => constantColumn(label, type, table.key.column(label)?.value ?? null, 1));
      emitTable({ key: table.key, columns, rowCount: 1 }, emit);
    }),
}));
