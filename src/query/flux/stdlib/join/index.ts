/** Package `join`. */
import type { FunctionExpression } from '../../syntax/ast.js';
import type { Package } from '../native.js';
import { native } from '../native.js';
import type { JoinMethod } from './row-pairs.js';
import { joinBy, joined, tables } from './tables.js';

/** `(l, r) => l._time == r._time`. */
const SAME_TIME: FunctionExpression = {
  type: 'FunctionExpression',
  params: [{ key: { name: 'l' } }, { key: { name: 'r' } }],
  body: {
    type: 'BinaryExpression',
    operator: '==',
    left: { type: 'MemberExpression', object: { type: 'Identifier', name: 'l' }, property: { name: '_time' } },
    right: { type: 'MemberExpression', object: { type: 'Identifier', name: 'r' }, property: { name: '_time' } },
  },
};

export const join: Package = {
  tables,
  inner: joinBy('inner'),
  left: joinBy('left'),
  right: joinBy('right'),
  full: joinBy('full'),
  time: native((args, context) => joined(args, context, args.string('method', 'inner') as JoinMethod, context.compile(SAME_TIME)), 'left'),
};
