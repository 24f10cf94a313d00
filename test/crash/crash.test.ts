/** Crash rounds, a few of them; `npm run crash -- --rounds 300` is the long run. */
import { readdirSync, rmSync, truncateSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runRounds, type CrashOptions } from './rounds.js';

const SMALL: CrashOptions = {
  rounds: 20,
  seed: Number(process.env.SEED ?? Date.now() % 1_000_000),
  clients: 4,
  lineCountMax: 4_000,
  batchCountMax: 20,
  pointCountMax: 500_000,
  tell: () => undefined,
};

it(`killed at any moment, a server has all that it acknowledged (seed ${SMALL.seed})`, { timeout: 300_000 }, async () => {
  const { faults, startCount } = await runRounds(SMALL);
  expect(faults).toEqual([]);
  expect(startCount).toBeGreaterThan(SMALL.rounds);
});

const spoil = {
  'a log that was cut off': (directory: string) => {
    for (const name of readdirSync(join(directory, 'series'))) {
      const file = join(directory, 'series', name);
      if (name.startsWith('log-')) truncateSync(file, statSync(file).size >> 1);
    }
  },
  'a store that is older than its log': (directory: string) => {
    rmSync(join(directory, 'sluice.sqlite-wal'), { force: true });
  },
};

it.each(Object.entries(spoil))('what they look at shows %s', { timeout: 300_000 }, async (_, beforeStart) => {
  expect((await runRounds({ ...SMALL, seed: 7, beforeStart })).faults).not.toEqual([]);
});
