/** JSON in the columns of the store, which may be damaged. */

/** Undefined where the text is no JSON, or not of the right form; the words of the parser would show what stands there. */
export function readJson<T>(text: string, isRight: (value: unknown) => value is T): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRight(value) ? value : undefined;
}
