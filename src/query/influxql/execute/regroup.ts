/** Rows of fine groups gathered into coarser ones. */
import type { MemoryAccount } from '../../flux/execute/memory.js';
import { type Block, type Blocks, compareGroups, type Group, groupOf, type Rows } from './block.js';
import { bytesOfColumn, concatColumns } from './column.js';
import type { GroupInputs } from './gather.js';

/**
 * Each fine group becomes one input of its coarse group, in the order in which they come. Where the dimensions are the same, groups go on as
 * soon as they are complete.
 *
 * @param dimensions sorted, each once
 */
export async function* collectGroups(
  memory: MemoryAccount,
  blocks: Blocks,
  dimensions: readonly string[],
  ascending: boolean,
): AsyncGenerator<GroupInputs, void, undefined> {
  const collected = new Map<string, { group: Group; inputs: Rows[]; bytes: number }>();
  let current: { readonly fine: Group; readonly blocks: Block[]; bytes: number } | undefined;
  const finish = (): GroupInputs | undefined => {
    if (current === undefined) return undefined;
    const { fine, blocks: parts, bytes } = current;
    current = undefined;
    const rows = joinBlocks(parts);
    if (isSameDimensions(fine, dimensions))
      return {
        group: fine,
        inputs: [rows],
        release: () => {
          memory.release(bytes);
        },
      };
    const group = groupOf(fine.name, fine.tags, dimensions);
    const key = JSON.stringify([group.name, group.id]);
    const known = collected.get(key);
    if (known === undefined) collected.set(key, { group, inputs: [rows], bytes });
    else {
      known.inputs.push(rows);
      known.bytes += bytes;
    }
    return undefined;
  };
  for await (const block of blocks) {
    if (block.times.length === 0) continue;
    if (current?.fine !== block.group) {
      const done = finish();
      if (done !== undefined) yield done;
      current = { fine: block.group, blocks: [], bytes: 0 };
    }
    const bytes = bytesOfBlock(block);
    memory.hold(bytes);
    current.bytes += bytes;
    current.blocks.push(block);
  }
  const done = finish();
  if (done !== undefined) yield done;
  const groups = [...collected.values()].sort((a, b) => (ascending ? compareGroups(a.group, b.group) : compareGroups(b.group, a.group)));
  for (const { group, inputs, bytes } of groups)
    yield {
      group,
      inputs,
      release: () => {
        memory.release(bytes);
      },
    };
}

const isSameDimensions = ({ tags }: Group, dimensions: readonly string[]): boolean =>
  tags.length === dimensions.length && tags.every(([key], i) => dimensions[i] === key);

const bytesOfBlock = ({ times, value, aux }: Block): number =>
  [value, ...aux].reduce((sum, column) => sum + (column ? bytesOfColumn(column) : 0), times.length * 8);

function joinBlocks(blocks: readonly Block[]): Rows {
  const [first] = blocks as readonly [Block];
  if (blocks.length === 1) return first;
  const times = new BigInt64Array(blocks.reduce((sum, block) => sum + block.times.length, 0));
  let at = 0;
  for (const block of blocks) {
    times.set(block.times, at);
    at += block.times.length;
  }
  return {
    times,
    value: joinColumns(blocks, ({ value }) => value),
    aux: first.aux.map((_, i) => joinColumns(blocks, ({ aux }) => aux[i])),
  };
}

function joinColumns(blocks: readonly Block[], columnOf: (block: Block) => Rows['value']): Rows['value'] {
  const parts = blocks.map((block) => ({ column: columnOf(block), length: block.times.length }));
  const type = parts.find(({ column }) => column !== undefined)?.column?.type;
  return type && concatColumns(type, parts);
}
