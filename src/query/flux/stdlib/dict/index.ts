/** Package `dict`. */
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { Dictionary, isRecord, typeName } from '../../language/value.js';
import type { Arguments, Package } from '../native.js';
import { native } from '../native.js';

function dictionaryOf(args: Arguments): Dictionary {
  const value = args.required('dict');
  if (!(value instanceof Dictionary)) throw fluxError(`keyword argument "dict" should be of kind dictionary, but got ${typeName(value)}`);
  return value;
}

function pairOf(value: Value): readonly [Value, Value] {
  if (!isRecord(value)) throw fluxError(`a pair should be of kind object, but got ${typeName(value)}`);
  return [value.get('key') ?? null, value.get('value') ?? null];
}

export const dict: Package = {
  fromList: native((args) => new Dictionary(args.array('pairs').map(pairOf))),
  get: native((args) => dictionaryOf(args).get(args.required('key')) ?? args.required('default')),
  insert: native((args) => dictionaryOf(args).with(args.required('key'), args.required('value'))),
  remove: native((args) => dictionaryOf(args).without(args.required('key'))),
};
