/** How long a query and its steps take: measured where `option profiler.enabledProfilers` asks for it, and told as a result. */
import type { PlanNode } from '../plan/node.js';
import { reachable } from '../plan/results.js';
import type { Chunk, Column } from '../table/chunk.js';
import { columnOf, constantColumn } from '../table/chunk.js';
import { GroupKey } from '../table/group-key.js';
import type { Cell, ColumnType } from '../table/vector.js';
import { vectorOf } from '../table/vector.js';
import type { MemoryAccount } from './memory.js';
import type { ResultPiece } from './result.js';

export const PROFILE_RESULT = '_profiler';

const PROFILERS = ['query', 'operator'] as const;
type ProfilerName = (typeof PROFILERS)[number];

const NS_PER_MS = 1e6;
const nsOf = (ms: number): bigint => BigInt(Math.round(ms * NS_PER_MS));

interface StepTimes {
  readonly type: string;
  readonly label: string;
  count: number;
  minMs: number;
  maxMs: number;
  sumMs: number;
}

/** When a query began, was compiled, and was planned. */
export interface QueryTimes {
  readonly beganMs: number;
  readonly compiledMs: number;
  readonly plannedMs: number;
}

export class Profile {
  private readonly names: readonly ProfilerName[];
  private readonly memory: MemoryAccount;
  private readonly times: QueryTimes;
  private readonly steps = new Map<PlanNode, StepTimes>();
  private readonly plan: string;
  /** What steps further on have taken of the time of the one that is measured. */
  private furtherMs = 0;

  /** @param names profilers as the script names them; those that are not there are ignored, as InfluxDB does */
  static named(names: readonly unknown[], roots: readonly PlanNode[], memory: MemoryAccount, times: QueryTimes): Profile | undefined {
    const known = [...new Set(names)].flatMap((name) => PROFILERS.filter((profiler) => profiler === name));
    return known.length === 0 ? undefined : new Profile(known, roots, memory, times);
  }

  private constructor(names: readonly ProfilerName[], roots: readonly PlanNode[], memory: MemoryAccount, times: QueryTimes) {
    this.names = names;
    this.memory = memory;
    this.times = times;
    const labels = labelsOf(roots);
    for (const [node, label] of labels) {
      if (node.spec.kind !== 'yield') {
        this.steps.set(node, { type: typeOf(node), label, count: 0, minMs: Infinity, maxMs: 0, sumMs: 0 });
      }
    }
    this.plan = drawingOf(labels);
  }

  /** Runs work of a step; what later steps do meanwhile is theirs. */
  measure<T>(node: PlanNode, work: () => T): T {
    const beganMs = performance.now();
    const outerMs = this.furtherMs;
    this.furtherMs = 0;
    try {
      return work();
    } finally {
      const tookMs = performance.now() - beganMs;
      this.add(node, tookMs - this.furtherMs);
      this.furtherMs = outerMs + tookMs;
    }
  }

  /** What a source makes, with the time that each piece takes. */
  async *measureSource<T>(node: PlanNode, pieces: AsyncIterable<T>): AsyncGenerator<T> {
    let beganMs = performance.now();
    for await (const piece of pieces) {
      this.add(node, performance.now() - beganMs);
      yield piece;
      beganMs = performance.now();
    }
  }

  /** To be read when all other results have been. */
  // eslint-disable-next-line @typescript-eslint/require-await -- a result like all others
  async *pieces(): AsyncGenerator<ResultPiece> {
    for (const name of this.names) yield { chunk: name === 'query' ? this.queryTable() : this.stepTable(), startsTable: true };
  }

  private add(node: PlanNode, ms: number): void {
    const times = this.steps.get(node);
    if (times === undefined) return;
    times.count++;
    times.sumMs += ms;
    times.minMs = Math.min(times.minMs, ms);
    times.maxMs = Math.max(times.maxMs, ms);
  }

  private queryTable(): Chunk {
    const { beganMs, compiledMs, plannedMs } = this.times;
    const nowMs = performance.now();
    const durations: readonly (readonly [string, bigint])[] = [
      ['TotalDuration', nsOf(nowMs - beganMs)],
      ['CompileDuration', nsOf(compiledMs - beganMs)],
      ['QueueDuration', 0n],
      ['PlanDuration', nsOf(plannedMs - compiledMs)],
      ['RequeueDuration', 0n],
      ['ExecuteDuration', nsOf(nowMs - plannedMs)],
      ['Concurrency', 0n],
      ['MaxAllocated', BigInt(this.memory.heldBytesMax)],
      ['TotalAllocated', 0n],
    ];
    return tableOf('profiler/query', 1, [
      ...durations.map(([label, value]) => constantColumn(label, 'int', value, 1)),
      constantColumn('RuntimeErrors', 'string', '', 1),
      constantColumn('flux/query-plan', 'string', this.plan, 1),
    ]);
  }

  private stepTable(): Chunk {
    const steps = [...this.steps.values()].filter(({ count }) => count > 0);
    const column = (label: string, type: ColumnType, of: (times: StepTimes) => Cell): Column =>
      columnOf(label, vectorOf(type, steps.map(of)));
    return tableOf('profiler/operator', steps.length, [
      column('Type', 'string', ({ type }) => type),
      column('Label', 'string', ({ label }) => label),
      column('Count', 'int', ({ count }) => BigInt(count)),
      column('MinDuration', 'int', ({ minMs }) => nsOf(minMs)),
      column('MaxDuration', 'int', ({ maxMs }) => nsOf(maxMs)),
      column('DurationSum', 'int', ({ sumMs }) => nsOf(sumMs)),
      column('MeanDuration', 'float', ({ sumMs, count }) => (sumMs * NS_PER_MS) / count),
    ]);
  }
}

function tableOf(measurement: string, rowCount: number, columns: readonly Column[]): Chunk {
  const key = new GroupKey([{ label: '_measurement', type: 'string', value: measurement }]);
  return { key, columns: [constantColumn('_measurement', 'string', measurement, rowCount), ...columns], rowCount };
}

/** What a step is, in the words of the plan. */
function typeOf({ spec, site }: PlanNode): string {
  if (spec.kind === 'read') return `read ${spec.shape.kind}`;
  return spec.kind === 'operator' || spec.kind === 'source' ? (site?.functionName ?? spec.kind) : spec.kind;
}

/** A name for each step: what the script calls, and a number. */
function labelsOf(roots: readonly PlanNode[]): ReadonlyMap<PlanNode, string> {
  const labels = new Map<PlanNode, string>();
  for (const node of [...reachable(roots)].reverse()) labels.set(node, `${node.site?.functionName ?? node.spec.kind}${labels.size}`);
  return labels;
}

/** The plan as a drawing in the language of Graphviz. */
function drawingOf(labels: ReadonlyMap<PlanNode, string>): string {
  const name = (node: PlanNode): string => JSON.stringify(labels.get(node) ?? '');
  const nodes = [...labels.keys()];
  const edges = nodes.flatMap((node) => node.inputs.map((input) => `  ${name(input)} -> ${name(node)}`));
  return ['digraph {', ...nodes.map((node) => `  ${name(node)}`), '', ...edges, '}', ''].join('\n');
}
