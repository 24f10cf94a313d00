/** An answer in parts (`multipart/mixed`), read one after the other while it comes. */

export interface Part {
  /** Of its content disposition; empty where it has none. */
  readonly name: string;
  /** To be read to its end before the next part is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes that the headers of a part take at most. */
const HEADERS_BYTES_MAX = 16 * 1024;

const CRLF = '\r\n';
const END_OF_HEADERS = Buffer.from(CRLF + CRLF);

/** @throws Error for what is no such answer, or ends too early */
export async function* readParts(contentType: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Part> {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (boundary === null) throw new Error(`the answer is not in parts: ${contentType}`);
  const delimiter = Buffer.from(`${CRLF}--${boundary[1] ?? boundary[2] ?? ''}`);
  // The first one has no line break before it.
  const buffer = new ByteBuffer(bytes, Buffer.from(CRLF));
  await readAll(buffer.until(delimiter));
  while (!(await buffer.isNext('--'))) {
    const headers = Buffer.concat(await readAll(buffer.until(END_OF_HEADERS, HEADERS_BYTES_MAX))).toString('latin1');
    const body = buffer.until(delimiter);
    yield { name: /content-disposition:[^\r\n]*;\s*name="?([^"\r\n;]*)"?/i.exec(headers)?.[1] ?? '', body };
    await readAll(body);
  }
  // A connection is free again when its answer is read to the end.
  await buffer.skipRest();
}

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

class ByteBuffer {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer;

  constructor(bytes: AsyncIterable<Uint8Array>, first: Buffer) {
    this.#source = bytes[Symbol.asyncIterator]();
    this.#held = first;
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) throw new Error('the answer ended in the middle of a part');
    this.#held = Buffer.concat([this.#held, next.value]);
  }

  async skipRest(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }

  async isNext(text: string): Promise<boolean> {
    while (this.#held.length < text.length) await this.#more();
    return this.#held.subarray(0, text.length).toString('latin1') === text;
  }

  /** What comes before the mark, which is passed over. */
  async *until(mark: Buffer, bytesMax = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    let count = 0;
    for (;;) {
      const at = this.#held.indexOf(mark);
      // The mark may be cut in two: what could be its beginning is held back.
      const end = at < 0 ? Math.max(0, this.#held.length - mark.length + 1) : at;
      const piece = this.#held.subarray(0, end);
      this.#held = this.#held.subarray(at < 0 ? end : at + mark.length);
      count += piece.length;
      if (count > bytesMax) throw new Error('the headers of a part are too long');
      if (piece.length > 0) yield piece;
      if (at >= 0) return;
      await this.#more();
    }
  }
}
