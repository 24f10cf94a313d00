/** Functions that take something off the ends of a text. */
import { lettersOf, ofText, ofTexts } from './arguments.js';

/** Takes off letters that fit, from the start, the end or both. */
function trimLetters(text: string, fits: (letter: string) => boolean, start: boolean, end: boolean): string {
  const letters = lettersOf(text);
  let from = 0;
  let to = letters.length;
  if (start) while (from < to && fits(letters[from] as string)) from++;
  if (end) while (to > from && fits(letters[to - 1] as string)) to--;
  return letters.slice(from, to).join('');
}

const inSet = (cutset: string): ((letter: string) => boolean) => {
  const letters = new Set(cutset);
  return (letter) => letters.has(letter);
};

export const trim = ofTexts('v', 'cutset', (text, cutset) => trimLetters(text, inSet(cutset), true, true));
export const trimLeft = ofTexts('v', 'cutset', (text, cutset) => trimLetters(text, inSet(cutset), true, false));
export const trimRight = ofTexts('v', 'cutset', (text, cutset) => trimLetters(text, inSet(cutset), false, true));
export const trimPrefix = ofTexts('v', 'prefix', (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text));
export const trimSuffix = ofTexts('v', 'suffix', (text, suffix) =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
);

const WHITE_SPACE = /\p{White_Space}/u;

export const trimSpace = ofText((text) => trimLetters(text, (letter) => WHITE_SPACE.test(letter), true, true));
