/** Counts the bytes of requests and responses, for metrics of writes and queries. */

/** The same chunks; `count` receives the size of each. */
export async function* countBytes(
  body: AsyncIterable<string | Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<string | Uint8Array, void> {
  for await (const piece of body) {
    count(typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length);
    yield piece;
  }
}

export const bytesOf = (body: unknown): number => (body instanceof Uint8Array ? body.length : 0);
