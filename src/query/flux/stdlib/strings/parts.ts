/** Functions that take texts apart and put them together. */
import { fluxError } from '../../language/errors.js';
import type { CallContext, Native } from '../native.js';
import { native } from '../native.js';
import { checkTextLength } from '../../language/text-length.js';
import { intArgument, LETTER_BYTES, lettersOf, ofTexts, textArgument } from './arguments.js';

/** What a piece of a text takes, and how many are made before it is asked for. */
const PIECE_BYTES = 48;
const PIECES_AT_A_TIME = 8192;

/** Pieces of a text between separators, at most `limit` where that is not negative. */
function pieces({ reserve }: CallContext, text: string, separator: string, limit: number, keepSeparator: boolean): string[] {
  if (limit === 0) return [];
  if (separator === '') {
    reserve(text.length * LETTER_BYTES);
    const letters = lettersOf(text);
    return limit < 0 || letters.length <= limit ? letters : [...letters.slice(0, limit - 1), letters.slice(limit - 1).join('')];
  }
  const found: string[] = [];
  let from = 0;
  for (let at = text.indexOf(separator); at >= 0 && (limit < 0 || found.length < limit - 1); at = text.indexOf(separator, from)) {
    if (found.length % PIECES_AT_A_TIME === 0) reserve(found.length * PIECE_BYTES);
    found.push(text.slice(from, keepSeparator ? at + separator.length : at));
    from = at + separator.length;
  }
  found.push(text.slice(from));
  return found;
}

export const split = ofTexts('v', 't', (text, separator, context) => pieces(context, text, separator, -1, false));
export const splitAfter = ofTexts('v', 't', (text, separator, context) => pieces(context, text, separator, -1, true));

const splitUpTo = (keepSeparator: boolean): Native =>
  native((args, context) => pieces(context, textArgument(args, 'v'), textArgument(args, 't'), intArgument(args, 'i'), keepSeparator));

export const splitN = splitUpTo(false);
export const splitAfterN = splitUpTo(true);

export const joinStr = native((args, context) => {
  const parts = args.array('arr').map((part) => {
    if (typeof part === 'string') return part;
    throw fluxError('expected elements of argument "arr" to be of type string, got type string value <nil>');
  });
  const separator = textArgument(args, 'v');
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0);
  checkTextLength(length - separator.length);
  context.reserve(length * 2);
  return parts.join(separator);
});

export const repeat = native((args, context) => {
  const text = textArgument(args, 'v');
  const count = intArgument(args, 'i');
  if (count < 0) throw fluxError('strings: negative Repeat count');
  context.reserve(text.length * count * 2);
  checkTextLength(text.length * count);
  return text.repeat(count);
});

function replaceUpTo(context: CallContext, text: string, part: string, by: string, limit: number): string {
  if (part !== '') {
    context.spend(text.length);
    const kept = pieces(context, text, part, limit < 0 ? -1 : limit + 1, false);
    const length = text.length + (kept.length - 1) * (by.length - part.length);
    context.reserve(length * 2);
    checkTextLength(length);
    return kept.join(by);
  }
  // Before each letter, and at the end.
  context.reserve(text.length * LETTER_BYTES);
  const letters = lettersOf(text);
  const places = limit < 0 ? letters.length + 1 : limit;
  const length = text.length + Math.min(places, letters.length + 1) * by.length;
  context.reserve(length * 2);
  checkTextLength(length);
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

export const strlen = native((args, context) => {
  const text = textArgument(args, 'v');
  context.spend(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count++;
  return BigInt(count);
});

export const substring = native((args, context) => {
  const text = args.string('v');
  context.reserve(text.length * LETTER_BYTES);
  const letters = lettersOf(text);
  const clamp = (at: bigint): number => Number(at < 0n ? 0n : at > BigInt(letters.length) ? BigInt(letters.length) : at);
  const start = clamp(args.int('start'));
  return letters.slice(start, Math.max(clamp(args.int('end')), start)).join('');
});
