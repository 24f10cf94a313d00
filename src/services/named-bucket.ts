/** Finds the bucket that a script names without parsing the script, for the error of an actor without access to any bucket. */

/** A bucket that is named later in the script than this is not found. */
const LOOKED_AT_BYTES = 64 * 1024;
/** In a script as it is, or in the text of JSON, where quotes have a backslash before them. */
const NAMED = /\bfrom\s{0,100}\(\s{0,100}bucket(?:ID)?\s{0,100}:\s{0,100}\\?"([^"\\]{1,1000})\\?"/;

export function bucketNamedIn(body: Uint8Array): string | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, LOOKED_AT_BYTES)).toString('utf8');
  return NAMED.exec(text)?.[1];
}
