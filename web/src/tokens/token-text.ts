/** Texts that may be tokens: they belong into no address, no search and no log. */

/** Letters in a row without a blank from which on a text may be a token. */
const LENGTH_MIN = 40;
const LONG = new RegExp(`\\S{${LENGTH_MIN},}`);
/** As it stands in a header. */
const IN_HEADER = /^\s*(?:authorization:\s*)?(?:bearer\s+\S|token\s+\S{16,}\s*$)/i;
const PASTED_HEADER = /^\s*(?:authorization:\s*)?(?:bearer|token)\s+\S{8,}\s*$/i;

export const mayBeToken = (text: string): boolean => LONG.test(text) || IN_HEADER.test(text);

/** Pasted text is less likely a search term. */
export const mayBePastedToken = (text: string): boolean => mayBeToken(text) || PASTED_HEADER.test(text);

/** The token alone, of what was copied with it: a header, a line of a file, quotes. */
export function tokenIn(text: string): string {
  const bare = text.trim().replace(/^(?:authorization:\s*)?(?:bearer|token)\s+/i, '');
  const word = LONG.exec(bare)?.[0] ?? bare;
  return word.replace(/^\w+=(?=[^=])/, '').replace(/^["']|["',;]+$/g, '');
}
