/** Calls of functions as streams of rows: what is read for them, and what is done with it. */
import type { Aggregate, FieldType } from '../../../domain/series.js';
import { MAX_TIME, MIN_TIME } from '../compile/condition.js';
import { NO_INTERVAL } from '../compile/compile.js';
import { columnsOfCall, isSelector } from '../compile/functions.js';
import { isMathFunction } from '../compile/math.js';
import { call as makeCall, type Call, type Expr, holds, type VarRef } from '../syntax/ast.js';
import type { Block, Blocks, Group, Rows } from './block.js';
import { ColumnBuilder, type Value, valueAt } from './column.js';
import { fillWindows, type WindowBudget } from './fill.js';
import { isForecast, streamForecast } from './forecast.js';
import { mergeRows, type MergeOrder } from './merge.js';
import { combinePartials, isPartialAggregate, reduceRows } from './partials.js';
import type { GroupInputs } from './gather.js';
import { popped } from './popped.js';
import { canReduce, type PartialInputs, readReduced } from './read-reduced.js';
import type { ReadContext } from './read-request.js';
import type { MemoryAccount } from '../../flux/execute/memory.js';
import { collectGroups } from './regroup.js';
import { collectPoints, type Made, type Reducer, reducerOf } from './reducers.js';
import { inOrder, type MeasurementSource, readSources, requestOf, type RunSubquery, type Scope, uniteDimensions } from './source.js';
import type { TimedValue } from './transformation.js';
import { isTransformation, needsWindowBefore, transformationOf } from './transformations.js';
import { Windows } from './windows.js';

export interface CallContext extends ReadContext {
  readonly runSubquery: RunSubquery;
  /** Whether the engine may reduce points before it hands them over. */
  readonly pushesDown: boolean;
  readonly windowBudget: WindowBudget;
}

/** Rows as they are, in the order of time. */
export async function* streamRows(context: CallContext, scope: Scope, driver: VarRef | undefined): AsyncGenerator<Block, void, undefined> {
  const order = mergeOrderOf(scope);
  for await (const { group, inputs, release } of readSources(context, scope, driver, context.runSubquery)) {
    for (const rows of mergeRows(inputs, order)) {
      await context.turns.next();
      yield { ...rows, group };
    }
    release();
  }
}

function mergeOrderOf({ sources, ascending }: Scope): MergeOrder {
  const [source] = sources;
  if (source?.kind === 'measurements') {
    return { ascending, ties: { shardGroupDurationNs: source.shardGroupDurationNs, countsTexts: true } };
  }
  // Rows of a subquery without functions come from storage in one stream, whatever it groups them by.
  const [inner] = source?.statement.sources ?? [];
  const isRaw = inner?.kind === 'measurements' && source?.statement.outputs.every(({ expr }) => !holdsCall(expr)) === true;
  return { ascending, ties: isRaw ? { shardGroupDurationNs: inner.shardGroupDurationNs, countsTexts: false } : 'stable' };
}

const holdsCall = (expr: Expr): boolean => holds(expr, (inner) => inner.kind === 'call' && !isMathFunction(inner.name));

const windowsOf = ({ interval, zone, startNs, endNs }: Scope): Windows => new Windows(interval, zone, startNs, endNs);

/**
 * The rows of a call.
 *
 * @param selects whether it is the only call of a statement and picks points, which then keep their times
 */
export function streamCall(context: CallContext, scope: Scope, call: Call, selects: boolean): Blocks {
  const { name } = call;
  if (isTransformation(call)) return transform(context, scope, call);
  if (isForecast(call)) return forecastOf(context, scope, call);
  const windows = windowsOf(scope);
  if (name === 'top' || name === 'bottom') return streamRanked(context, scope, call);
  const reduced = streamReduced(context, scope, call);
  if (name === 'sample') return reduced;
  if (name === 'distinct') return atWindowStarts(reduced, windows);
  if (selects && !windows.hasInterval) return reduced;
  const placed = atWindowStarts(reduced, windows);
  return windows.hasInterval && scope.fill.kind !== 'none' ? fillAll(context, placed, scope, call, windows) : placed;
}

/** @returns the call's rows with fewer than one in each window filled up */
async function* fillAll(
  context: CallContext,
  blocks: Blocks,
  scope: Scope,
  call: Call,
  windows: Windows,
): AsyncGenerator<Block, void, undefined> {
  const { startNs, endNs, ascending, aux } = scope;
  const iterator = blocks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const fill = scope.fill.kind === 'null' && call.name === 'count' ? ({ kind: 'number', value: 0n } as const) : scope.fill;
  const type = first.value.value?.type ?? 'float';
  const { turns, windowBudget } = context;
  const all = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  yield* fillWindows(all, { fill, windows, startNs, endNs, ascending, type, auxCount: aux.length, turns, windowBudget });
}

/** Rows at the times at which their windows begin; without a bound that is 1970. */
async function* atWindowStarts(blocks: Blocks, windows: Windows): AsyncGenerator<Block, void, undefined> {
  for await (const block of blocks) {
    const times = new BigInt64Array(block.times.length);
    for (let row = 0; row < times.length; row++) {
      const { start } = windows.of(block.times[row] as bigint);
      times[row] = start === MIN_TIME ? 0n : start;
    }
    yield { ...block, times };
  }
}

function streamReduced(context: CallContext, scope: Scope, call: Call): Blocks {
  const [arg] = call.args as readonly [Call | VarRef];
  if (arg.kind === 'call') return reduceStream(context, streamCall(context, scope, arg, false), scope, call);
  if (!isPartialAggregate(call.name)) return reduceGroups(context, scope, call, arg);
  return combineGroups(context, scope, call.name, readPartials(context, scope, call.name, arg));
}

/** For each series its part of an aggregate, from the engine where it can, else made here. */
async function* readPartials(
  context: CallContext,
  scope: Scope,
  aggregate: Aggregate,
  driver: VarRef,
): AsyncGenerator<PartialInputs, void, undefined> {
  const [source] = scope.sources;
  const windows = windowsOf(scope);
  const isStored = scope.sources.length === 1 && source?.kind === 'measurements';
  if (!isStored || !windows.isUniform || !context.pushesDown) {
    const groups = readSources(context, allRows(scope), driver, context.runSubquery);
    yield* reduceInputs(hasSubquery(scope) ? mergeInputs(groups, scope) : groups, aggregate, windows);
    return;
  }
  for (const schema of inOrder(source.measurements, scope.ascending)) {
    const request = requestOf(allRows(scope), source, schema, driver);
    if (canReduce(request, aggregate)) yield* readReduced(context, request, aggregate, scope.interval);
    else yield* reduceInputs(readSources(context, narrowed(scope, source, schema), driver, context.runSubquery), aggregate, windows);
  }
}

const hasSubquery = ({ sources }: Scope): boolean => sources.some(({ kind }) => kind === 'subquery');

/** The rows of subqueries go into a function in the order of time, whatever they were grouped by. */
async function* mergeInputs(groups: AsyncIterable<GroupInputs>, { ascending }: Scope): AsyncGenerator<GroupInputs, void, undefined> {
  for await (const { group, inputs, release } of groups) {
    yield { group, inputs: [...mergeRows(inputs, { ascending, ties: 'stable' })], release };
  }
}

const allRows = (scope: Scope): Scope => ({ ...scope, rowsMax: undefined });

const narrowed = (scope: Scope, source: MeasurementSource, schema: MeasurementSource['measurements'][number]): Scope => ({
  ...allRows(scope),
  sources: [{ ...source, measurements: [schema] }],
});

async function* reduceInputs(
  groups: AsyncIterable<GroupInputs>,
  aggregate: Aggregate,
  windows: Windows,
): AsyncGenerator<PartialInputs, void, undefined> {
  for await (const { group, inputs, release } of groups) {
    yield { group, inputs: inputs.map((rows) => reduceRows(rows, aggregate, windows)), release };
  }
}

async function* combineGroups(
  { turns }: CallContext,
  scope: Scope,
  aggregate: Aggregate,
  groups: AsyncIterable<PartialInputs>,
): AsyncGenerator<Block, void, undefined> {
  const windows = windowsOf(scope);
  // Series, shard groups and sources each have their turn; a subquery is but a source.
  const levels = hasSubquery(scope) ? 2 : 3;
  for await (const { group, inputs, release } of groups) {
    await turns.next();
    const chosen = chooseInputs(inputs, aggregate, scope, windows);
    const rows = combinePartials(chosen, aggregate, windows, scope.ascending, scope.aux.length, levels);
    release();
    if (rows !== undefined) yield { ...rows, group };
  }
}

function chooseInputs(inputs: PartialInputs['inputs'], aggregate: Aggregate, scope: Scope, windows: Windows): PartialInputs['inputs'] {
  const [source] = scope.sources;
  if (windows.hasInterval || scope.sources.length !== 1 || source?.kind !== 'measurements') return inputs;
  if (aggregate !== 'first' && aggregate !== 'last') return inputs;
  return popped(inputs, aggregate, { ascending: scope.ascending, shardGroupDurationNs: source.shardGroupDurationNs });
}

/** A function of all points of a window, where parts of it are of no use. */
async function* reduceGroups(context: CallContext, scope: Scope, call: Call, driver: VarRef): AsyncGenerator<Block, void, undefined> {
  yield* reduceStream(context, streamRows(context, allRows(scope), driver), scope, call);
}

/** Applies a function to the rows of each window; a group's rows come in the order of time. */
async function* reduceStream({ memory }: CallContext, blocks: Blocks, scope: Scope, call: Call): AsyncGenerator<Block, void, undefined> {
  let reduction: WindowReduction | undefined;
  for await (const block of blocks) {
    if (reduction?.group !== block.group) {
      if (reduction !== undefined) yield* reduction.finish();
      reduction = new WindowReduction(memory, block.group, scope, call);
    }
    yield* reduction.take(block);
  }
  if (reduction !== undefined) yield* reduction.finish();
}

/** Bytes of a point that waits for the end of its window. */
const POINT_BYTES = 48;

/** Windows that are finished before a block is made of them. */
const WINDOWS_PER_PIECE = 4_096;

class WindowReduction {
  readonly group: Group;
  private readonly windows: Windows;
  private readonly auxCount: number;
  private readonly call: Call;
  private reducer: Reducer | undefined;
  private points: { times: bigint[]; values: Value[] } = { times: [], values: [] };
  /** Where the points of the window stand, for those that are selected. */
  private places: { block: Rows; row: number }[] = [];
  private window: { start: bigint; stop: bigint } | undefined;
  private made: { time: bigint; value: Value; place: { block: Rows; row: number } | undefined }[] = [];
  private windowCount = 0;
  private readonly memory: MemoryAccount;
  /** Points of the window that the account of memory knows of. */
  private heldCount = 0;

  constructor(memory: MemoryAccount, group: Group, scope: Scope, call: Call) {
    this.memory = memory;
    this.group = group;
    this.windows = windowsOf(scope);
    this.auxCount = isSelector(call) ? scope.aux.length : 0;
    this.call = call;
  }

  *take(block: Block): Generator<Block, void, undefined> {
    const { value, times } = block;
    if (value === undefined) return;
    this.reducer ??= reducerOf(this.call, value.type);
    for (let row = 0; row < times.length; row++) {
      const time = times[row] as bigint;
      if (this.window === undefined || time < this.window.start || time >= this.window.stop) {
        this.close();
        this.window = this.windows.of(time);
        if (this.windowCount >= WINDOWS_PER_PIECE) yield* this.flush();
      }
      if (collectPoints(value, times, row, this.points) && this.auxCount > 0) this.places.push({ block, row });
    }
    const count = this.points.times.length;
    this.memory.hold((count - this.heldCount) * POINT_BYTES);
    this.heldCount = count;
  }

  *finish(): Generator<Block, void, undefined> {
    this.close();
    yield* this.flush();
  }

  private close(): void {
    this.memory.release(this.heldCount * POINT_BYTES);
    this.heldCount = 0;
    if (this.window !== undefined && this.points.times.length > 0 && this.reducer !== undefined) {
      for (const { time, value, point } of this.reducer.reduce(this.points)) this.make(time, value, point);
      this.windowCount++;
      this.points = { times: [], values: [] };
      this.places = [];
    }
    this.window = undefined;
  }

  private make(time: Made['time'], value: Value, point: number | undefined): void {
    const place = point === undefined ? undefined : this.places[point];
    this.made.push({ time: time ?? (this.window as { start: bigint }).start, value, place });
  }

  private *flush(): Generator<Block, void, undefined> {
    const { made, reducer } = this;
    this.made = [];
    this.windowCount = 0;
    if (made.length === 0 || reducer === undefined) return;
    const values = new ColumnBuilder(reducer.resultType, made.length);
    for (const { value } of made) values.push(value);
    yield {
      group: this.group,
      times: BigInt64Array.from(made, ({ time }) => time),
      value: values.build(),
      aux: Array.from({ length: this.auxCount }, (_, i) => this.auxColumn(made, i)),
    };
  }

  private auxColumn(made: WindowReduction['made'], index: number): Rows['value'] {
    const type = made.map(({ place }) => place?.block.aux[index]).find((column) => column !== undefined)?.type;
    if (type === undefined) return undefined;
    const builder = new ColumnBuilder(type, made.length);
    for (const { place } of made) {
      const column = place?.block.aux[index];
      builder.push(place && column && valueAt(column, place.row));
    }
    return builder.build();
  }
}

/** `top` and `bottom`; with tags between the field and the number, of each combination of them only the best point counts. */
function streamRanked(context: CallContext, scope: Scope, call: Call): Blocks {
  const tags = columnsOfCall(call);
  const [field] = call.args as readonly [VarRef];
  const ranked = makeCall(call.name, field, call.args.at(-1) ?? field);
  if (tags.length === 0) return reduceStream(context, streamRows(context, allRows(scope), field), scope, ranked);
  const best = makeCall(call.name === 'top' ? 'max' : 'min', field);
  const dimensions = uniteDimensions(
    scope.dimensions,
    tags.map(({ name }) => name),
  );
  const perTags = streamReduced(context, { ...allRows(scope), dimensions }, best);
  return reduceStream(context, regroup(context, perTags, scope), scope, ranked);
}

/** Rows of finer groups in the groups of a scope, in the order of time. */
async function* regroup({ memory }: CallContext, blocks: Blocks, { dimensions, ascending }: Scope): AsyncGenerator<Block, void, undefined> {
  for await (const { group, inputs, release } of collectGroups(memory, blocks, dimensions, ascending)) {
    for (const rows of mergeRows(inputs, { ascending, ties: 'stable' })) yield { ...rows, group };
    release();
  }
}

async function* transform(context: CallContext, scope: Scope, call: Call): AsyncGenerator<Block, void, undefined> {
  const windows = windowsOf(scope);
  const { ascending } = scope;
  let state: { readonly group: Group; readonly transformation: ReturnType<typeof transformationOf> } | undefined;
  for await (const block of streamArgument(context, scope, call)) {
    if (state?.group !== block.group) {
      const rest = state?.transformation.finish?.();
      if (state !== undefined && rest !== undefined) yield blockOf(state.group, [rest], state.transformation.resultType);
      state = undefined;
    }
    const { value, times, group } = block;
    if (value === undefined) continue;
    state ??= { group, transformation: transformationOf(call, value.type, windows, ascending) };
    const made: TimedValue[] = [];
    for (let row = 0; row < times.length; row++) {
      const own = valueAt(value, row);
      const next = own === undefined ? undefined : state.transformation.push({ time: times[row] as bigint, value: own });
      if (next !== undefined) made.push(next);
    }
    if (made.length > 0) yield blockOf(group, made, state.transformation.resultType);
  }
  const rest = state?.transformation.finish?.();
  if (state !== undefined && rest !== undefined) yield blockOf(state.group, [rest], state.transformation.resultType);
}

function forecastOf(context: CallContext, scope: Scope, call: Call): Blocks {
  const [arg] = call.args as readonly [Call];
  return streamForecast(context, streamCall(context, { ...allRows(scope), aux: [] }, arg, false), call, scope.interval.everyNs);
}

/** What a transformation works on: a field's rows, or those of a call, which begin a window earlier where the first one needs it. */
function streamArgument(context: CallContext, scope: Scope, call: Call): Blocks {
  const [arg] = call.args as readonly [Call | VarRef];
  const extended = needsWindowBefore(call) ? extend(scope) : scope;
  // The rows before the first ones count as well, so a limit on rows is of no use here; nor are other columns.
  const own = { ...allRows(extended), aux: [] };
  return arg.kind === 'call' ? streamCall(context, own, arg, false) : streamRows(context, own, arg);
}

function extend(scope: Scope): Scope {
  const { everyNs } = scope.interval;
  if (everyNs === NO_INTERVAL.everyNs) return scope;
  const clamp = (time: bigint): bigint => (time < MIN_TIME ? MIN_TIME : time > MAX_TIME ? MAX_TIME : time);
  return scope.ascending ? { ...scope, startNs: clamp(scope.startNs - everyNs) } : { ...scope, endNs: clamp(scope.endNs + everyNs) };
}

function blockOf(group: Group, rows: readonly TimedValue[], type: FieldType): Block {
  const values = new ColumnBuilder(type, rows.length);
  for (const { value } of rows) values.push(value);
  return { group, times: BigInt64Array.from(rows, ({ time }) => time), value: values.build(), aux: [] };
}
