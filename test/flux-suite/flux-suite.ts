/**
 * InfluxData's own end-to-end tests of Flux, which stay outside of this project, against our evaluator and engine:
 *
 *     npm run flux-suite -- --stdlib ../flux/stdlib [--stdlib ../influxdb/query/stdlib] [--only PATTERN] [--json] [--update]
 *
 * The cases that fail are those of `failing.txt`, each with the reason why it may; one more, and the exit code is 1.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDuckDbEngine } from '../../src/series/duckdb.js';
import { TestModule, testCases } from './cases.js';
import { failureOf } from './run-case.js';

const FAILING = join(import.meta.dirname, 'failing.txt');
const PROGRESS_EVERY = 100;
/** Cases that the authors have switched off. */
const SKIPPED_TAG = 'skip';
const NO_REASON = 'not yet';

interface Outcome {
  readonly id: string;
  readonly failure: string | undefined;
}

const { values: options } = parseArgs({
  options: {
    stdlib: { type: 'string', multiple: true },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Case -> why it may fail. */
function readFailing(): Map<string, string> {
  const lines = readFileSync(FAILING, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'));
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

async function runAll(modules: readonly TestModule[], only: RegExp | undefined): Promise<Outcome[]> {
  const directory = mkdtempSync(join(tmpdir(), 'flux-suite-'));
  const engine = await openDuckDbEngine({ directory, memoryLimitBytes: 256 * 1024 * 1024, threads: 2, onEvent: () => undefined });
  const outcomes: Outcome[] = [];
  try {
    for await (const testCase of testCases(modules)) {
      if (only?.test(testCase.id) === false || testCase.tags.includes(SKIPPED_TAG)) continue;
      const failure = await failureOf(testCase, engine, outcomes.length + 1);
      outcomes.push({ id: testCase.id, failure });
      if (outcomes.length % PROGRESS_EVERY === 0) say(`${outcomes.length} cases, ${outcomes.filter((one) => one.failure).length} failed`);
    }
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return outcomes;
}

function writeFailing(failed: readonly Outcome[], known: ReadonlyMap<string, string>): void {
  const comments = readFileSync(FAILING, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('//'));
  writeFileSync(FAILING, `${[...comments, ...failed.map(({ id }) => `${id}\t${known.get(id) ?? NO_REASON}`)].join('\n')}\n`);
}

async function main(): Promise<void> {
  // The parser says hello on the standard output, which belongs to the answer.
  console.log = console.info = console.error;
  const { stdlib, only, json, update } = options;
  if (stdlib === undefined) {
    say('say where the tests are: npm run flux-suite -- --stdlib DIR, the folder `stdlib` of a checkout of influxdata/flux');
    process.exitCode = 2;
    return;
  }
  const outcomes = await runAll(
    stdlib.map((folder) => new TestModule(folder)),
    only === undefined ? undefined : new RegExp(only),
  );
  const known = readFailing();
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  const newlyFailing = failed.filter(({ id }) => !known.has(id));
  const passing = outcomes.filter(({ id, failure }) => failure === undefined && known.has(id));
  if (json)
    process.stdout.write(`${JSON.stringify({ cases: outcomes.length, passed: outcomes.length - failed.length, failed }, null, 1)}\n`);
  else for (const { id, failure } of failed) say(`${known.has(id) ? 'known' : 'NEW  '} ${id}: ${(failure ?? '').slice(0, 300)}`);
  for (const { id } of passing) say(`passes and is in failing.txt: ${id}`);
  say(`${outcomes.length - failed.length} of ${outcomes.length} cases pass, ${newlyFailing.length} fail that did not`);
  if (update) writeFailing(failed, known);
  if (newlyFailing.length > 0 && !update) process.exitCode = 1;
}

await main();
