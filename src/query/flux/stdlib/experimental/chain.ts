/** `experimental.chain`: a stream that begins when another one has ended, so that it sees what that has written. */
import { TableStream } from '../../execute/table-stream.js';
import { native } from '../native.js';

/** Inputs are read one after the other; of the first only that it has been read counts. */
export const chain = native((args, context) => {
  const first = args.stream('first');
  const second = args.stream('second');
  return new TableStream({
    spec: { kind: 'operator' },
    inputs: [first, second],
    site: context.site,
    bounds: second.bounds,
    create: () => ({
      flushes: true,
      passesFlushes: true,
      process(chunk, emit, input) {
        if (input === 1) emit.chunk(chunk);
      },
      flush(key, emit, input) {
        if (input === 1) emit.flush(key);
      },
      finish: () => undefined,
    }),
  });
});
