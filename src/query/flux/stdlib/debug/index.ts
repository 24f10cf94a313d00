/** Package `internal/debug`: steps that do nothing but stand in the planner's way, and a look at what is otherwise out of sight. */
import { narrow, wholeTablesCollected } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Package } from '../native.js';
import { constant, native, step } from '../native.js';

const NULL_TYPES = new Set(['string', 'bytes', 'int', 'uint', 'float', 'bool', 'time', 'duration', 'regexp']);

const pass = step(() => ({
  create: () =>
    narrow((chunk, emit) => {
      emit.chunk(chunk);
    }),
}));

/** Collects all tables before it hands one on. */
const slurp = step(() => ({
  create: ({ memory }) =>
    wholeTablesCollected(memory, (table, emit) => {
      emit(table);
    }),
}));

const sink = step(() => ({ create: () => narrow(() => undefined) }));

export const debug: Package = {
  pass,
  opaque: pass,
  slurp,
  sink,
  feature: native(() => null),
  getOption: native((args, context) => {
    const value = context.packageOption(args.string('pkg'), args.string('name'));
    if (value === undefined) throw fluxError('option does not exist');
    return value;
  }),
  null: native((args) => {
    const type = args.string('type', 'string');
    if (!NULL_TYPES.has(type)) throw fluxError(`Invalid null type \`${type}\``);
    return null;
  }),
  vectorize: constant(false),
};
