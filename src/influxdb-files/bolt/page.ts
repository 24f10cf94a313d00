/** One page of a Bolt file: its kind, and its elements with every length checked. */
import { PAGE_HEADER_BYTES } from './meta-page.js';

const BRANCH = 0x01;
const LEAF = 0x02;
const ELEMENT_BYTES = 16;
const BUCKET_FLAG = 0x01;

export interface LeafElement {
  readonly key: Buffer;
  readonly value: Buffer;
  /** The value is the header of a bucket within this one. */
  readonly isBucket: boolean;
}

/** The bytes of a page with those that overflow from it. Faults are thrown through `fail`, which names the file. */
export class Page {
  readonly #bytes: Buffer;
  readonly #fail: (what: string) => Error;
  readonly isLeaf: boolean;
  readonly count: number;

  /** @throws what `fail` makes, for a page that is neither leaf nor branch, or has less room than elements */
  constructor(bytes: Buffer, fail: (what: string) => Error) {
    this.#bytes = bytes;
    this.#fail = fail;
    if (bytes.length < PAGE_HEADER_BYTES) throw fail('is cut off');
    const flags = bytes.readUInt16LE(8);
    if (flags !== BRANCH && flags !== LEAF) throw fail(`has the unexpected kind ${flags}`);
    this.isLeaf = flags === LEAF;
    this.count = bytes.readUInt16LE(10);
    if (PAGE_HEADER_BYTES + this.count * ELEMENT_BYTES > bytes.length) throw fail(`is too short for ${this.count} elements`);
    if (!this.isLeaf && this.count === 0) throw fail('is a branch without children');
  }

  leaf(index: number): LeafElement {
    const at = PAGE_HEADER_BYTES + index * ELEMENT_BYTES;
    const flags = this.#bytes.readUInt32LE(at);
    const keyStart = at + this.#bytes.readUInt32LE(at + 4);
    const valueStart = keyStart + this.#bytes.readUInt32LE(at + 8);
    const end = valueStart + this.#bytes.readUInt32LE(at + 12);
    if (end > this.#bytes.length) throw this.#fail(`has an element ${index} that ends behind it`);
    return {
      key: this.#bytes.subarray(keyStart, valueStart),
      value: this.#bytes.subarray(valueStart, end),
      isBucket: (flags & BUCKET_FLAG) !== 0,
    };
  }

  branchKey(index: number): Buffer {
    const at = PAGE_HEADER_BYTES + index * ELEMENT_BYTES;
    const start = at + this.#bytes.readUInt32LE(at);
    const end = start + this.#bytes.readUInt32LE(at + 4);
    if (end > this.#bytes.length) throw this.#fail(`has an element ${index} that ends behind it`);
    return this.#bytes.subarray(start, end);
  }

  branchChild(index: number): number {
    return Number(this.#bytes.readBigUInt64LE(PAGE_HEADER_BYTES + index * ELEMENT_BYTES + 8));
  }
}
