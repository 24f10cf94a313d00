/** A small part of what `npm run prove -- --requests N` does, and that it leaves no route out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASKS, NOT_ASKED } from './asks.js';
import { proveCase, type Tally } from './proof.js';
import { createWorld, type World } from './world.js';

const CASES = 600;

describe('what a new token opens', () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.stop());

  it('is asked of every route that asks who comes', () => {
    const known = [...Object.keys(ASKS), ...Object.keys(NOT_ASKED)];
    expect(world.routes.filter((route) => !known.includes(route))).toEqual([]);
    expect(known.filter((route) => !world.routes.includes(route))).toEqual([]);
  });

  it('was not closed to its maker', async () => {
    const seed = Date.now() % 1_000_000;
    const tally: Tally = { cases: 0, created: 0, asked: 0, routes: new Map() };
    for (let index = 0; index < CASES; index++) expect(await proveCase(world, seed, index, tally)).toBeUndefined();
    // Were nobody given a token, or no question left to ask, it would prove nothing.
    expect(tally.created).toBeGreaterThan(CASES / 10);
    expect(tally.asked).toBeGreaterThan(CASES / 10);
  }, 120_000);
});
