/** Bytes that grow while they are written, and their reading back; little-endian, texts as UTF-8 with their length before them. */

const FIRST_BYTES = 4096;

export class ByteWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  length = 0;

  /** What was written; valid until the next write. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.length++] = value;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.length = this.#buffer.writeUInt32LE(value, this.length);
  }

  setUint32(position: number, value: number): void {
    this.#buffer.writeUInt32LE(value, position);
  }

  text(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    this.#reserve(4 + text.length * 3);
    const written = this.#buffer.write(text, this.length + 4, 'utf8');
    this.#buffer.writeUInt32LE(written, this.length);
    this.length += 4 + written;
  }

  array(array: ArrayBufferView): void {
    this.#reserve(array.byteLength);
    this.#buffer.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), this.length);
    this.length += array.byteLength;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.length);
    this.#buffer = grown;
  }
}

export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#position++);
  }

  uint32(): number {
    const value = this.#bytes.readUInt32LE(this.#position);
    this.#position += 4;
    return value;
  }

  text(): string {
    const length = this.uint32();
    const text = this.#bytes.toString('utf8', this.#position, this.#position + length);
    this.#position += length;
    return text;
  }

  /** Fills an array with the bytes that come next. */
  array<T extends ArrayBufferView>(array: T): T {
    const end = this.#position + array.byteLength;
    if (end > this.#bytes.length) throw new RangeError('the bytes end within an array');
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return array;
  }
}
