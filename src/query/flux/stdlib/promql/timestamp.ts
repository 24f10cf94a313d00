/** `promql.timestamp`: the time of each row as its value, in seconds since 1970. */
import { narrow } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import { columnOf, findColumn } from '../../table/chunk.js';
import { cellAt, vectorOf } from '../../table/vector.js';
import { step } from '../native.js';
import { replaceColumn } from '../universe/collect.js';

const NS_PER_MS = 1_000_000n;
const MS_PER_SECOND = 1000;

export const timestamp = step(() => ({
  create: () =>
    narrow((chunk, emit) => {
      const time = findColumn(chunk.columns, '_time') ?? findColumn(chunk.columns, '_stop');
      if (time?.type !== 'time') throw fluxError('neither "_time" nor "_stop" column found');
      if (findColumn(chunk.columns, '_value') === undefined) throw fluxError('value column not found: _value');
      const seconds = Array.from({ length: chunk.rowCount }, (_, row) => {
        const ns = cellAt(time.vector, row) as bigint | null;
        return ns === null ? null : Number(ns / NS_PER_MS) / MS_PER_SECOND;
      });
      emit.chunk(replaceColumn(chunk, columnOf('_value', vectorOf('float', seconds))));
    }),
}));
