/** The rules for new names of every kind: visible, complete and distinguishable. Existing names are not changed. */
import { invalid } from './errors.js';

/** Characters. Names are sent in query strings, at up to 12 bytes each, with others and a token, in 32 KiB of headers. */
export const NAME_LENGTH_MAX = 256;

/**
 * Controls, line separators, unpaired surrogates, and everything without width: zero-width characters, changes of writing direction,
 * fillers, selectors. Spaces are allowed anywhere, as in InfluxDB.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * @param what for example `user name`
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
