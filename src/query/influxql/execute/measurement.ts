/** What a measurement holds, as far as a statement needs to know before it reads. */
import type { BucketId } from '../../../domain/id.js';
import type { FieldType, Predicate, Tag, TimeRange } from '../../../domain/series.js';
import type { InfluxqlEnvironment } from '../environment.js';
import type { Regexp } from '../../flux/language/regexp.js';

export interface MeasurementSchema {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** The tags of its series, each sorted by key, in the order in which an engine reads them. */
  readonly series: readonly (readonly Tag[])[];
}

/** Which measurements are meant: all with a name, or all whose names match. */
export interface MeasurementName {
  readonly name: string;
  readonly pattern: Regexp | undefined;
}

export const namePredicate = ({ name, pattern }: MeasurementName): Predicate =>
  pattern === undefined
    ? { op: 'compare', subject: { kind: 'measurement' }, comparison: '==', literal: name }
    : { op: 'match', subject: { kind: 'measurement' }, pattern };

/** More names than this are not worth asking one by one. */
const FIELD_NAMES_MAX = 50;

/** Fields with one of some names; undefined for all. */
export function fieldPredicate(names: readonly string[]): Predicate | undefined {
  if (names.length > FIELD_NAMES_MAX) return undefined;
  return {
    op: 'or',
    operands: names.map((literal) => ({ op: 'compare', subject: { kind: 'field' }, comparison: '==', literal })),
  };
}

export const allOf = (...predicates: readonly (Predicate | undefined)[]): Predicate | undefined => {
  const operands = predicates.filter((predicate) => predicate !== undefined);
  return operands.length > 1 ? { op: 'and', operands } : operands[0];
};

/** The measurements of a bucket that have points in a range, sorted by name. */
export async function describeMeasurements(
  { engine, signal }: InfluxqlEnvironment,
  bucketId: BucketId,
  range: TimeRange | undefined,
  predicate: Predicate | undefined,
): Promise<MeasurementSchema[]> {
  const schemas: { name: string; fields: Map<string, FieldType>; series: (readonly Tag[])[] }[] = [];
  let last: readonly Tag[] | undefined;
  for (const { measurement, field, type, tags } of await engine.series(bucketId, range, predicate, signal)) {
    let schema = schemas.at(-1);
    if (schema?.name !== measurement) {
      schema = { name: measurement, fields: new Map(), series: [] };
      schemas.push(schema);
      last = undefined;
    }
    schema.fields.set(field, type);
    if (last === undefined || !sameTags(last, tags)) schema.series.push(tags);
    last = tags;
  }
  return schemas;
}

export function sameTags(a: readonly Tag[], b: readonly Tag[]): boolean {
  return a === b || (a.length === b.length && a.every(([key, value], i) => b[i]?.[0] === key && b[i][1] === value));
}
