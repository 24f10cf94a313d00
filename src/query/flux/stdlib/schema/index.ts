/** Package `influxdata/influxdb/schema`: questions about what a bucket holds. */
import { Duration } from '../../language/duration.js';
import type { FunctionValue, Value } from '../../language/value.js';
import { Time, typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import { fluxError } from '../../language/errors.js';
import type { FunctionExpression } from '../../syntax/ast.js';
import { from } from '../influxdb/from.js';
import type { CallContext, Native, Package } from '../native.js';
import { Arguments, Pipe, native, pipeline } from '../native.js';
import { keep } from '../universe/columns.js';
import { distinct } from '../universe/distinct.js';
import { filter } from '../universe/filter.js';
import { group } from '../universe/group.js';
import { keys } from '../universe/labels.js';
import { pivot } from '../universe/pivot.js';
import { range } from '../universe/range.js';

const NS_PER_DAY = 86_400_000_000_000n;
const DEFAULT_START = Duration.ofNs(-30n * NS_PER_DAY);

/** `(r) => true`. */
const EVERYTHING: FunctionExpression = {
  type: 'FunctionExpression',
  params: [{ key: { name: 'r' } }],
  body: { type: 'BooleanLiteral', value: true },
};

/** `(r) => r._measurement == measurement`. */
const isMeasurement = (measurement: string): FunctionExpression => ({
  type: 'FunctionExpression',
  params: [{ key: { name: 'r' } }],
  body: {
    type: 'BinaryExpression',
    operator: '==',
    left: { type: 'MemberExpression', object: { type: 'Identifier', name: 'r' }, property: { name: '_measurement' } },
    right: { type: 'StringLiteral', value: measurement },
  },
});

function series(args: Arguments, predicate: Value, context: CallContext): Pipe {
  const source = from.call(Arguments.of({ bucket: args.required('bucket') }), context);
  if (!(source instanceof TableStream)) throw fluxError(`expected a stream of tables, got ${typeName(source)}`);
  return new Pipe(source.node, context)
    .to(range, { start: args.get('start') ?? DEFAULT_START, stop: args.get('stop') ?? new Time(context.nowNs) })
    .to(filter, { fn: predicate });
}

type PredicateOf = (args: Arguments, context: CallContext) => FunctionValue;

const givenPredicate: PredicateOf = (args, { compile }) => (args.has('predicate') ? args.fn('predicate') : compile(EVERYTHING));
const ofMeasurement: PredicateOf = (args, { compile }) => compile(isMeasurement(args.string('measurement')));

const valuesOf = (tag: (args: Arguments) => string, predicate: PredicateOf): Native =>
  native((args, context) => {
    const column = tag(args);
    const kept = series(args, predicate(args, context), context).to(keep, { columns: [column] });
    return new TableStream(kept.to(group).to(distinct, { column }).node);
  });

const keysOf = (predicate: PredicateOf): Native =>
  native((args, context) => {
    const found = series(args, predicate(args, context), context).to(keys);
    return new TableStream(found.to(keep, { columns: ['_value'] }).to(distinct).node);
  });

const givenTag = (args: Arguments): string => args.string('tag');

export const schema: Package = {
  fieldKeys: valuesOf(() => '_field', givenPredicate),
  fieldsAsCols: pipeline((_args, pipe) => pipe.to(pivot, { rowKey: ['_time'], columnKey: ['_field'], valueColumn: '_value' })),
  measurementFieldKeys: valuesOf(() => '_field', ofMeasurement),
  measurements: valuesOf(
    () => '_measurement',
    (_args, { compile }) => compile(EVERYTHING),
  ),
  measurementTagKeys: keysOf(ofMeasurement),
  measurementTagValues: valuesOf(givenTag, ofMeasurement),
  tagKeys: keysOf(givenPredicate),
  tagValues: valuesOf(givenTag, givenPredicate),
};
