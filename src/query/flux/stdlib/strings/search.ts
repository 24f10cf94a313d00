/** Functions that look for something in a text. Places are bytes of UTF-8, as in Go. */
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { fluxError } from '../../language/errors.js';
import { native } from '../native.js';
import type { Native } from '../native.js';
import { ofTexts, textArgument } from './arguments.js';

const bytesBefore = (text: string, at: number): bigint => (at < 0 ? -1n : BigInt(Buffer.byteLength(text.slice(0, at))));

const indexOfAny = (text: string, chars: string): number => {
  const wanted = new Set(chars);
  let at = 0;
  for (const letter of text) {
    if (wanted.has(letter)) return at;
    at += letter.length;
  }
  return -1;
};

const lastIndexOfAny = (text: string, chars: string): number => {
  const wanted = new Set(chars);
  let at = 0;
  let last = -1;
  for (const letter of text) {
    if (wanted.has(letter)) last = at;
    at += letter.length;
  }
  return last;
};

export const hasPrefix = ofTexts('v', 'prefix', (text, prefix) => text.startsWith(prefix));
export const hasSuffix = ofTexts('v', 'suffix', (text, suffix) => text.endsWith(suffix));
export const containsStr = ofTexts('v', 'substr', (text, part) => text.includes(part));
export const containsAny = ofTexts('v', 'chars', (text, chars) => indexOfAny(text, chars) >= 0);
export const index = ofTexts('v', 'substr', (text, part) => bytesBefore(text, text.indexOf(part)));
export const indexAny = ofTexts('v', 'chars', (text, chars) => bytesBefore(text, indexOfAny(text, chars)));
export const lastIndex = ofTexts('v', 'substr', (text, part) => bytesBefore(text, text.lastIndexOf(part)));
export const lastIndexAny = ofTexts('v', 'chars', (text, chars) => bytesBefore(text, lastIndexOfAny(text, chars)));
export const compare = ofTexts('v', 't', (a, b) => BigInt(Math.sign(compareUtf8(a, b))));

const countLetters = (text: string): number => {
  let count = 0;
  for (const letter of text) count += letter === '' ? 0 : 1;
  return count;
};

export const countStr = ofTexts('v', 'substr', (text, part) => {
  // Between the letters and at both ends.
  if (part === '') return BigInt(countLetters(text) + 1);
  let count = 0n;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
});

/** A question about a text of one byte. */
const ofByte = (pattern: RegExp): Native =>
  native((args) => {
    const text = textArgument(args, 'v');
    if (Buffer.byteLength(text) !== 1) throw fluxError('"v" is not a valid argument: argument length is not equal to 1');
    return pattern.test(text);
  });

export const isDigit = ofByte(/[0-9]/);
export const isLetter = ofByte(/[A-Za-z]/);
export const isLower = ofByte(/[a-z]/);
export const isUpper = ofByte(/[A-Z]/);
