import { expect, it, vi } from 'vitest';
import { ALL_CHANGED, OTHERS_CHANGES_MS_MAX, type Change } from '../domain/store.js';
import { CHANGES_KEPT, CHANGES_PER_COMMIT_MAX, openChangeLog } from './change-log.js';
import { followChanges } from './follow.js';
import { migrations } from './migrations/index.js';
import { openConnection } from './sqlite-connection.js';

const change = (n: number): Change => ({ noun: 'user', kind: 'update', id: `u${n}` });

async function aLog() {
  const { kysely } = openConnection(':memory:', () => undefined);
  await migrations['0006-changes']?.up(kysely);
  return { kysely, open: () => openChangeLog(kysely, kysely) };
}

it('tells of more changes than are read at once, in their order', async () => {
  const { open } = await aLog();
  const [one, other] = [await open(), await open()];
  const all = Array.from({ length: 2_500 }, (_, n) => change(n));
  for (let start = 0; start < all.length; start += 500) await one.append(all.slice(start, start + 500));
  await other.append([change(9_999)]);
  expect(await other.readOthers()).toEqual(all);
  expect(await other.readOthers()).toEqual([]);
  expect(await one.readOthers()).toEqual([change(9_999)]);
  expect(await (await open()).readOthers()).toEqual([]);
});

it('keeps so many, and takes everything for changed where it has missed some', async () => {
  const { kysely, open } = await aLog();
  const [one, other] = [await open(), await open()];
  const many = Array.from({ length: CHANGES_PER_COMMIT_MAX }, (_, n) => change(n));
  for (let n = 0; n < 15; n++) await one.append(many);
  const { count } = await kysely
    .selectFrom('changes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  expect(count).toBe(CHANGES_KEPT);
  const told = await other.readOthers();
  expect(told.slice(0, ALL_CHANGED.length)).toEqual(ALL_CHANGED);
  await one.append([change(1)]);
  expect(await other.readOthers()).toEqual([change(1)]);
});

it('takes everything for changed where the log cannot be read', async () => {
  vi.useFakeTimers();
  try {
    const told: Change[] = [];
    const stop = followChanges({ readOthers: () => Promise.reject(new Error('gone')) }, (changes) => told.push(...changes));
    await vi.advanceTimersByTimeAsync(OTHERS_CHANGES_MS_MAX);
    expect(told.slice(0, ALL_CHANGED.length)).toEqual(ALL_CHANGED);
    const count = told.length;
    await stop();
    await vi.advanceTimersByTimeAsync(OTHERS_CHANGES_MS_MAX);
    expect(told).toHaveLength(count);
  } finally {
    vi.useRealTimers();
  }
});
