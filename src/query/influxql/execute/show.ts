/** Questions about what databases hold. */
import type { ResultSeries } from '../../../domain/influxql-result.js';
import { invalid } from '../../../domain/errors.js';
import type { Tag } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { splitCondition } from '../compile/condition.js';
import type { InfluxqlEnvironment, ReadableMapping } from '../environment.js';
import {
  holds,
  type Expr,
  type Measurement,
  type ShowCardinality,
  type ShowFieldKeys,
  type ShowMeasurements,
  type ShowSeries,
  type ShowTagKeys,
  type ShowTagValues,
  type TagKeyFilter,
  walk,
} from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import type { Operator } from '../syntax/token.js';
import { listSeries, texts } from './emit.js';
import { describeMeasurements, type MeasurementSchema } from './measurement.js';
import { judgeSeries } from './series-filter.js';
import { wholeShards } from './shards.js';
import { collectValues, seriesThatFit, splitValueFilter, type TagValueFilter } from './tag-value-filter.js';
import { databaseRequired, type Targets } from './targets.js';

export interface ShowContext {
  readonly environment: InfluxqlEnvironment;
  readonly targets: Targets;
}

const page = <T>(items: readonly T[], { limit, offset }: { readonly limit: number; readonly offset: number }): readonly T[] =>
  items.slice(offset, limit === 0 ? undefined : offset + limit);

export async function showDatabases({ environment }: ShowContext): Promise<ResultSeries> {
  const names = [...new Set((await environment.listMappings(undefined)).map(({ database }) => database))];
  return listSeries('databases', [['name', texts(names)]], names.length);
}

export async function showRetentionPolicies({ targets }: ShowContext, statement: { readonly database: string }): Promise<ResultSeries> {
  const database = targets.databaseOf(statement);
  if (database === '') throw databaseRequired();
  const mappings = await targets.mappingsOf(database);
  const { length } = mappings;
  return listSeries(
    '',
    [
      ['name', texts(mappings.map(({ retentionPolicy }) => retentionPolicy))],
      // InfluxDB 2 shows the same of every policy.
      ['duration', texts(mappings.map(() => '0s'))],
      ['shardGroupDuration', texts(mappings.map(() => '168h0m0s'))],
      ['replicaN', { type: 'integer', values: new BigInt64Array(length).fill(1n) }],
      ['default', { type: 'boolean', values: Uint8Array.from(mappings, ({ isDefault }) => Number(isDefault)) }],
    ],
    length,
  );
}

/** @throws DomainError `invalid`, in InfluxDB's words */
export async function showMeasurements(
  { environment, targets }: ShowContext,
  statement: ShowMeasurements,
): Promise<ResultSeries | undefined> {
  const { anyDatabase, anyRetentionPolicy, retentionPolicy, condition, sources } = statement;
  if (condition !== undefined && hasTime(condition)) throw invalid("SHOW MEASUREMENTS doesn't support time in WHERE clause");
  const database = targets.databaseOf(statement);
  if (database === '' && !anyDatabase) throw databaseRequired();
  if (anyDatabase && !anyRetentionPolicy) {
    const named = retentionPolicy === '' ? '*' : '*.rp';
    throw invalid(`query 'SHOW MEASUREMENTS ON ${named}' not supported. use 'ON *.*' or specify a database`);
  }
  const all = await (anyDatabase ? environment.listMappings(undefined) : targets.mappingsOf(database));
  const mappings = all.filter((mapping) => {
    if (anyRetentionPolicy) return true;
    return retentionPolicy === '' ? mapping.isDefault : mapping.retentionPolicy === retentionPolicy;
  });
  const rows: { readonly name: string; readonly mapping: ReadableMapping }[] = [];
  for (const mapping of mappings.toSorted(compareMappings)) {
    const schemas = await describeMeasurements(environment, mapping.bucketId, undefined, undefined);
    const wanted = schemas.filter((schema) => isSource(schema, sources) && (condition === undefined || holdsFor(condition, schema)));
    for (const { name } of wanted) rows.push({ name, mapping });
  }
  const shown = page(rows, statement);
  if (shown.length === 0) return undefined;
  const names = ['name', texts(shown.map(({ name }) => name))] as const;
  if (!anyRetentionPolicy && retentionPolicy === '') return listSeries('measurements', [names], shown.length);
  return listSeries(
    'measurements',
    [
      names,
      ['database', texts(shown.map(({ mapping }) => mapping.database))],
      ['retention policy', texts(shown.map(({ mapping }) => mapping.retentionPolicy))],
    ],
    shown.length,
  );
}

const compareMappings = (a: ReadableMapping, b: ReadableMapping): number =>
  compareUtf8(a.database, b.database) || compareUtf8(a.retentionPolicy, b.retentionPolicy);

export const hasTime = (condition: Expr): boolean =>
  holds(condition, (inner) => inner.kind === 'varRef' && inner.name.toLowerCase() === 'time');

const isSource = ({ name }: { readonly name: string }, sources: readonly Measurement[]): boolean =>
  sources.length === 0 || sources.some((source) => (source.pattern === undefined ? source.name === name : source.pattern.test(name)));

/** Whether a measurement as a whole fulfils a condition on tags: a negation holds where no series has the value. */
function holdsFor(condition: Expr, schema: MeasurementSchema): boolean {
  switch (condition.kind) {
    case 'paren':
      return holdsFor(condition.inner, schema);
    case 'binary': {
      const { operator, left, right } = condition;
      if (operator === 'AND' || operator === 'OR') {
        const [a, b] = [holdsFor(left, schema), holdsFor(right, schema)];
        return operator === 'AND' ? a && b : a || b;
      }
      if (!isEquality(operator)) throw invalid('invalid tag comparison operator');
      if (left.kind !== 'varRef') throw invalid(`left side of '${operator}' must be a tag key`);
      const isPattern = operator === '=~' || operator === '!~';
      if (isPattern && right.kind !== 'regex') throw invalid(`right side of '${operator}' must be a regular expression`);
      if (!isPattern && right.kind !== 'string') throw invalid(`right side of '${operator}' must be a tag value string`);
      const values = [...collectValues(schema.series, left.name, undefined)];
      const fits = (value: string): boolean =>
        right.kind === 'regex' ? right.pattern.test(value) : right.kind === 'string' && value === right.value;
      return values.length > 0 && values.some(fits) === (operator === '=' || operator === '=~');
    }
    default:
      throw invalid(`invalid measurement expression: ${formatExpr(condition)}`);
  }
}

const isEquality = (operator: Operator): boolean => operator === '=' || operator === '!=' || operator === '=~' || operator === '!~';

function keysOf(series: readonly (readonly Tag[])[]): string[] {
  const keys = new Set<string>();
  for (const tags of series) for (const [key] of tags) keys.add(key);
  return [...keys].sort(compareUtf8);
}

export function isKey({ operator, keys, pattern }: TagKeyFilter, key: string): boolean {
  const isNegated = operator === '!=' || operator === '!~';
  return (pattern === undefined ? keys.includes(key) : pattern.test(key)) !== isNegated;
}

/** The measurements of a listing, each with the series that its condition lets pass, and which values of their tags are asked for. */
async function listSchemas(
  { environment, targets }: ShowContext,
  statement: ShowTagKeys | ShowTagValues,
): Promise<{ readonly schemas: readonly MeasurementSchema[]; readonly values: TagValueFilter | undefined }> {
  const database = targets.databaseOf(statement);
  if (database === '') throw databaseRequired();
  const mapping = (await targets.mappingsOf(database)).find(({ isDefault }) => isDefault);
  if (mapping === undefined) throw invalid(`default retention policy not set for: ${database}`);
  const { expr, bounds } = splitCondition(statement.condition, { now: environment.nowNs });
  if (expr !== undefined) refuseQuotedValues(expr);
  const range = wholeShards(bounds, mapping.shardGroupDurationNs);
  if (range === 'empty') return { schemas: [], values: undefined };
  const { values, rest } = splitValueFilter(expr);
  const all = await describeMeasurements(environment, mapping.bucketId, range, undefined);
  const schemas = all.filter((schema) => isSource(schema, statement.sources));
  return { schemas: schemas.map((schema) => ({ ...schema, series: seriesThatFit(schema, rest) })), values };
}

function withSeriesThatFit(schema: MeasurementSchema, condition: Expr | undefined): MeasurementSchema {
  if (condition === undefined) return schema;
  const isField = ({ name }: { readonly name: string }): boolean => schema.fields.has(name);
  return { ...schema, series: schema.series.filter((tags) => judgeSeries(condition, tags, isField) !== false) };
}

/** A value in double quotes is a name, which is seldom meant. */
function refuseQuotedValues(condition: Expr): void {
  walk(condition, (inner) => {
    if (inner.kind === 'binary' && (inner.operator === '=' || inner.operator === '!=')) {
      if (inner.left.kind === 'varRef' && inner.right.kind === 'varRef') {
        throw invalid(
          `bad WHERE clause for metaquery; one term must be a string literal tag value within single quotes: ${formatExpr(inner)}`,
        );
      }
    }
    return undefined;
  });
}

export async function showTagKeys(context: ShowContext, statement: ShowTagKeys): Promise<ResultSeries[]> {
  const { schemas, values } = await listSchemas(context, statement);
  return schemas.flatMap(({ name, series }) => {
    const keys = keysOf(series).filter((key) => statement.keys === undefined || isKey(statement.keys, key));
    const shown = page(values === undefined ? keys : keys.filter((key) => collectValues(series, key, values).size > 0), statement);
    return shown.length === 0 ? [] : [listSeries(name, [['tagKey', texts(shown)]], shown.length)];
  });
}

export async function showTagValues(context: ShowContext, statement: ShowTagValues): Promise<ResultSeries[]> {
  const { schemas, values } = await listSchemas(context, statement);
  return schemas.flatMap(({ name, series }) => {
    const keys = keysOf(series).filter((key) => isKey(statement.keys, key));
    const rows = keys.flatMap((key) => [...collectValues(series, key, values)].sort(compareUtf8).map((value) => ({ key, value })));
    const shown = page(rows, statement);
    if (shown.length === 0) return [];
    const columns = [
      ['key', texts(shown.map(({ key }) => key))],
      ['value', texts(shown.map(({ value }) => value))],
    ] as const;
    return [listSeries(name, columns, shown.length)];
  });
}

/** The measurements that sources name, wherever they are; without sources those of the database. */
export async function sourceSchemas(
  { environment, targets }: ShowContext,
  statement: ShowFieldKeys | ShowSeries | ShowCardinality,
  range: ReturnType<typeof wholeShards>,
): Promise<MeasurementSchema[]> {
  const { database } = statement;
  const everything: Measurement = { kind: 'measurement', database, retentionPolicy: '', name: '_', pattern: undefined };
  const sources = statement.sources.map((source) => (source.database === '' ? { ...source, database } : source));
  const found = new Map<string, MeasurementSchema>();
  for (const source of sources.length === 0 ? [everything] : sources) {
    await targets.load(source);
    if (range === 'empty') continue;
    const { bucketId } = targets.find(source);
    for (const schema of await describeMeasurements(environment, bucketId, range, undefined)) {
      if (source === everything || isSource(schema, [source])) found.set(schema.name, schema);
    }
  }
  return [...found.values()].sort((a, b) => compareUtf8(a.name, b.name));
}

export async function showFieldKeys(context: ShowContext, statement: ShowFieldKeys): Promise<ResultSeries[]> {
  const schemas = await sourceSchemas(context, statement, undefined);
  return schemas.flatMap(({ name, fields }) => {
    const shown = page(
      [...fields].sort(([a], [b]) => compareUtf8(a, b)),
      statement,
    );
    if (shown.length === 0) return [];
    const columns = [
      ['fieldKey', texts(shown.map(([field]) => field))],
      ['fieldType', texts(shown.map(([, type]) => type))],
    ] as const;
    return [listSeries(name, columns, shown.length)];
  });
}

export async function showSeries(context: ShowContext, statement: ShowSeries): Promise<ResultSeries | undefined> {
  const { expr, bounds } = splitCondition(statement.condition, { now: context.environment.nowNs });
  if (expr !== undefined) refuseOrder(expr);
  const range = bounds.min === undefined && bounds.max === undefined ? undefined : wholeShards(bounds, 1n);
  const schemas = await sourceSchemas(context, statement, range);
  const keys = schemas.flatMap((schema) => withSeriesThatFit(schema, expr).series.map((tags) => seriesKey(schema.name, tags)));
  const shown = page(keys, statement);
  return shown.length === 0 ? undefined : listSeries('', [['key', texts(shown)]], shown.length);
}

function refuseOrder(condition: Expr): void {
  walk(condition, (inner) => {
    if (inner.kind === 'binary' && !isEquality(inner.operator) && inner.operator !== 'AND' && inner.operator !== 'OR') {
      throw invalid('invalid tag comparison operator');
    }
    return undefined;
  });
}

/** As line protocol writes it. */
function seriesKey(name: string, tags: readonly Tag[]): string {
  const measurement = name.replace(/[, ]/g, '\\$&');
  return [measurement, ...tags.map(([key, value]) => `${escapeTag(key)}=${escapeTag(value)}`)].join(',');
}

const escapeTag = (text: string): string => text.replace(/[,= ]/g, '\\$&');
