/** `preview`: the first rows of the first tables. */
import { narrowWithState } from '../../execute/operator.js';
import { sliceChunk } from '../../table/chunk.js';
import { step } from '../native.js';

const DEFAULT_COUNT = 5;

export const preview = step((args) => {
  const rowCount = args.count('nrows', DEFAULT_COUNT);
  const tableCount = args.count('ntables', DEFAULT_COUNT);
  return {
    create: () => {
      let tables = 0;
      return narrowWithState(
        () => ({ left: tables++ < tableCount ? rowCount : 0 }),
        (chunk, state, emit) => {
          const taken = Math.min(chunk.rowCount, state.left);
          state.left -= taken;
          if (taken > 0) emit.chunk(sliceChunk(chunk, 0, taken));
        },
      );
    },
  };
});
