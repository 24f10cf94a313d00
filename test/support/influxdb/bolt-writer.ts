/** Bolt files made for tests: the layout of bbolt, with leaf, branch and overflowing pages, and buckets in and beside their pages. */

export interface BoltTree {
  readonly [key: string]: Buffer | string | BoltTree;
}

const HEADER = 16;
const ELEMENT = 16;
const BRANCH = 1;
const LEAF = 2;
const META = 4;
const FREELIST = 16;

interface Item {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly flags: number;
}

/** @param keys are latin1 texts, so that any bytes can be keys */
export function makeBolt(tree: BoltTree, pageSize = 4096): Buffer {
  const pages = new Map<number, Buffer>();
  let next = 3;
  const allocate = (bytes: number): { readonly id: number; readonly page: Buffer } => {
    const count = Math.ceil(bytes / pageSize);
    const id = next;
    next += count;
    const page = Buffer.alloc(count * pageSize);
    page.writeBigUInt64LE(BigInt(id), 0);
    page.writeUInt32LE(count - 1, 12);
    pages.set(id, page);
    return { id, page };
  };
  const sizeOf = (items: readonly Item[]): number =>
    items.reduce((sum, { key, value }) => sum + ELEMENT + key.length + value.length, HEADER);

  const writeLeaf = (items: readonly Item[]): number => {
    const { id, page } = allocate(sizeOf(items));
    fillLeaf(page, items);
    return id;
  };
  const writeTree = (items: readonly Item[]): number => {
    let level = split(items, pageSize, ({ key, value }) => ELEMENT + key.length + value.length).map((part) => ({
      key: part[0]?.key ?? Buffer.alloc(0),
      id: writeLeaf(part),
    }));
    while (level.length > 1) {
      level = split(level, pageSize, ({ key }) => ELEMENT + key.length, 2).map((part) => {
        const { id, page } = allocate(part.reduce((sum, { key }) => sum + ELEMENT + key.length, HEADER));
        fillBranch(page, part);
        return { key: (part[0] as { key: Buffer }).key, id };
      });
    }
    return (level[0] as { id: number }).id;
  };
  const itemsOf = (branch: BoltTree): Item[] =>
    Object.entries(branch)
      .map(([name, value]): Item => {
        const key = Buffer.from(name, 'latin1');
        if (Buffer.isBuffer(value)) return { key, value, flags: 0 };
        if (typeof value === 'string') return { key, value: Buffer.from(value), flags: 0 };
        const items = itemsOf(value);
        const isSmall = sizeOf(items) <= pageSize / 4 && items.every(({ flags }) => flags === 0);
        const header = Buffer.alloc(16);
        if (!isSmall) header.writeBigUInt64LE(BigInt(writeTree(items)), 0);
        const inline = Buffer.alloc(isSmall ? sizeOf(items) : 0);
        if (isSmall) fillLeaf(inline, items);
        return { key, value: Buffer.concat([header, inline]), flags: 1 };
      })
      .sort((a, b) => Buffer.compare(a.key, b.key));

  const root = writeTree(itemsOf(tree));
  const file = Buffer.alloc(next * pageSize);
  for (const [id, page] of pages) page.copy(file, id * pageSize);
  file.writeBigUInt64LE(2n, 2 * pageSize);
  file.writeUInt16LE(FREELIST, 2 * pageSize + 8);
  writeMeta(file, 0, pageSize, root, next, 4n);
  writeMeta(file, 1, pageSize, root, next, 3n);
  return file;
}

function split<T>(all: readonly T[], pageSize: number, size: (item: T) => number, countMin = 1): T[][] {
  const parts: T[][] = [[]];
  let bytes = HEADER;
  for (const item of all) {
    const part = parts.at(-1) as T[];
    if (part.length >= countMin && bytes + size(item) > pageSize) {
      parts.push([item]);
      bytes = HEADER + size(item);
    } else {
      part.push(item);
      bytes += size(item);
    }
  }
  return parts;
}

function fillLeaf(page: Buffer, items: readonly Item[]): void {
  page.writeUInt16LE(LEAF, 8);
  page.writeUInt16LE(items.length, 10);
  let at = HEADER + ELEMENT * items.length;
  items.forEach(({ key, value, flags }, index) => {
    const element = HEADER + ELEMENT * index;
    page.writeUInt32LE(flags, element);
    page.writeUInt32LE(at - element, element + 4);
    page.writeUInt32LE(key.length, element + 8);
    page.writeUInt32LE(value.length, element + 12);
    key.copy(page, at);
    value.copy(page, at + key.length);
    at += key.length + value.length;
  });
}

function fillBranch(page: Buffer, children: readonly { readonly key: Buffer; readonly id: number }[]): void {
  page.writeUInt16LE(BRANCH, 8);
  page.writeUInt16LE(children.length, 10);
  let at = HEADER + ELEMENT * children.length;
  children.forEach(({ key, id }, index) => {
    const element = HEADER + ELEMENT * index;
    page.writeUInt32LE(at - element, element);
    page.writeUInt32LE(key.length, element + 4);
    page.writeBigUInt64LE(BigInt(id), element + 8);
    key.copy(page, at);
    at += key.length;
  });
}

/** @param slot 0 or 1 */
export function writeMeta(file: Buffer, slot: number, pageSize: number, root: number, pageCount: number, transaction: bigint): void {
  const page = slot * pageSize;
  file.writeBigUInt64LE(BigInt(slot), page);
  file.writeUInt16LE(META, page + 8);
  const meta = file.subarray(page + HEADER, page + HEADER + 64);
  meta.writeUInt32LE(0xed0cdaed, 0);
  meta.writeUInt32LE(2, 4);
  meta.writeUInt32LE(pageSize, 8);
  meta.writeBigUInt64LE(BigInt(root), 16);
  meta.writeBigUInt64LE(2n, 32);
  meta.writeBigUInt64LE(BigInt(pageCount), 40);
  meta.writeBigUInt64LE(transaction, 48);
  let hash = 0xcbf29ce484222325n;
  for (const byte of meta.subarray(0, 56)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  meta.writeBigUInt64LE(hash, 56);
}
