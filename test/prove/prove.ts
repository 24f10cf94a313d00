/**
 * Proves as far as chance can that nothing which a new token opens was closed to its maker.
 *
 *     npm run prove -- [--requests N=10000] [--seed S] [--from CASE=0]
 */
import { parseArgs } from 'node:util';
import { proveCase, type Tally } from './proof.js';
import { createWorld } from './world.js';

const COUNTEREXAMPLES_MAX = 5;

const { values } = parseArgs({
  options: { requests: { type: 'string' }, seed: { type: 'string' }, from: { type: 'string' } },
  strict: true,
});
const requests = Number(values.requests ?? 10_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const from = Number(values.from ?? 0);
if (![requests, seed, from].every(Number.isSafeInteger)) throw new Error('--requests, --seed and --from take whole numbers');

const tally: Tally = { cases: 0, created: 0, asked: 0, routes: new Map() };
const startedAtMs = performance.now();
const seconds = (): string => ((performance.now() - startedAtMs) / 1000).toFixed(1);
const world = await createWorld();
let found = 0;
try {
  console.log(`seed ${seed}, cases ${from} to ${from + requests - 1}`);
  for (let index = from; index < from + requests && found < COUNTEREXAMPLES_MAX; index++) {
    const counterexample = await proveCase(world, seed, index, tally);
    if (counterexample !== undefined) {
      found++;
      console.log(`\nthe new token may what ${counterexample.maker} may not; again: --seed ${seed} --from ${index} --requests 1`);
      console.log(JSON.stringify(counterexample, null, 2));
    }
    if (tally.cases % 10_000 === 0) console.log(`${tally.cases} cases, ${tally.created} tokens, ${seconds()} s`);
  }
} finally {
  await world.stop();
}
const routes = `${tally.routes.size} routes`;
console.log(`${tally.cases} cases, ${tally.created} tokens made, ${tally.asked} questions beyond their makers, ${routes}, ${seconds()} s`);
console.log(found === 0 ? 'nothing that a new token opened was closed to its maker' : `${found} counterexamples`);
process.exitCode = found === 0 ? 0 : 1;
