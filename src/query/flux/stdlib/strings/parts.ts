/** Functions that take texts apart and put them together. */
import { fluxError } from '../../language/errors.js';
import type { CallContext, Native } from '../native.js';
import { native } from '../native.js';
import { intArgument, lettersOf, ofTexts, textArgument } from './arguments.js';

/** Pieces of a text between separators, at most `limit` where that is not negative. */
function pieces(text: string, separator: string, limit: number, keepSeparator: boolean): string[] {
  if (limit === 0) return [];
  if (separator === '') {
    const letters = lettersOf(text);
    return limit < 0 || letters.length <= limit ? letters : [...letters.slice(0, limit - 1), letters.slice(limit - 1).join('')];
  }
  const found: string[] = [];
  let from = 0;
  for (let at = text.indexOf(separator); at >= 0 && (limit < 0 || found.length < limit - 1); at = text.indexOf(separator, from)) {
    found.push(text.slice(from, keepSeparator ? at + separator.length : at));
    from = at + separator.length;
  }
  found.push(text.slice(from));
  return found;
}

export const split = ofTexts('v', 't', (text, separator) => pieces(text, separator, -1, false));
export const splitAfter = ofTexts('v', 't', (text, separator) => pieces(text, separator, -1, true));

const splitUpTo = (keepSeparator: boolean): Native =>
  native((args) => pieces(textArgument(args, 'v'), textArgument(args, 't'), intArgument(args, 'i'), keepSeparator));

export const splitN = splitUpTo(false);
export const splitAfterN = splitUpTo(true);

export const joinStr = native((args, context) => {
  const parts = args.array('arr').map((part) => {
    if (typeof part === 'string') return part;
    throw fluxError('expected elements of argument "arr" to be of type string, got type string value <nil>');
  });
  const separator = textArgument(args, 'v');
  context.reserve(parts.reduce((sum, part) => sum + part.length + separator.length, 0) * 2);
  return parts.join(separator);
});

export const repeat = native((args, context) => {
  const text = textArgument(args, 'v');
  const count = intArgument(args, 'i');
  if (count < 0) throw fluxError('strings: negative Repeat count');
  context.reserve(text.length * count * 2);
  return text.repeat(count);
});

function replaceUpTo({ reserve }: CallContext, text: string, part: string, by: string, limit: number): string {
  if (part !== '') {
    const kept = pieces(text, part, limit < 0 ? -1 : limit + 1, false);
    reserve((text.length + (kept.length - 1) * by.length) * 2);
    return kept.join(by);
  }
  // Before each letter, and at the end.
  const letters = lettersOf(text);
  const places = limit < 0 ? letters.length + 1 : limit;
  reserve((text.length + Math.min(places, letters.length + 1) * by.length) * 2);
  let result = '';
  for (let i = 0; i <= letters.length; i++) result += (i < places ? by : '') + (letters[i] ?? '');
  return result;
}

export const replace = native((args, context) =>
  replaceUpTo(context, textArgument(args, 'v'), textArgument(args, 't'), textArgument(args, 'u'), intArgument(args, 'i')),
);

export const replaceAll = native((args, context) =>
  replaceUpTo(context, textArgument(args, 'v'), textArgument(args, 't'), textArgument(args, 'u'), -1),
);

export const strlen = native((args) => BigInt(lettersOf(textArgument(args, 'v')).length));

export const substring = native((args) => {
  const letters = lettersOf(args.string('v'));
  const clamp = (at: bigint): number => Number(at < 0n ? 0n : at > BigInt(letters.length) ? BigInt(letters.length) : at);
  const start = clamp(args.int('start'));
  return letters.slice(start, Math.max(clamp(args.int('end')), start)).join('');
});
