/** A Bolt (bbolt) file, read only: its buckets, and their keys and values in the order of the keys. */
import type { ByteSource } from '../byte-source.js';
import { unreadable } from '../unreadable.js';
import { readMeta, type Meta } from './meta-page.js';
import { Page } from './page.js';

/** A tree of this depth would hold more than any file; what is deeper is damaged. */
const DEPTH_MAX = 40;
/** At the start of a bucket's value: the page of its root (0: the page follows right here), and a sequence. */
const BUCKET_HEADER_BYTES = 16;
/** Branches that are kept when values are looked up: few of them lead to very many leaves. */
const BRANCHES_KEPT_MAX = 1024;
const OUT_OF_ORDER = 'keys are out of order';

/** @throws DomainError naming the file, for what is no Bolt file or a damaged one */
export function openBolt(source: ByteSource): BoltBucket {
  const meta = readMeta(source);
  return new BoltBucket(source, meta, meta.rootPage, undefined);
}

/** Everything here throws DomainError naming the file where a page is damaged. */
export class BoltBucket {
  readonly #source: ByteSource;
  readonly #meta: Meta;
  readonly #root: number;
  readonly #inline: Page | undefined;
  readonly #branches = new Map<number, Page>();
  #isChecked = false;

  /** @internal */
  constructor(source: ByteSource, meta: Meta, root: number, inline: Page | undefined) {
    this.#source = source;
    this.#meta = meta;
    this.#root = root;
    this.#inline = inline;
  }

  /** Keys and values; the buckets within are left out. */
  *entries(): Generator<readonly [key: Buffer, value: Buffer]> {
    for (const { key, value, isBucket } of this.#leaves()) if (!isBucket) yield [key, value];
  }

  *bucketNames(): Generator<Buffer> {
    for (const { key, isBucket } of this.#leaves()) if (isBucket) yield key;
  }

  get(key: string | Uint8Array): Buffer | undefined {
    const found = this.#find(Buffer.from(key));
    return found === undefined || found.isBucket ? undefined : found.value;
  }

  bucket(name: string | Uint8Array): BoltBucket | undefined {
    const key = Buffer.from(name);
    const found = this.#find(key);
    if (found?.isBucket !== true) return undefined;
    const fail = (what: string): Error => unreadable(this.#source.name, `is damaged: bucket ${printKey(key)} ${what}`);
    if (found.value.length < BUCKET_HEADER_BYTES) throw fail('is cut off');
    const root = Number(found.value.readBigUInt64LE(0));
    if (root !== 0) return new BoltBucket(this.#source, this.#meta, root, undefined);
    const page = new Page(found.value.subarray(BUCKET_HEADER_BYTES), fail);
    if (!page.isLeaf) throw fail('is small and yet has branches');
    return new BoltBucket(this.#source, this.#meta, 0, page);
  }

  #rootPage(): Page {
    return this.#inline ?? this.#readKept(this.#root);
  }

  *#leaves(): Generator<{ readonly key: Buffer; readonly value: Buffer; readonly isBucket: boolean }> {
    // A page stands in a tree once: one that is met again is a cycle, or a tree that would never end.
    const met = new Set<number>([this.#root]);
    const path: { readonly page: Page; next: number }[] = [{ page: this.#rootPage(), next: 0 }];
    let last: Buffer | undefined;
    let floor: Buffer | undefined;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      if (top.next === top.page.count) {
        path.pop();
      } else if (top.page.isLeaf) {
        const element = top.page.leaf(top.next++);
        if (last !== undefined && Buffer.compare(last, element.key) >= 0) throw this.#damaged(OUT_OF_ORDER);
        if (floor !== undefined && Buffer.compare(floor, element.key) > 0) throw this.#damaged(OUT_OF_ORDER);
        last = element.key;
        yield element;
      } else {
        // What a child holds is not below its key in the branch, nor above that of the next.
        floor = top.page.branchKey(top.next);
        if (last !== undefined && Buffer.compare(last, floor) >= 0) throw this.#damaged(OUT_OF_ORDER);
        const child = top.page.branchChild(top.next++);
        if (met.has(child)) throw this.#damaged(`page ${child} is pointed at twice`);
        met.add(child);
        if (path.length === DEPTH_MAX) throw this.#damaged('its pages are nested too deep');
        path.push({ page: this.#readPage(child), next: 0 });
      }
    }
  }

  #find(key: Buffer): { readonly key: Buffer; readonly value: Buffer; readonly isBucket: boolean } | undefined {
    this.#check();
    let page = this.#rootPage();
    for (let depth = 0; !page.isLeaf; depth++) {
      if (depth === DEPTH_MAX) throw this.#damaged('its pages are nested too deep');
      const current = page;
      // The child that may hold the key is the last whose first key is not above it.
      const above = firstIndex(page.count, (index) => Buffer.compare(current.branchKey(index), key) > 0);
      page = this.#readKept(page.branchChild(Math.max(0, above - 1)));
    }
    const leaf = page;
    const index = firstIndex(page.count, (at) => Buffer.compare(leaf.leaf(at).key, key) >= 0);
    if (index === page.count) return undefined;
    const element = page.leaf(index);
    return element.key.equals(key) ? element : undefined;
  }

  /** Checks all keys once before any lookup: a damaged key would silently hide its value. */
  #check(): void {
    if (this.#isChecked) return;
    const leaves = this.#leaves();
    while (leaves.next().done !== true);
    this.#isChecked = true;
  }

  #readKept(id: number): Page {
    const kept = this.#branches.get(id);
    if (kept !== undefined) return kept;
    const page = this.#readPage(id);
    if (!page.isLeaf && this.#branches.size < BRANCHES_KEPT_MAX) this.#branches.set(id, page);
    return page;
  }

  #readPage(id: number): Page {
    const { pageSize, pageCount } = this.#meta;
    if (id < 2 || id >= pageCount) throw this.#damaged(`it points at page ${id}, which does not exist`);
    let bytes = this.#source.read(id * pageSize, pageSize);
    if (bytes.readBigUInt64LE(0) !== BigInt(id)) throw this.#damaged(`page ${id} has the number of another`);
    const overflow = bytes.readUInt32LE(12);
    if (id + overflow >= pageCount) throw this.#damaged(`page ${id} goes on behind the end`);
    if (overflow > 0) bytes = this.#source.read(id * pageSize, (overflow + 1) * pageSize);
    return new Page(bytes, (what) => this.#damaged(`page ${id} ${what}`));
  }

  #damaged(what: string): Error {
    return unreadable(this.#source.name, `is damaged: ${what}`);
  }
}

/** The first index below `count` for which the (monotonous) condition holds, else `count`. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Keys are texts, most of them; what is none is shown in hexadecimal. */
export const printKey = (key: Buffer): string =>
  /^[\x20-\x7e]*$/.test(key.toString('latin1')) ? key.toString('latin1') : `0x${key.toString('hex')}`;
