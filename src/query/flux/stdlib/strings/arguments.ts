/** The arguments of functions of text, which take no nulls. */
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { displayValue, typeName } from '../../language/value.js';
import type { Arguments, CallContext, Native } from '../native.js';
import { native } from '../native.js';

const notOfType = (name: string, type: string, value: Value): Error =>
  fluxError(
    `expected argument "${name}" to be of type ${type}, got type ${value === null ? type : typeName(value)} value ${value === null ? '<nil>' : displayValue(value)}`,
  );

export function textArgument(args: Arguments, name: string): string {
  const value = args.required(name);
  if (typeof value !== 'string') throw notOfType(name, 'string', value);
  return value;
}

export function intArgument(args: Arguments, name: string): number {
  const value = args.required(name);
  if (typeof value !== 'bigint') throw notOfType(name, 'int', value);
  return Number(value);
}

/** A function of the text `v`. */
export const ofText = (call: (text: string) => string): Native =>
  native((args, context) => {
    const value = args.required('v');
    if (typeof value === 'string') {
      context.spend(value.length);
      return call(value);
    }
    throw fluxError(
      `cannot convert argument of type ${value === null ? 'string' : typeName(value)} value ${value === null ? '<nil>' : displayValue(value)} to upper case`,
    );
  });

/** A function of two texts. */
export const ofTexts = (first: string, second: string, call: (a: string, b: string, context: CallContext) => Value): Native =>
  native((args, context) => {
    const a = textArgument(args, first);
    const b = textArgument(args, second);
    context.spend(a.length + b.length);
    return call(a, b, context);
  });

/** What a letter takes that stands for itself. */
export const LETTER_BYTES = 16;

/** The code points of a text: what Go counts. */
export const lettersOf = (text: string): string[] => Array.from(text);
