/** Runs a plan: pulls tables from sources and pushes them through the steps, a piece at a time. */
import { explainRangeError, formatLocation, wrapError } from '../language/errors.js';
import type { ResultPiece } from './result.js';
import type { RunnableNode, SourceTable } from './runnable-node.js';
import type { Chunk } from '../table/chunk.js';
import { concatChunks } from '../table/chunk.js';
import type { GroupKey } from '../table/group-key.js';
import type { Emit, Operator } from './operator.js';
import { TableCollection } from './operator.js';
import type { Profile } from './profile.js';
import type { RunContext } from './run-context.js';

/** How long steps may run before others of this process get a turn. */
const TURN_MS = 15;

/** Keeps what several steps share, where computing it again would cost more than it is worth. */
export class Execution {
  private readonly run: RunContext;
  private readonly materialized = new Map<RunnableNode, Promise<readonly SourceTable[]>>();
  private readonly consumerCount: ReadonlyMap<RunnableNode, number>;

  constructor(run: RunContext, roots: readonly RunnableNode[]) {
    this.run = run;
    this.consumerCount = countConsumers(roots);
  }

  /** The tables of a stream, as InfluxDB returns them for a result. */
  async *pieces(root: RunnableNode): AsyncGenerator<ResultPiece> {
    const sink = new ResultSink(this.run);
    let turnEnds = performance.now() + TURN_MS;
    this.run.turn.begin();
    for (const source of this.connect(root, sink)) {
      for await (const { chunk, last } of source.tables) {
        this.run.environment.signal.throwIfAborted();
        source.consumer.process(chunk);
        if (last) source.consumer.flush(chunk.key);
        await this.run.settle();
        yield* sink.drain();
        if (performance.now() > turnEnds) {
          await new Promise((resolve) => setImmediate(resolve));
          turnEnds = performance.now() + TURN_MS;
          this.run.turn.begin();
        }
      }
      source.consumer.finish();
      await this.run.settle();
      yield* sink.drain();
    }
  }

  /** The tables of a stream, each in one chunk. */
  async *wholeTables(root: RunnableNode): AsyncGenerator<{ readonly chunk: Chunk }> {
    let pieces: Chunk[] = [];
    for (const { chunk, last } of await this.tables(root)) {
      pieces.push(chunk);
      if (!last) continue;
      yield { chunk: concatChunks(chunk.key, pieces) };
      pieces = [];
    }
  }

  /** Whole tables of a stream, in memory. */
  private async tables(root: RunnableNode): Promise<readonly SourceTable[]> {
    const found: SourceTable[] = [];
    let table: Chunk[] = [];
    for await (const { chunk, startsTable } of this.pieces(root)) {
      if (startsTable && table.length > 0) {
        found.push(...asSourceTables(table));
        table = [];
      }
      this.run.memory.hold(chunk.rowCount * chunk.columns.length * 8);
      table.push(chunk);
    }
    found.push(...asSourceTables(table));
    return found;
  }

  /** The sources of a stream, each with the step that takes what it makes; together they feed `consumer`. */
  private *connect(node: RunnableNode, consumer: Consumer): Iterable<ConnectedSource> {
    if (node.spec.kind === 'yield' || node.create === undefined) {
      const [input] = node.inputs;
      if (input !== undefined) yield* this.connectInput(input, consumer);
      else if (node.produce !== undefined) yield { tables: this.measured(node, node.produce(this.run)), consumer };
      return;
    }
    const step = new Step(node, node.create({ ...this.run, applyToRows: this.run.beginStep(node) }), consumer, this.run.profile);
    for (const [index, input] of node.inputs.entries()) yield* this.connectInput(input, step.input(index, node.inputs.length));
    if (node.inputs.length === 0) yield { tables: none(), consumer: step.input(0, 1) };
  }

  private measured(node: RunnableNode, tables: AsyncIterable<SourceTable>): AsyncIterable<SourceTable> {
    return this.run.profile?.measureSource(node, tables) ?? tables;
  }

  private *connectInput(node: RunnableNode, consumer: Consumer): Iterable<ConnectedSource> {
    if ((this.consumerCount.get(node) ?? 0) <= 1 || isChain(node)) {
      yield* this.connect(node, consumer);
      return;
    }
    yield { tables: this.shared(node), consumer };
  }

  private async *shared(node: RunnableNode): AsyncIterable<SourceTable> {
    let tables = this.materialized.get(node);
    if (tables === undefined) {
      tables = this.tables(node);
      this.materialized.set(node, tables);
    }
    yield* await tables;
  }
}

const asSourceTables = (chunks: readonly Chunk[]): SourceTable[] => chunks.map((chunk, i) => ({ chunk, last: i === chunks.length - 1 }));

// eslint-disable-next-line @typescript-eslint/require-await -- an empty stream
async function* none(): AsyncIterable<SourceTable> {
  yield* [];
}

/** A source with nothing but single steps after it can be read again, piece by piece; what joins streams is computed once. */
function isChain(node: RunnableNode): boolean {
  for (let current: RunnableNode | undefined = node; current !== undefined; current = current.inputs[0]) {
    if (current.inputs.length > 1) return false;
  }
  return true;
}

function countConsumers(roots: readonly RunnableNode[]): Map<RunnableNode, number> {
  const counts = new Map<RunnableNode, number>();
  const seen = new Set<RunnableNode>();
  const visit = (node: RunnableNode): void => {
    counts.set(node, (counts.get(node) ?? 0) + 1);
    if (seen.has(node)) return;
    seen.add(node);
    node.inputs.forEach(visit);
  };
  roots.forEach(visit);
  return counts;
}

interface Consumer {
  process(chunk: Chunk): void;
  flush(key: GroupKey): void;
  finish(): void;
  /** Told before the first chunk: whether each table is flushed before the next begins. */
  expectFlushes(flushes: boolean): void;
}

interface ConnectedSource {
  readonly tables: AsyncIterable<SourceTable>;
  readonly consumer: Consumer;
}

/** A running step between its inputs and what comes after it. */
class Step {
  private readonly operator: Operator;
  private readonly emit: Emit;
  private readonly consumer: Consumer;
  private readonly prefix: string;
  /** Whether whole tables are only worked on once all input has ended: InfluxDB names no place for errors from then. */
  private worksAtTheEnd = false;
  private readonly node: RunnableNode;
  private readonly profile: Profile | undefined;
  private finishedInputs = 0;

  constructor(node: RunnableNode, operator: Operator, consumer: Consumer, profile: Profile | undefined) {
    this.node = node;
    this.profile = profile;
    this.operator = operator;
    this.consumer = consumer;
    this.emit =
      consumer instanceof ResultSink
        ? consumer
        : {
            chunk: (chunk) => {
              consumer.process(chunk);
            },
            flush: (key) => {
              consumer.flush(key);
            },
          };
    const { site } = node;
    this.prefix = site?.location === undefined ? 'runtime error' : `runtime error ${formatLocation(site.location)}: ${site.functionName}`;
    consumer.expectFlushes(operator.flushes);
  }

  input(index: number, inputCount: number): Consumer {
    return {
      process: (chunk) => {
        this.guard(() => {
          this.operator.process(chunk, this.emit, index);
        });
      },
      flush: (key) => {
        this.guard(() => {
          this.operator.flush(key, this.emit, index);
        });
      },
      finish: () => {
        this.finishedInputs++;
        if (this.finishedInputs < inputCount) return;
        this.guard(() => {
          this.operator.finish(this.emit);
        });
        this.consumer.finish();
      },
      expectFlushes: (flushes) => {
        if (flushes) return;
        if (this.operator.passesFlushes) this.consumer.expectFlushes(false);
        else this.worksAtTheEnd = this.operator.flushes;
      },
    };
  }

  /** An error belongs to the step that it comes from, not to those before it, which only handed their rows on. */
  private guard(work: () => void): void {
    try {
      if (this.profile === undefined) work();
      else this.profile.measure(this.node, work);
    } catch (error) {
      if (error instanceof StepError) throw error;
      throw new StepError(this.worksAtTheEnd ? error : wrapError(error, this.prefix));
    }
  }
}

/** An error that already says where it comes from. */
class StepError extends Error {
  override readonly cause: unknown;
  constructor(cause: unknown) {
    super('a step has failed');
    this.cause = cause;
  }
}

/** Unwraps what steps have thrown. */
export async function* withPlainErrors<T>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pieces;
  } catch (error) {
    throw explainRangeError(error instanceof StepError ? error.cause : error);
  }
}

/** The end of a stream: hands out tables as they come where they come one by one, otherwise in the order of keys. */
class ResultSink implements Consumer, Emit {
  private readonly collection: TableCollection;
  private readonly ready: ResultPiece[] = [];
  private flushes = true;
  private open: { key: GroupKey; rowCount: number; empty: Chunk | undefined } | undefined;

  constructor(run: RunContext) {
    this.collection = new TableCollection(run.memory);
  }

  expectFlushes(flushes: boolean): void {
    this.flushes &&= flushes;
  }

  process(chunk: Chunk): void {
    this.chunk(chunk);
  }

  chunk(chunk: Chunk): void {
    if (!this.flushes) {
      this.collection.add(chunk);
      return;
    }
    this.open ??= { key: chunk.key, rowCount: 0, empty: undefined };
    if (chunk.rowCount === 0) {
      this.open.empty ??= chunk;
      return;
    }
    this.ready.push({ chunk, startsTable: this.open.rowCount === 0 });
    this.open.rowCount += chunk.rowCount;
  }

  flush(key: GroupKey): void {
    if (!this.flushes) {
      const table = this.collection.take(key);
      if (table !== undefined) this.ready.push({ chunk: table, startsTable: true });
      return;
    }
    if (this.open?.rowCount === 0 && this.open.empty !== undefined) this.ready.push({ chunk: this.open.empty, startsTable: true });
    this.open = undefined;
  }

  finish(): void {
    for (const chunk of this.collection.takeAll()) this.ready.push({ chunk, startsTable: true });
    if (this.open !== undefined) this.flush(this.open.key);
  }

  *drain(): Iterable<ResultPiece> {
    yield* this.ready.splice(0);
  }
}
