/** Package `regexp`. */
import { fluxError } from '../../language/errors.js';
import { Regexp, quoteMeta } from '../../language/regexp.js';
import type { Value } from '../../language/value.js';
import { displayValue } from '../../language/value.js';
import type { Arguments, Native, Package } from '../native.js';
import { native } from '../native.js';

function patternAndText(args: Arguments): { pattern: Regexp; text: string } {
  const pattern = args.required('r');
  const text = args.required('v');
  if (pattern instanceof Regexp && typeof text === 'string') return { pattern, text };
  const show = (value: Value): string => (value === null ? '<nil>' : displayValue(value));
  throw fluxError(
    `cannot execute function containing argument r of type regexp value ${show(pattern)} and argument v of type string value ${show(text)}`,
  );
}

const ofPattern = (call: (pattern: Regexp, text: string, args: Arguments) => Value): Native =>
  native((args) => {
    const { pattern, text } = patternAndText(args);
    return call(pattern, text, args);
  });

const bytesBefore = (text: string, at: number): bigint => BigInt(Buffer.byteLength(text.slice(0, at)));

export const regexp: Package = {
  compile: native((args) => new Regexp(args.string('v'))),
  quoteMeta: native((args) => quoteMeta(args.string('v'))),
  getString: native((args) => {
    const pattern = args.required('r');
    if (!(pattern instanceof Regexp)) throw fluxError('cannot execute function containing argument r of type regexp value <nil>');
    return pattern.source;
  }),
  findString: ofPattern((pattern, text) => pattern.find(text) ?? ''),
  findStringIndex: ofPattern((pattern, text) => (pattern.findIndex(text) ?? []).map((at) => bytesBefore(text, at))),
  matchRegexpString: ofPattern((pattern, text) => pattern.test(text)),
  replaceAllString: ofPattern((pattern, text, args) => pattern.replaceAll(text, args.string('t'))),
  splitRegexp: ofPattern((pattern, text, args) => pattern.split(text, args.count('i'))),
};
