/** `group`: tables by the values of other columns. */
import type { Operator } from '../../execute/operator.js';
import { regroup } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn, gatherChunk, keyOfRow } from '../../table/chunk.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import type { KeyColumn } from '../../table/group-key.js';
import { GroupKey, compareGroupKeys } from '../../table/group-key.js';
import { step } from '../native.js';

export const group = step((args) => {
  const mode = args.string('mode', 'by');
  if (mode !== 'by' && mode !== 'except') throw fluxError('invalid group mode: must be "by" or "except"');
  const columns = args.strings('columns', []);
  return { spec: { kind: 'group', mode, columns }, create: () => groupOperator(mode, columns) };
});

export function groupOperator(mode: 'by' | 'except', columns: readonly string[]): Operator {
  const sorted = [...new Set(columns)].sort(compareUtf8);
  const labelsIn = (chunk: Chunk): readonly string[] =>
    mode === 'by'
      ? sorted.filter((label) => findColumn(chunk.columns, label) !== undefined)
      : chunk.columns.map(({ label }) => label).filter((label) => !sorted.includes(label));
  return regroup((chunk, emit) => {
    const labels = labelsIn(chunk);
    const keyColumns = labels.map((label) => chunk.key.column(label));
    if (keyColumns.every((column): column is KeyColumn => column !== undefined)) {
      emit.chunk({ ...chunk, key: new GroupKey(keyColumns) });
      return;
    }
    for (const part of splitByRow(chunk, new Set(labels))) emit.chunk(part);
  });
}

/** A chunk for each combination of values in some columns, in the order of keys. */
export function splitByRow(chunk: Chunk, labels: ReadonlySet<string>): Chunk[] {
  const on = chunk.columns.filter(({ label }) => labels.has(label));
  const parts = new Map<string, { key: GroupKey; rows: number[] }>();
  for (let row = 0; row < chunk.rowCount; row++) {
    const key = keyOfRow(on, row);
    const part = parts.get(key.id);
    if (part === undefined) parts.set(key.id, { key, rows: [row] });
    else part.rows.push(row);
  }
  return [...parts.values()]
    .sort((a, b) => compareGroupKeys(a.key, b.key))
    .map(({ key, rows }) => ({ ...gatherChunk(chunk, Int32Array.from(rows)), key }));
}
