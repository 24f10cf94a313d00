/**
 * Crash rounds by hand; see rounds.ts.
 *
 *     npm run crash -- --rounds 300 [--seed 1] [--lines 10000] [--batches 25] [--points 3000000] [--clients 4] [--copies 0]
 *
 * `--lines` is the most that a batch has, `--batches` the most that a client sends at once, `--points` what all buckets may hold; with
 * `--copies N` the data directory is copied before each start, and the last N copies are kept. On a fault it tells what is missing, keeps
 * the data directory and ends with 1.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARTIFACTS_VARIABLE } from '../support/artifacts.js';
import { runRounds } from './rounds.js';

const DEFAULTS = { rounds: 20, seed: Date.now() % 1_000_000, lines: 10_000, batches: 25, points: 3_000_000, clients: 4, copies: 0 };

const { values } = parseArgs({
  options: Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, { type: 'string' as const }])),
});
const number = (name: keyof typeof DEFAULTS): number => {
  const value = Number(values[name] ?? DEFAULTS[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number`);
  return value;
};

const folder = (process.env[ARTIFACTS_VARIABLE] = mkdtempSync(join(tmpdir(), 'sluice-crash-')));
const seed = number('seed');
console.log(`seed ${seed}, data in ${folder}`);
const { faults, round, startCount, directory } = await runRounds({
  rounds: number('rounds'),
  seed,
  clients: number('clients'),
  lineCountMax: number('lines'),
  batchCountMax: number('batches'),
  pointCountMax: number('points'),
  copiesKept: number('copies'),
  tell: console.log,
});
if (faults.length === 0) {
  console.log(`${round} rounds and ${startCount} starts: all that was acknowledged is there`);
  rmSync(folder, { recursive: true, force: true });
} else {
  console.log(`seed ${seed}, round ${round}, start ${startCount}:\n${faults.map((fault) => `  ${fault}\n`).join('')}kept: ${directory}`);
  process.exitCode = 1;
}
