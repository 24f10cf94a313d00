/** What a new name must be, of whatever kind: one that people can see whole and tell from another. Names that are there stay as they are. */
import { invalid } from './errors.js';

/** Characters. Names go into query strings, where each may take 12 bytes, beside others and a token, in 32 KiB of headers. */
export const NAME_LENGTH_MAX = 256;

/**
 * Controls, line separators, halves of characters, and all that takes no room: zero-width characters, what turns the direction of writing,
 * fillers, selectors. Blanks may stand anywhere, as in InfluxDB.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * @param what `user name`
 * @throws DomainError `invalid`
 */
export function checkNewName(what: string, name: string): void {
  // Counted without splitting it first: it may be as long as a document.
  const length = name.length > 2 * NAME_LENGTH_MAX ? name.length : Array.from(name).length;
  if (length > NAME_LENGTH_MAX) throw invalid(`${what} is too long: it has ${length} characters, and may have ${NAME_LENGTH_MAX}`);
  // Pictures are made of several characters, some of which do not show.
  const emoji = new RegExp('\\p{RGI_Emoji}', 'gv');
  const found = INVISIBLE.exec(name.replace(emoji, ''))?.[0];
  if (found === undefined) return;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw invalid(`${what} contains a character that does not show, U+${code}: leave it out`);
}
