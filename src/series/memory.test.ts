/** The engine's share of the memory follows the machine and the container. */
import { expect, it } from 'vitest';
import { usualEngineMemoryBytes } from './memory.js';

const MiB = 1024 * 1024;

it.each([
  ['a quarter of the machine', 16_384, 0, 4096],
  ['of its container', 16_384, 4096, 1024],
  ['512 MiB where a quarter is less', 1536, 0, 512],
  ['half of a very small one', 16_384, 512, 256],
  ['no more than 8 GiB', 262_144, 2 ** 44, 8192],
])('the engine takes %s', (_what, machine, container, expected) => {
  expect(usualEngineMemoryBytes(machine * MiB, container * MiB)).toBe(expected * MiB);
});
