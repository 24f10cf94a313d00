/** `union`: the tables of several streams; those with one key become one. */
import { fluxError } from '../../language/errors.js';
import { typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import { unionBounds } from '../../plan/node.js';
import { TableCollection, emitTable } from '../../execute/operator.js';
import { native } from '../native.js';

export const union = native((args, context) => {
  const inputs = args.array('tables').map((stream) => {
    if (!(stream instanceof TableStream)) throw fluxError(`union takes streams of tables, got ${typeName(stream)}`);
    return stream.node;
  });
  if (inputs.length < 2) throw fluxError('union must have at least two streams as input');
  return new TableStream({
    spec: { kind: 'operator' },
    inputs,
    site: context.site,
    bounds: unionBounds(inputs),
    create: (run) => {
      const collection = new TableCollection(run.memory);
      return {
        flushes: true,
        process: (chunk) => {
          collection.add(chunk);
        },
        flush: () => undefined,
        finish(emit) {
          for (const table of collection.takeAll()) emitTable(table, emit);
        },
      };
    },
  });
});
