/** Upper and lower case, letter by letter, as Go's `unicode` has it: no letter becomes two. */
import { LETTER_BYTES, lettersOf, ofText, ofTexts } from './arguments.js';

const isOne = (text: string): boolean => text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);

const mapLetters =
  (change: (letter: string) => string) =>
  (text: string): string => {
    let result = '';
    for (const letter of text) {
      const changed = change(letter);
      result += isOne(changed) ? changed : letter;
    }
    return result;
  };

const upper = mapLetters((letter) => letter.toUpperCase());
const lower = mapLetters((letter) => letter.toLowerCase());

/** The letters whose title case is not their upper case. */
const TITLE_CASE = new Map(lettersOf('ǄǅǆǇǈǉǊǋǌǱǲǳ').map((letter, i) => [letter, 'ǅǈǋǲ'[Math.floor(i / 3)] as string]));
const titleLetter = (letter: string): string => TITLE_CASE.get(letter) ?? letter.toUpperCase();

export const toUpper = ofText(upper);
export const toLower = ofText(lower);
export const toTitle = ofText(mapLetters(titleLetter));

const separatesWords = (letter: string): boolean =>
  letter < '\u0080' ? !/\w/.test(letter) : !/[\p{L}\p{Nd}]/u.test(letter) && /\p{White_Space}/u.test(letter);

/** The first letter of each word as a capital. */
export const title = ofText((text) => {
  let atStart = true;
  return mapLetters((letter) => {
    const changed = atStart ? titleLetter(letter) : letter;
    atStart = separatesWords(letter);
    return changed;
  })(text);
});

export const equalFold = ofTexts('v', 't', (a, b, { reserve }) => {
  reserve((a.length + b.length) * LETTER_BYTES);
  const left = lettersOf(a);
  const right = lettersOf(b);
  return left.length === right.length && left.every((letter, i) => foldsTo(letter, right[i] as string));
});

const foldsTo = (a: string, b: string): boolean => a === b || upper(a) === upper(b) || lower(a) === lower(b);
