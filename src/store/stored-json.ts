/** JSON in the columns of the store, which may be damaged. */

/** Undefined if the text is not JSON, or not of the right form; the parser's message would reveal the content. */
export function readJson<T>(text: string, isRight: (value: unknown) => value is T): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRight(value) ? value : undefined;
}
