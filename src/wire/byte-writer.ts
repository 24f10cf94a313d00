/** Collects bytes in a buffer that grows. */

/** Small answers are many: a buffer begins with what one of them takes. */
const INITIAL_BYTES = 2 * 1024;

const NOTHING = Buffer.alloc(0);

export class ByteWriter {
  length = 0;
  private buffer = NOTHING;
  private nextBytes = INITIAL_BYTES;

  /** A text in UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.buffer.write(text, this.length);
  }

  /** A text without anything beyond ASCII. */
  ascii(text: string): void {
    const { length } = text;
    this.reserve(length);
    const { buffer } = this;
    let at = this.length;
    for (let i = 0; i < length; i++) buffer[at++] = text.charCodeAt(i);
    this.length = at;
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    const { buffer } = this;
    let at = this.length;
    // For a few bytes a loop is faster than a call into native code.
    if (length <= 64) for (let i = 0; i < length; i++) buffer[at++] = bytes[i] as number;
    else {
      buffer.set(bytes, at);
      at += length;
    }
    this.length = at;
  }

  byte(byte: number): void {
    this.reserve(1);
    this.buffer[this.length++] = byte;
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const taken = this.buffer.subarray(0, this.length);
    // The next piece is as long as this one, most often; the last of all has no next one.
    this.nextBytes = Math.max(INITIAL_BYTES, Math.ceil(this.length * 1.25));
    this.buffer = NOTHING;
    this.length = 0;
    return taken;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.length + count, this.length === 0 ? this.nextBytes : this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
