/** The bucket that a script names, found without reading the script: to say that it is not there to somebody for whom none is. */

/** Whoever names his bucket later than this is told of none. */
const LOOKED_AT_BYTES = 64 * 1024;
/** In a script as it is, or in the text of JSON, where quotes have a backslash before them. */
const NAMED = /\bfrom\s{0,100}\(\s{0,100}bucket(?:ID)?\s{0,100}:\s{0,100}\\?"([^"\\]{1,1000})\\?"/;

export function bucketNamedIn(body: Uint8Array): string | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, LOOKED_AT_BYTES)).toString('utf8');
  return NAMED.exec(text)?.[1];
}
