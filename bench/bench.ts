/**
 * Everything that is said of speed, in one run: a table and JSON.
 *
 *     npm run bench                                              this build alone
 *     npm run bench -- --against URL --token-file F              the same load on any InfluxDB 2.x, in turns, with ratios
 *     npm run bench -- growth                                    how figures grow with what is stored (growth.ts)
 *
 * Options: --rounds 3, --seconds 3 (of each round of requests), --lines 500000, --series 100,1000, --queries 60 (of each kind and round),
 * --json FILE, --port 19086, --only WORD (figures whose name has it). Of the other server: --org NAME (bench), and either --against-pid PID
 * or --against-command 'influxd ...', which is started, set up and restarted here; without one of them its memory, its processor time and
 * its first query after a start are not known. It should be a server whose contents do not matter: tokens and points stay behind.
 */
import { writeFileSync, readFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSION } from '../src/version.js';
import { growth } from './growth.js';
import { batches, queries, requests, roundOf, timed, writeBatches, type Round } from './load.js';
import { sluice, Target } from './target.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: 'string' },
    'token-file': { type: 'string' },
    'against-pid': { type: 'string' },
    'against-command': { type: 'string' },
    org: { type: 'string', default: 'bench' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    lines: { type: 'string', default: '500000' },
    series: { type: 'string', default: '100,1000' },
    queries: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    small: { type: 'boolean', default: false },
    json: { type: 'string', default: join(tmpdir(), `sluice-bench-${Date.now()}.json`) },
    port: { type: 'string', default: '19086' },
  },
});

/** What a target came to in a figure, over all rounds. */
interface Measured {
  readonly rounds: (Round & { readonly cpuMs: number | undefined })[];
}

interface Figure {
  readonly name: string;
  /** A rate counts operations, more being better; a latency is that of one operation. */
  readonly kind: 'rate' | 'latency' | 'megabytes';
  readonly measured: Map<Target, Measured>;
}

const figures: Figure[] = [];
const rounds = Number(options.rounds);
const duration = Number(options.seconds);
const isWanted = (name: string): boolean => name.includes(options.only);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function figure(name: string, kind: Figure['kind']): Figure {
  const known = figures.find((one) => one.name === name);
  if (known !== undefined) return known;
  const made: Figure = { name, kind, measured: new Map() };
  figures.push(made);
  return made;
}

async function measure(name: string, kind: Figure['kind'], target: Target, work: () => Promise<Round>): Promise<void> {
  const { measured } = figure(name, kind);
  const before = target.cpuMs();
  const round = await work();
  const after = target.cpuMs();
  const known = measured.get(target) ?? { rounds: [] };
  measured.set(target, known);
  known.rounds.push({ ...round, cpuMs: before === undefined || after === undefined ? undefined : after - before });
}

/** The targets in turns, another one first in each round. */
async function inTurns(
  name: string,
  kind: Figure['kind'],
  targets: readonly Target[],
  work: (target: Target, round: number) => Promise<Round>,
) {
  if (!isWanted(name)) return;
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? targets : [...targets].reverse();
    for (const target of order) await measure(name, kind, target, () => work(target, round));
  }
}

const note = (name: string, target: Target, megabytes: number | undefined): void => {
  if (megabytes === undefined || !isWanted(name)) return;
  const round = { operations: 1, seconds: 0, p50Ms: megabytes, p99Ms: megabytes, cpuMs: undefined };
  figure(name, 'megabytes').measured.set(target, { rounds: [round] });
};

async function requestFigures(targets: readonly Target[]): Promise<void> {
  const prepared = new Map<Target, { path: string; create: string }>();
  for (const target of targets) {
    const id = await target.createBucket('small');
    const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', id, orgID: target.orgID } }));
    prepared.set(target, { path: `/api/v2/buckets/${id}`, create: JSON.stringify({ orgID: target.orgID, permissions }) });
  }
  const of = (target: Target) => prepared.get(target) ?? { path: '', create: '' };
  const small = 'cpu,host=a usage=1';
  for (const target of targets) {
    await requests(target, { connections: 32, duration: 2 }, of(target).path);
    await requests(target, { connections: 32, duration: 2, method: 'POST', body: small }, target.writePath('small'));
  }
  await inTurns('checked requests, 32 connections', 'rate', targets, (target) =>
    requests(target, { connections: 32, duration }, of(target).path),
  );
  await inTurns('one-line durable writes, 32 connections', 'rate', targets, (target) =>
    requests(target, { connections: 32, duration, method: 'POST', body: small }, target.writePath('small')),
  );
  for (const connections of [1, 16]) {
    await inTurns(`tokens created, ${connections} client${connections === 1 ? '' : 's'}`, 'rate', targets, (target) =>
      requests(target, { connections, duration, method: 'POST', body: of(target).create }, '/api/v2/authorizations'),
    );
  }
}

async function dataFigures(targets: readonly Target[], seriesCount: number): Promise<void> {
  const lineCount = Number(options.lines);
  const bucket = `of-${seriesCount}`;
  const form = `${seriesCount} series: `;
  for (const target of targets) await target.createBucket(bucket);
  const bodies = batches(lineCount, seriesCount);
  const share = Math.ceil(bodies.length / rounds);
  for (let round = 0; round < rounds; round++) {
    const part = bodies.slice(round * share, (round + 1) * share);
    for (const target of targets) {
      await measure(`${form}batch lines, 4 clients`, 'rate', target, () => writeBatches(target, bucket, part));
    }
  }
  for (const target of targets) {
    note(`${form}memory after the load`, target, target.memory()?.residentMb);
    note(`${form}memory at the most`, target, target.memory()?.peakMb);
  }
  const scripts = queries(bucket, lineCount, seriesCount);
  for (const [name, script] of Object.entries(scripts)) {
    if (!isWanted(form + name)) continue;
    const counts = [];
    for (const target of targets) {
      await timed(20, () => target.query(script));
      counts.push((await target.query(script)).toString().split('\n').length);
    }
    if (new Set(counts).size > 1) console.error(`${form}${name}: the answers have ${counts.join(' and ')} lines`);
    await inTurns(form + name, 'latency', targets, async (target) =>
      roundOf(await timed(Number(options.queries), () => target.query(script))),
    );
  }
  for (const target of targets.filter(({ canRestart }) => canRestart)) {
    for (let round = 0; round < rounds && isWanted('first query'); round++) {
      await target.stop();
      await target.start();
      const script = scripts['last of one series'] ?? '';
      await measure(`${form}first query after a start`, 'latency', target, async () => roundOf(await timed(1, () => target.query(script))));
    }
    note(`${form}on disk`, target, target.diskMb());
  }
}

const rounded = (value: number): string =>
  value >= 1000
    ? Math.round(value).toLocaleString('en')
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

interface Summary {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicroseconds: number | undefined;
}

function summaryOf({ rounds: all }: Measured): Summary {
  const operations = all.reduce((sum, round) => sum + round.operations, 0);
  const cpu = all.some(({ cpuMs }) => cpuMs === undefined) ? undefined : all.reduce((sum, { cpuMs }) => sum + (cpuMs ?? 0), 0);
  return {
    perSecond: median(all.map((round) => round.operations / round.seconds)),
    p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
    cpuMicroseconds: cpu === undefined ? undefined : (cpu * 1000) / operations,
  };
}

function cellOf(kind: Figure['kind'], { perSecond, p50Ms, p99Ms, cpuMicroseconds }: Summary): string {
  if (kind === 'megabytes') return `${rounded(p50Ms)} MB`;
  const cpu = cpuMicroseconds === undefined ? '' : `, ${rounded(cpuMicroseconds)} µs CPU`;
  const times = `p50 ${rounded(p50Ms)}, p99 ${rounded(p99Ms)} ms${cpu}`;
  return kind === 'rate' ? `${rounded(perSecond)}/s (${times})` : times;
}

/** More than 1 where the first target is ahead. */
function ratioOf(kind: Figure['kind'], ours: Summary, theirs: Summary): { readonly time: number; readonly cpu: number | undefined } {
  const cpu =
    ours.cpuMicroseconds === undefined || theirs.cpuMicroseconds === undefined ? undefined : theirs.cpuMicroseconds / ours.cpuMicroseconds;
  return { time: kind === 'rate' ? ours.perSecond / theirs.perSecond : theirs.p50Ms / ours.p50Ms, cpu };
}

function report(targets: readonly Target[], head: object): void {
  const [ours, theirs] = targets;
  const rows = figures.map(({ name, kind, measured }) => {
    const summaries = new Map([...measured].map(([target, all]) => [target, summaryOf(all)]));
    const [left, right] = [ours && summaries.get(ours), theirs && summaries.get(theirs)];
    const ratio = left !== undefined && right !== undefined ? ratioOf(kind, left, right) : undefined;
    return { name, kind, ratio, summaries: Object.fromEntries([...summaries].map(([target, summary]) => [target.name, summary])) };
  });
  console.log(`| figure | ${targets.map(({ name, version }) => `${name} ${version}`).join(' | ')} |${theirs ? ' ratio, of CPU |' : ''}`);
  console.log(`| --- |${targets.map(() => ' --- |').join('')}${theirs ? ' --- |' : ''}`);
  for (const { name, kind, ratio, summaries } of rows) {
    const cells = targets.map((target) => {
      const summary = summaries[target.name];
      return summary === undefined ? '' : cellOf(kind, summary);
    });
    const last = ratio === undefined ? '' : ` ${ratio.time.toFixed(2)}${ratio.cpu === undefined ? '' : `, ${ratio.cpu.toFixed(2)}`} |`;
    console.log(`| ${name} | ${cells.join(' | ')} |${last}`);
  }
  writeFileSync(options.json, `${JSON.stringify({ ...head, figures: rows }, undefined, 2)}\n`);
  console.log(`\nJSON: ${options.json}`);
}

const head = {
  day: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? '?'}`,
  loadBefore: loadavg()[0],
  node: process.version,
  sluice: VERSION,
};
const targets = [sluice(Number(options.port))];
if (options.against !== undefined) {
  const command = options['against-command'];
  targets.push(
    new Target({
      name: 'InfluxDB',
      url: options.against.replace(/\/$/, ''),
      token: readFileSync(options['token-file'] ?? '', 'utf8').trim(),
      org: options.org,
      command: command === undefined ? undefined : [`exec ${command}`, [], true],
      pid: options['against-pid'] === undefined ? undefined : Number(options['against-pid']),
    }),
  );
}
try {
  for (const target of targets) await target.open();
  console.log(
    `${head.day}, ${head.cpu}, Node ${head.node}, load before ${head.loadBefore?.toFixed(2)}; the load generator is on the same machine\n`,
  );
  if (positionals[0] === 'growth') {
    const table = await growth(targets, { only: options.only, isSmall: options.small });
    writeFileSync(options.json, `${JSON.stringify({ ...head, growth: table }, undefined, 2)}\n`);
    console.log(`\nJSON: ${options.json}`);
  } else {
    await requestFigures(targets);
    for (const seriesCount of options.series.split(',').map(Number)) await dataFigures(targets, seriesCount);
    report(targets, head);
  }
} finally {
  for (const target of targets) await target.close();
}
