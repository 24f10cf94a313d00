/** `limit`: the first rows of each table. */
import type { Operator } from '../../execute/operator.js';
import { narrowWithState } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import { sliceChunk } from '../../table/chunk.js';
import { step } from '../native.js';

export const limit = step((args) => {
  const count = args.count('n');
  const offset = args.count('offset', 0);
  if (offset < 0) throw fluxError(`limit offset cannot be negative (${offset})`);
  return { spec: { kind: 'limit', count, offset }, create: () => limitOperator(count, offset) };
});

export function limitOperator(count: number, offset: number): Operator {
  return narrowWithState(
    () => ({ offset, count, started: false }),
    (chunk, state, emit) => {
      const skipped = Math.min(state.offset, chunk.rowCount);
      state.offset -= skipped;
      const taken = Math.max(Math.min(state.count, chunk.rowCount - skipped), 0);
      state.count -= taken;
      // A table of which no row is left stays a table.
      if (taken === 0 && state.started) return;
      state.started = true;
      emit.chunk(sliceChunk(chunk, skipped, skipped + taken));
    },
  );
}
