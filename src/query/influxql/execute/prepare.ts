/** Compiled statements with what is stored: sources found, names given their types, `*` and patterns replaced. */
import { invalid } from '../../../domain/errors.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { type CompiledSelect, type CompiledSource, closeBounds } from '../compile/compile.js';
import { type Bounds, intersect, MAX_TIME, MIN_TIME } from '../compile/condition.js';
import { evaluateType, findType, NO_TYPES, strongerType, type TypeOf } from '../compile/data-type.js';
import { columnsOfCall } from '../compile/functions.js';
import { type Call, type DataType, type Expr, type Field, holds, referencesOf, rewrite, type VarRef } from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import type { InfluxqlEnvironment } from '../environment.js';
import { nameOfField } from './column-names.js';
import { allOf, describeMeasurements, fieldPredicate, type MeasurementSchema, namePredicate } from './measurement.js';
import { rangeOf, wholeShards } from './shards.js';
import type { Output, PreparedSelect, PreparedSource } from './source.js';
import type { Targets } from './targets.js';

/**
 * @param targets where measurements are
 * @throws DomainError `invalid`, in InfluxDB's words
 */
export async function prepareSelect(environment: InfluxqlEnvironment, targets: Targets, compiled: CompiledSelect): Promise<PreparedSelect> {
  const bounds = closeBounds(compiled.bounds, compiled.interval, environment.nowNs);
  return { ...(await prepare(environment, targets, compiled, compiled.bounds)), ...bounds };
}

async function prepare(
  environment: InfluxqlEnvironment,
  targets: Targets,
  compiled: CompiledSelect,
  around: Bounds,
): Promise<PreparedSelect> {
  const bounds = intersect(compiled.bounds, around);
  const hasWildcard = compiled.fields.some(({ expr }) => holdsWildcard(expr)) || compiled.dimensions.some(isWildcard);
  const names = hasWildcard ? undefined : namesIn(compiled);
  const sources: PreparedSource[] = [];
  for (const source of compiled.sources) sources.push(await prepareSource(environment, targets, source, bounds, names));
  const typeOf = typesOf(sources);
  const typed = compiled.fields.map((field) => ({ ...field, expr: withTypes(field.expr, typeOf) }));
  const fieldNames = wildcardNames(compiled, sources);
  const fields = typed.flatMap((field) => expandField(field, fieldNames));
  for (const { expr } of fields) evaluateType(expr, NO_TYPES);
  return {
    fields,
    outputs: fields.flatMap(outputsOf),
    sources,
    condition: compiled.condition && withTypes(compiled.condition, typeOf),
    startNs: compiled.bounds.min ?? MIN_TIME,
    endNs: compiled.bounds.max ?? MAX_TIME,
    dimensions: expandDimensions(compiled.dimensions, sources),
    interval: compiled.interval,
    fill: compiled.fill,
    ascending: compiled.ascending,
    limit: compiled.limit,
    offset: compiled.offset,
    seriesLimit: compiled.seriesLimit,
    seriesOffset: compiled.seriesOffset,
    zone: compiled.zone,
  };
}

const isWildcard = ({ kind }: Expr): boolean => kind === 'wildcard' || kind === 'regex';

const holdsWildcard = (expr: Expr): boolean => holds(expr, isWildcard);

function namesIn({ fields, condition }: CompiledSelect): string[] {
  const exprs = [...fields.map(({ expr }) => expr), ...(condition ? [condition] : [])];
  return [...new Set(exprs.flatMap((expr) => referencesOf(expr).map(({ name }) => name)))];
}

async function prepareSource(
  environment: InfluxqlEnvironment,
  targets: Targets,
  source: CompiledSource,
  bounds: Bounds,
  names: readonly string[] | undefined,
): Promise<PreparedSource> {
  if (source.kind === 'subquery') return { kind: 'subquery', statement: await prepare(environment, targets, source.statement, bounds) };
  const { bucketId, shardGroupDurationNs } = targets.find(source);
  const range = names === undefined ? wholeShards(bounds, shardGroupDurationNs) : rangeOf(bounds);
  const predicate = allOf(namePredicate(source), names && fieldPredicate(names));
  const measurements = range === 'empty' ? [] : await describeMeasurements(environment, bucketId, range, predicate);
  return { kind: 'measurements', bucketId, shardGroupDurationNs, measurements };
}

const hasTag = ({ series }: MeasurementSchema, key: string): boolean => series.some((tags) => tags.some(([name]) => name === key));

function typesOf(sources: readonly PreparedSource[]): TypeOf {
  const found = new Map<string, DataType | undefined>();
  const find = (name: string): DataType | undefined => {
    let type: DataType | undefined;
    for (const source of sources) {
      if (source.kind === 'measurements') {
        for (const schema of source.measurements) {
          type = strongerType(type, schema.fields.get(name) ?? (hasTag(schema, name) ? 'tag' : undefined));
        }
      } else {
        type = strongerType(type, source.statement.outputs.find((output) => output.name === name)?.type);
        if (type === undefined && source.statement.dimensions.includes(name)) type = 'tag';
      }
    }
    return type;
  };
  return (name) => {
    if (!found.has(name)) found.set(name, find(name));
    return found.get(name);
  };
}

function withTypes(expr: Expr, typeOf: TypeOf): Expr {
  return rewrite(expr, (inner) => {
    if (inner.kind !== 'varRef' || (inner.type !== undefined && inner.type !== 'field')) return inner;
    const type = typeOf(inner.name);
    return type === 'tag' && inner.type === 'field' ? inner : { ...inner, type };
  });
}

/** All fields and tags that sources have, as `*` lists them: by name, a field before a tag with its name. */
interface WildcardNames {
  readonly references: readonly VarRef[];
}

function schemaOf(sources: readonly PreparedSource[]): { fields: Map<string, DataType>; tags: Set<string> } {
  const fields = new Map<string, DataType>();
  const tags = new Set<string>();
  const addField = (name: string, type: DataType | undefined): void => {
    const stronger = strongerType(fields.get(name), type);
    if (stronger !== undefined) fields.set(name, stronger);
  };
  for (const source of sources) {
    if (source.kind === 'measurements') {
      for (const schema of source.measurements) {
        for (const [name, type] of schema.fields) addField(name, type);
        for (const series of schema.series) for (const [key] of series) tags.add(key);
      }
    } else {
      for (const { name, type } of source.statement.outputs) addField(name, type);
      for (const name of source.statement.dimensions) tags.add(name);
    }
  }
  return { fields, tags };
}

function wildcardNames({ fields, dimensions }: CompiledSelect, sources: readonly PreparedSource[]): WildcardNames | undefined {
  if (!fields.some(({ expr }) => holdsWildcard(expr))) return undefined;
  const schema = schemaOf(sources);
  const references: VarRef[] = [...schema.fields].map(([name, type]) => ({ kind: 'varRef', name, type }));
  // Tags that are grouped by are no columns.
  if (schema.fields.size > 0 && !dimensions.some(isWildcard)) {
    const grouped = new Set(dimensions.map((dimension) => (dimension.kind === 'varRef' ? dimension.name : '')));
    for (const name of schema.tags) if (!grouped.has(name)) references.push({ kind: 'varRef', name, type: 'tag' });
  }
  return { references: references.sort((a, b) => compareUtf8(a.name, b.name) || Number(a.type === 'tag') - Number(b.type === 'tag')) };
}

function expandField(field: Field, names: WildcardNames | undefined): Field[] {
  const { expr } = field;
  if (names === undefined || !holdsWildcard(expr)) return [field];
  switch (expr.kind) {
    case 'wildcard':
      return names.references
        .filter(({ type }) => expr.only === undefined || (expr.only === 'tag') === (type === 'tag'))
        .map((reference) => ({ expr: reference, alias: '' }));
    case 'regex':
      return names.references.filter(({ name }) => expr.pattern.test(name)).map((reference) => ({ expr: reference, alias: '' }));
    case 'call':
      return expandCall(field, expr, names);
    case 'binary': {
      const hasStar = holds(expr, ({ kind }) => kind === 'wildcard');
      throw invalid(`unsupported expression with ${hasStar ? 'wildcard' : 'regex field'}: ${formatExpr(expr)}`);
    }
    default:
      return [field];
  }
}

const TAKES_TEXT: ReadonlySet<string> = new Set(['count', 'first', 'last', 'distinct', 'elapsed', 'mode', 'sample']);
const TAKES_BOOLEAN: ReadonlySet<string> = new Set([...TAKES_TEXT, 'min', 'max']);

/** `f(*)` as one call for each field that `f` takes, named `f_field`. */
function expandCall(field: Field, template: Call, { references }: WildcardNames): Field[] {
  const innermost = innermostCall(template);
  const [arg] = innermost.args;
  if (arg === undefined || !isWildcard(arg)) return [field];
  if (arg.kind === 'wildcard' && arg.only === 'tag') throw invalid(`unable to use tag wildcard in ${innermost.name}()`);
  return references
    .filter(({ name, type }) => {
      if (type === 'tag' || (type === 'string' && !TAKES_TEXT.has(innermost.name))) return false;
      if (type === 'boolean' && !TAKES_BOOLEAN.has(innermost.name)) return false;
      return arg.kind !== 'regex' || arg.pattern.test(name);
    })
    .map((reference) => ({ expr: withArgument(template, reference), alias: `${nameOfField(field)}_${reference.name}` }));
}

function innermostCall(call: Call): Call {
  const [arg] = call.args;
  return arg?.kind === 'call' ? innermostCall(arg) : call;
}

function withArgument(call: Call, reference: VarRef): Call {
  const [arg, ...rest] = call.args;
  return { ...call, args: [arg?.kind === 'call' ? withArgument(arg, reference) : reference, ...rest] };
}

function expandDimensions(dimensions: readonly Expr[], sources: readonly PreparedSource[]): string[] {
  const tags = dimensions.some(isWildcard) ? [...schemaOf(sources).tags].sort(compareUtf8) : [];
  const names = dimensions.flatMap((dimension) => {
    if (dimension.kind === 'varRef') return [dimension.name];
    if (dimension.kind === 'wildcard') return tags;
    return dimension.kind === 'regex' ? tags.filter((tag) => dimension.pattern.test(tag)) : [];
  });
  return [...new Set(names)];
}

/** A field, and what `top` and `bottom` add to it. */
function outputsOf(field: Field): Output[] {
  const { expr } = field;
  const extra = expr.kind === 'call' ? columnsOfCall(expr) : [];
  return [
    { name: nameOfField(field), expr, type: findType(expr, NO_TYPES) },
    ...extra.map((reference): Output => ({ name: reference.name, expr: reference, type: reference.type })),
  ];
}
