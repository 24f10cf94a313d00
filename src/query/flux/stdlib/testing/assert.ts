/** `testing.assertEquals` and `testing.assertEmpty`: steps that fail a query. */
import type { RunContext } from '../../execute/run-context.js';
import { TableCollection, emitTable, narrow } from '../../execute/operator.js';
import type { Operator } from '../../execute/operator.js';
import { TableStream } from '../../execute/table-stream.js';
import { fluxError } from '../../language/errors.js';
import { unionBounds } from '../../plan/node.js';
import type { Chunk } from '../../table/chunk.js';
import { cellAt } from '../../table/vector.js';
import { native, step } from '../native.js';

export const assertEmpty = step(() => ({
  create: () => {
    const nonEmpty = new Set<string>();
    return {
      ...narrow((chunk) => {
        if (chunk.rowCount > 0) nonEmpty.add(chunk.key.id);
      }),
      finish: () => {
        if (nonEmpty.size > 0) throw fluxError(`found ${nonEmpty.size} tables that were not empty`);
      },
    };
  },
}));

export const assertEquals = native((args, context) => {
  const inputs = [args.stream('got'), args.stream('want')];
  const name = args.string('name');
  return new TableStream({
    spec: { kind: 'operator' },
    inputs,
    site: context.site,
    bounds: unionBounds(inputs),
    create: (run) => assertOperator(run, name),
  });
}, 'got');

function assertOperator({ memory }: RunContext, name: string): Operator {
  const got = new TableCollection(memory);
  const want = new TableCollection(memory);
  return {
    flushes: true,
    process: (chunk, _emit, input) => {
      (input === 0 ? got : want).add(chunk);
    },
    flush: () => undefined,
    finish(emit) {
      for (const table of got.takeAll()) {
        const other = want.take(table.key);
        if (other === undefined) throw fluxError(`test ${name}: unequal group key sets`);
        if (!isEqual(table, other)) throw fluxError(`test ${name}: tables not equal`);
        emitTable(table, emit);
      }
      if ([...want.takeAll()].length > 0) throw fluxError(`test ${name}: unequal group key sets`);
    },
  };
}

const isEqual = (a: Chunk, b: Chunk): boolean =>
  a.rowCount === b.rowCount &&
  a.columns.length === b.columns.length &&
  a.columns.every(({ label, type, vector }, i) => {
    const other = b.columns[i];
    if (other?.label !== label || other.type !== type) return false;
    for (let row = 0; row < a.rowCount; row++) if (cellAt(vector, row) !== cellAt(other.vector, row)) return false;
    return true;
  });
