/** Functions of package `experimental` that look at columns: `set`, `group`, `objectKeys`. */
import { quoteGo } from '../../../../domain/go-quote.js';
import { regroup } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import { cellOfValue, columnTypeOf, typeName } from '../../language/value.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { findColumn } from '../../table/chunk.js';
import type { KeyColumn } from '../../table/group-key.js';
import { native, step } from '../native.js';
import { splitByRow } from '../universe/group.js';
import { setColumns } from '../universe/set.js';

/** The values of a record in all rows. */
export const set = step((args) => {
  const record = args.record('o');
  return setColumns(
    [...record.labels()].sort(compareUtf8).map((label): KeyColumn => {
      const value = record.get(label) ?? null;
      const type = value === null ? 'string' : columnTypeOf(value);
      if (type === undefined) throw fluxError(`cannot represent the type ${typeName(value)} as column data`);
      return { label, type, value: cellOfValue(value) };
    }),
  );
});

/** More columns in the group key. */
export const group = step((args) => {
  const mode = args.string('mode');
  if (mode !== 'extend') throw fluxError(`invalid group mode ${quoteGo(mode)}; experimental.group requires mode "extend"`);
  const columns = args.strings('columns');
  return {
    create: () =>
      regroup((chunk, emit) => {
        const missing = columns.find((label) => findColumn(chunk.columns, label) === undefined);
        if (missing !== undefined) throw fluxError(`unknown column "${missing}"`);
        for (const part of splitByRow(chunk, new Set([...chunk.key.columns.map(({ label }) => label), ...columns]))) emit.chunk(part);
      }),
  };
});

export const objectKeys = native((args) => [...args.record('o').labels()]);
