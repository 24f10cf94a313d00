/** Statements that remove points. */
import { invalid } from '../../../domain/errors.js';
import type { Predicate } from '../../../domain/series.js';
import { MAX_TIME, MIN_TIME, splitCondition } from '../compile/condition.js';
import { reduce } from '../compile/reduce.js';
import type { InfluxqlEnvironment, ReadableMapping } from '../environment.js';
import { type Delete, type Expr, referencesOf } from '../syntax/ast.js';
import { allOf, describeMeasurements, namePredicate } from './measurement.js';
import { exactTagPredicate } from './series-filter.js';
import type { Defaults, Targets } from './targets.js';

interface DeleteContext {
  readonly environment: InfluxqlEnvironment;
  readonly targets: Targets;
  readonly defaults: Defaults;
}

/** What the caller may read but not delete from. The statement fails, those after it are carried out. */
export const INSUFFICIENT = 'insufficient permissions';

/**
 * @returns a message where the caller may not
 * @throws DomainError `invalid`, in InfluxDB's words
 */
export async function deletePoints(context: DeleteContext, statement: Delete): Promise<string | undefined> {
  const { environment, targets, defaults } = context;
  const { database } = defaults;
  const policy = statement.sources[0]?.retentionPolicy ?? '';
  const mapping = (await targets.mappingsOf(database)).find(({ retentionPolicy, isDefault }) =>
    policy === '' ? isDefault : retentionPolicy === policy,
  );
  if (mapping === undefined) {
    throw invalid(`no dbrp mappings found: db=${database}, rp=${policy}, please check to make sure db and rp exist`);
  }
  if (!mapping.isWritable) return INSUFFICIENT;
  const known = { now: environment.nowNs };
  const { expr, bounds } = splitCondition(statement.condition && reduce(statement.condition, known), {});
  const names: Predicate | undefined =
    statement.sources.length === 0 ? undefined : { op: 'or', operands: statement.sources.map(namePredicate) };
  if (expr?.kind === 'boolean' && !expr.value) return undefined;
  if (expr !== undefined) await refuseFields(environment, mapping, names, expr);
  const tags = expr && exactTagPredicate(expr);
  if (expr !== undefined && tags === undefined) throw invalid('fields not supported in WHERE clause during deletion');
  await environment.engine.delete(mapping.bucketId, bounds.min ?? MIN_TIME, bounds.max ?? MAX_TIME, allOf(names, tags));
  return undefined;
}

async function refuseFields(
  environment: InfluxqlEnvironment,
  { bucketId }: ReadableMapping,
  names: Predicate | undefined,
  condition: Expr,
): Promise<void> {
  const asked = referencesOf(condition);
  const isField = ({ fields }: { readonly fields: ReadonlyMap<string, unknown> }): boolean =>
    asked.some(({ name, type }) => (type === undefined ? fields.has(name) : type !== 'tag'));
  if ((await describeMeasurements(environment, bucketId, undefined, names)).some(isField)) {
    throw invalid('fields not supported in WHERE clause during deletion');
  }
}

/** Removes a measurement from every bucket of a database. @returns a message where the caller may not */
export async function dropMeasurement({ environment, targets, defaults }: DeleteContext, name: string): Promise<string | undefined> {
  const mappings = await targets.mappingsOf(defaults.database);
  if (mappings.some(({ isWritable }) => !isWritable)) return INSUFFICIENT;
  for (const { bucketId } of mappings) {
    await environment.engine.delete(bucketId, MIN_TIME, MAX_TIME, namePredicate({ name, pattern: undefined }));
  }
  return undefined;
}
