/**
 * Broken input without end: lines, Flux and InfluxQL, bent from recorded ones. Whatever comes in is accepted or refused with a clear error:
 * no crash, no hang, no internal error.
 *
 *     npx tsx test/fuzz/fuzz.ts lines|flux|influxql [INPUTS=1000000] [SEED=1]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../src/domain/errors.js';
import { parseLineProtocol } from '../../src/wire/line-protocol.js';
import { csvOf, DATA, environmentWith, NOW_NS } from '../support/flux.js';
import { askInfluxql, DATA_BUCKET } from '../support/influxql.js';
import { MemoryEngine } from '../support/memory-engine.js';
import { createRandom } from '../support/random.js';

/** Longer than any input of these takes that is refused for taking too long. */
const HANG_MS = 10_000;
const INPUT_LENGTH_MAX = 4000;
const FAILURES_SHOWN_MAX = 20;
const CASES = join(import.meta.dirname, '../conformance/cases');
const POINTS = `m,t=a f=1,i=2i,u=3u,b=true,s="x" 1
m,t=b f=2.5,i=-2i 60000000000
m,t=a,u=ü f=-1e300 120000000000
n v=1 9000000000000000000`;

/** Bodies and parameters that were sent to one path in recorded conversations. */
function* recordedTexts(prefix: string, path: string): Generator<string> {
  for (const name of readdirSync(CASES).filter((file) => file.startsWith(prefix))) {
    const { steps } = JSON.parse(readFileSync(join(CASES, name), 'utf8')) as { steps: any[] };
    for (const { request } of steps) {
      if (request?.path?.startsWith(path) !== true) continue;
      if (typeof request.body === 'string') yield request.body;
      if (typeof request.json?.query === 'string') yield request.json.query;
      const q = new URL(request.path, 'http://x').searchParams.get('q');
      if (q !== null) yield q;
    }
  }
}

function createBender(corpus: readonly string[], random: () => number): () => string {
  const below = (bound: number): number => Math.floor(random() * bound);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const pieces = [...new Set(corpus.flatMap((text) => text.match(/\w+|\s+|[^\w\s]/g) ?? []))];
  const odd = [
    '\0',
    '\\',
    '"',
    "'",
    '\n',
    '\r\n',
    '\u00ff',
    '\ud800',
    '💧',
    '-',
    '1e400',
    '9223372036854775808',
    '0x',
    '(',
    '((((',
    '}',
    '/*',
    '//',
    '=~ /(a*)*b/',
  ];
  const bend = (text: string): string => {
    const [from, to] = [below(text.length + 1), below(text.length + 1)].sort((a, b) => a - b) as [number, number];
    switch (below(7)) {
      case 0:
        return text.slice(0, from) + text.slice(from + 1 + below(4));
      case 1:
        return text.slice(0, from) + pick(pieces) + text.slice(from);
      case 2:
        return text.slice(0, from) + pick(odd) + text.slice(from);
      case 3:
        return text.slice(0, to) + text.slice(from, to) + text.slice(to);
      case 4:
        return text.slice(0, from) + pick(corpus).slice(below(20));
      case 5:
        return text.slice(0, from) + String.fromCharCode(below(256)) + text.slice(from + 1);
      default:
        return text.slice(from, to) || text;
    }
  };
  return () => {
    let text = pick(corpus);
    for (let times = 1 + below(3); times > 0; times--) text = bend(text);
    return text.slice(0, INPUT_LENGTH_MAX);
  };
}

type Target = (input: string, signal: AbortSignal) => Promise<unknown>;

const TARGETS: Readonly<Record<string, { prefixes: readonly string[]; path: string; prepare: () => Promise<Target> }>> = {
  lines: {
    prefixes: ['write-'],
    path: '/api/v2/write',
    prepare: () =>
      Promise.resolve(async (input) => {
        const batch = parseLineProtocol(Buffer.from(input, input.length % 2 === 0 ? 'utf8' : 'latin1'), 'ns', NOW_NS);
        await new MemoryEngine().write(DATA.id, batch);
      }),
  },
  flux: {
    prefixes: ['flux-'],
    path: '/api/v2/query',
    prepare: async () => {
      const environment = await environmentWith(POINTS);
      return (input, signal) => csvOf(input, { ...environment, signal, memoryBytesMax: 16 * 1024 * 1024 });
    },
  },
  influxql: {
    prefixes: ['v1-'],
    path: '/query',
    prepare: async () => {
      const memory = new MemoryEngine();
      // Points stay what they are, so that every input meets the same ones.
      const engine = { read: memory.read.bind(memory), series: memory.series.bind(memory), delete: () => Promise.resolve() };
      await memory.write(DATA_BUCKET, parseLineProtocol(Buffer.from(POINTS), 'ns', NOW_NS));
      return (q, signal) => askInfluxql(engine, { q }, { signal, memoryBytesMax: 16 * 1024 * 1024 });
    },
  },
};

const [kind = '', inputs = '1000000', seed = '1'] = process.argv.slice(2);
const target = TARGETS[kind];
if (target === undefined) throw new Error(`one of ${Object.keys(TARGETS).join(', ')}`);
const corpus = target.prefixes.flatMap((prefix) => [...recordedTexts(prefix, target.path)]);
const random = createRandom(Number(seed));
const next = createBender(corpus, () => random.next());
const run = await target.prepare();

const startedAtMs = performance.now();
const counts = { accepted: 0, refused: 0, failed: 0 };
let slowestMs = 0;
let current = '';
// A hang leaves no turn for a timer of this thread: say what it was before it began, when asked by the signal of a watcher.
process.on('SIGUSR2', () => {
  console.error(JSON.stringify(current));
});
for (let i = 1; i <= Number(inputs); i++) {
  current = next();
  const beganAtMs = performance.now();
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DOMException('too long', 'TimeoutError'));
  }, HANG_MS / 2);
  try {
    await run(current, controller.signal);
    counts.accepted++;
  } catch (error) {
    const isRefusal = error instanceof DomainError && error.code !== 'internal error';
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    if (isRefusal) counts.refused++;
    else if (counts.failed++ < FAILURES_SHOWN_MAX) console.error(isTimeout ? 'TOO LONG' : error, JSON.stringify(current));
  }
  clearTimeout(timer);
  const tookMs = performance.now() - beganAtMs;
  if (tookMs > slowestMs) {
    slowestMs = tookMs;
    if (tookMs > 1000) console.error(`${Math.round(tookMs)} ms: ${JSON.stringify(current)}`);
  }
  if (i % Math.ceil(Number(inputs) / 10) === 0) {
    const seconds = (performance.now() - startedAtMs) / 1000;
    console.log(`${i} inputs in ${seconds.toFixed(0)} s: ${JSON.stringify(counts)}, the slowest ${slowestMs.toFixed(0)} ms`);
  }
}
process.exit(counts.failed === 0 ? 0 : 1);
