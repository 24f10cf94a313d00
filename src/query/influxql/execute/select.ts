/** Statements run: what they select, as blocks whose columns are the statement's. */
import type { Column, FieldType } from '../../../domain/series.js';
import { MAX_TIME } from '../compile/condition.js';
import { findType, NO_TYPES } from '../compile/data-type.js';
import { columnsOfCall, isSelector } from '../compile/functions.js';
import { isMathFunction } from '../compile/math.js';
import { type Call, type DataType, type Expr, referencesOf, varRef, type VarRef } from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import { type Block, type Blocks, type Group, gatherRows, sliceRows } from './block.js';
import { type CallContext, streamCall, streamRows } from './call.js';
import { castColumn, constantColumn, type Value } from './column.js';
import { evaluate, evaluateCondition } from './evaluate.js';
import { fillNulls, joinStreams } from './join.js';
import type { GroupInputs } from './gather.js';
import { checkArgument } from './reducers.js';
import { collectGroups } from './regroup.js';
import { tagValue } from './series-filter.js';
import { type PreparedSelect, type Scope, uniteDimensions } from './source.js';

export type SelectContext = Omit<CallContext, 'runSubquery'>;

/** The parts of a statement's fields that are read, and the fields as expressions of those parts. */
interface Parts {
  readonly calls: readonly { readonly symbol: string; readonly call: Call; readonly type: DataType | undefined }[];
  /** Sorted by name. */
  readonly references: readonly { readonly symbol: string; readonly reference: VarRef }[];
  readonly exprs: readonly Expr[];
}

/** Takes fields apart; what they have twice is read once. */
export function takeApart(exprs: readonly Expr[]): Parts {
  const symbols = new Map<string, VarRef>();
  const calls: { symbol: string; call: Call; type: DataType | undefined }[] = [];
  const references: { symbol: string; reference: VarRef }[] = [];
  const substitute = (expr: Expr): Expr => {
    switch (expr.kind) {
      case 'binary':
        return { ...expr, left: substitute(expr.left), right: substitute(expr.right) };
      case 'paren':
        return { ...expr, inner: substitute(expr.inner) };
      case 'call':
        return isMathFunction(expr.name) ? { ...expr, args: expr.args.map(substitute) } : symbolOf(expr);
      case 'varRef':
        return symbolOf(expr);
      default:
        return expr;
    }
  };
  const symbolOf = (expr: Call | VarRef): VarRef => {
    const key = formatExpr(expr);
    const known = symbols.get(key);
    if (known !== undefined) return known;
    const symbol = varRef(String(symbols.size));
    symbols.set(key, symbol);
    if (expr.kind === 'call') calls.push({ symbol: symbol.name, call: expr, type: findType(expr, NO_TYPES) });
    else references.push({ symbol: symbol.name, reference: expr });
    return symbol;
  };
  const substituted = exprs.map(substitute);
  references.sort((a, b) => (a.reference.name < b.reference.name ? -1 : a.reference.name > b.reference.name ? 1 : rank(a) - rank(b)));
  return { calls, references, exprs: substituted };
}

/** Where a field and a tag have one name, the field comes first. */
const rank = ({ reference: { type } }: { readonly reference: VarRef }): number => (type === 'tag' ? 1 : 0);

/** What a query around a statement adds to it. */
export interface Surroundings {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly dimensions: readonly string[];
}

/** Rows of a statement; the columns beside the (absent) function's are its fields. */
export async function* runSelect(
  context: SelectContext,
  statement: PreparedSelect,
  { startNs, endNs, dimensions }: Surroundings,
): AsyncGenerator<Block, void, undefined> {
  const { calls, references, exprs } = takeApart(statement.outputs.map(({ expr }) => expr));
  const readable = calls.filter(({ type }) => type !== undefined);
  for (const { call } of readable) checkTypes(call);
  const united = uniteDimensions(statement.dimensions, dimensions);
  const scope: Scope = {
    ...statement,
    startNs,
    endNs,
    dimensions: united,
    limitDimensions: united,
    aux: references.map(({ reference }) => reference),
    rowsMax: calls.length === 0 && statement.limit > 0 ? statement.limit + statement.offset : undefined,
  };
  const callContext: CallContext = { ...context, runSubquery: (inner, driver, around) => runAsSource(context, inner, driver, around) };
  const referenceSymbols = references.map(({ symbol }) => symbol);
  let parts: Blocks;
  let symbols: string[];
  if (calls.length === 0) {
    if (references.every(({ reference }) => reference.type === undefined)) return;
    parts = fillRaw(streamRows(callContext, scope, undefined), scope);
    symbols = referenceSymbols;
  } else {
    const [only] = readable;
    if (only === undefined) return;
    if (calls.length === 1) {
      parts = withValueFirst(streamCall(callContext, scope, only.call, isSelector(only.call)));
      symbols = [only.symbol, ...referenceSymbols];
    } else {
      parts = joinStreams(
        readable.map(({ call }) => streamCall(callContext, scope, call, false)),
        { ascending: scope.ascending, fill: scope.fill, types: readable.map(({ type }) => fieldTypeOf(type)) },
      );
      symbols = readable.map(({ symbol }) => symbol);
    }
  }
  yield* limitRows(evaluateFields(parts, symbols, exprs), statement.limit, statement.offset);
}

/** Refuses functions of types that they do not take, whether there are rows or not. */
function checkTypes(call: Call): void {
  const { name, args } = call;
  const [arg] = args;
  if (arg === undefined) return;
  if (arg.kind === 'call') checkTypes(arg);
  const type = findType(arg, NO_TYPES);
  if (type === undefined || type === 'tag') return;
  // Of each combination of tags the best point is chosen first.
  if (columnsOfCall(call).length > 0) checkArgument(name === 'top' ? 'max' : 'min', fieldTypeOf(type));
  checkArgument(name, fieldTypeOf(type));
}

const fieldTypeOf = (type: DataType | undefined): FieldType =>
  type === 'integer' || type === 'unsigned' || type === 'string' || type === 'boolean' ? type : type === 'tag' ? 'string' : 'float';

async function* fillRaw(blocks: Blocks, { fill }: Scope): AsyncGenerator<Block, void, undefined> {
  let group: Group | undefined;
  let last: (Value | undefined)[] = [];
  for await (const block of blocks) {
    if (group !== block.group) {
      group = block.group;
      last = [];
    }
    yield { ...block, aux: fillNulls(block.aux, block.times.length, fill, last) };
  }
}

async function* withValueFirst(blocks: Blocks): AsyncGenerator<Block, void, undefined> {
  for await (const block of blocks) yield { ...block, value: undefined, aux: [block.value, ...block.aux] };
}

async function* evaluateFields(blocks: Blocks, symbols: readonly string[], exprs: readonly Expr[]): AsyncGenerator<Block, void, undefined> {
  for await (const block of blocks) {
    const columns = new Map<string, Column | undefined>(symbols.map((symbol, i) => [symbol, block.aux[i]]));
    const evaluation = {
      columnOf: (name: string) => columns.get(name),
      rowCount: block.times.length,
      dividesToFloat: true,
      nullNameIsFalse: true,
    };
    yield { ...block, aux: exprs.map((expr) => evaluate(expr, evaluation)) };
  }
}

/** @param limit rows of each group; 0 for all */
async function* limitRows(blocks: Blocks, limit: number, offset: number): AsyncGenerator<Block, void, undefined> {
  if (limit === 0 && offset === 0) {
    yield* blocks;
    return;
  }
  let group: Group | undefined;
  let seen = 0;
  for await (const block of blocks) {
    if (group !== block.group) {
      group = block.group;
      seen = 0;
    }
    const { length } = block.times;
    const from = Math.max(0, offset - seen);
    const to = limit === 0 ? length : Math.min(length, offset + limit - seen);
    seen += length;
    if (from < to) yield { ...sliceRows(block, from, to), group };
  }
}

/** Runs a statement as a source of another. */
async function* runAsSource(
  context: SelectContext,
  statement: PreparedSelect,
  driver: VarRef | undefined,
  scope: Scope,
): AsyncGenerator<GroupInputs, void, undefined> {
  const startNs = statement.startNs > scope.startNs ? statement.startNs : scope.startNs;
  const bounded = statement.endNs < scope.endNs ? statement.endNs : scope.endNs;
  const endNs = statement.interval.everyNs !== 0n && bounded === MAX_TIME ? context.environment.nowNs : bounded;
  const mapping = mapReferences(statement, driver, scope);
  if (mapping === undefined) return;
  const rows = runSelect(context, statement, { startNs, endNs, dimensions: scope.dimensions });
  let skipped = 0;
  let taken = 0;
  for await (const group of collectGroups(context.memory, mapRows(rows, mapping, scope.condition), scope.dimensions, scope.ascending)) {
    if (skipped < scope.seriesOffset) skipped++;
    else if (scope.seriesLimit > 0 && taken === scope.seriesLimit) break;
    else {
      taken++;
      yield group;
      continue;
    }
    group.release();
  }
}

type ColumnSource = (block: Block) => Column | undefined;

interface Mapping {
  readonly driver: ColumnSource | undefined;
  readonly aux: readonly ColumnSource[];
  readonly conditions: ReadonlyMap<string, ColumnSource>;
}

/** Where the names that a statement uses are found in the rows of a subquery; undefined where its function finds nothing to work on. */
function mapReferences(statement: PreparedSelect, driver: VarRef | undefined, scope: Scope): Mapping | undefined {
  const sourceOf = ({ name, type }: VarRef, isDriver: boolean): ColumnSource | undefined => {
    const index = statement.outputs.findIndex((output) => output.name === name);
    if (index >= 0) return ({ aux }) => castTo(aux[index], type, isDriver);
    return statement.dimensions.includes(name) ? tagSource(name) : undefined;
  };
  const mapped = driver && (driver.type === undefined ? undefined : sourceOf(driver, true));
  if (driver !== undefined && mapped === undefined) return undefined;
  const conditions = scope.condition === undefined ? [] : referencesOf(scope.condition);
  return {
    driver: mapped,
    aux: scope.aux.map((reference) => sourceOf(reference, false) ?? (() => undefined)),
    conditions: new Map(
      conditions.map((reference) => {
        const isOutput = statement.outputs.some(({ name }) => name === reference.name);
        return [reference.name, (isOutput ? sourceOf(reference, false) : undefined) ?? tagSource(reference.name)];
      }),
    ),
  };
}

const tagSource =
  (name: string): ColumnSource =>
  ({ group, times }) =>
    constantColumn('string', tagValue(group.tags, name), times.length);

function castTo(column: Column | undefined, type: VarRef['type'], isDriver: boolean): Column | undefined {
  if (column === undefined || type === undefined || type === 'field') return column;
  return castColumn(column, fieldTypeOf(type)) ?? (isDriver ? undefined : column);
}

async function* mapRows(
  blocks: Blocks,
  { driver, aux, conditions }: Mapping,
  condition: Expr | undefined,
): AsyncGenerator<Block, void, undefined> {
  for await (const block of blocks) {
    const mapped = { ...block, value: driver?.(block), aux: aux.map((source) => source(block)) };
    if (condition === undefined) {
      yield mapped;
      continue;
    }
    const fits = evaluateCondition(condition, {
      columnOf: (name) => conditions.get(name)?.(block),
      rowCount: block.times.length,
      dividesToFloat: false,
      nullNameIsFalse: true,
    });
    const kept = [...fits.keys()].filter((row) => fits[row] === 1);
    if (kept.length > 0) yield { ...gatherRows(mapped, Int32Array.from(kept)), group: block.group };
  }
}
