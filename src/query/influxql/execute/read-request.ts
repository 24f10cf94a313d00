/** What is asked of a measurement, and what of it must be read. */
import type { BucketId } from '../../../domain/id.js';
import type { FieldType } from '../../../domain/series.js';
import type { MemoryAccount } from '../../flux/execute/memory.js';
import type { InfluxqlEnvironment } from '../environment.js';
import { type Expr, referencesOf, type VarRef } from '../syntax/ast.js';
import type { MeasurementSchema } from './measurement.js';
import type { Turns } from './turns.js';

export interface ReadContext {
  readonly environment: InfluxqlEnvironment;
  readonly memory: MemoryAccount;
  readonly turns: Turns;
}

export interface ReadRequest {
  readonly bucketId: BucketId;
  readonly schema: MeasurementSchema;
  /** The field that a function works on; undefined where rows are wanted as they are. */
  readonly driver: VarRef | undefined;
  /** Fields and tags beside it. */
  readonly aux: readonly VarRef[];
  readonly condition: Expr | undefined;
  /** Both ends are included. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Sorted, each once. */
  readonly dimensions: readonly string[];
  readonly ascending: boolean;
  /** As many rows of each series are enough; undefined for all. */
  readonly rowsMax: number | undefined;
  /** Groups by these tags; 0 for all. */
  readonly limitDimensions: readonly string[];
  readonly seriesLimit: number;
  readonly seriesOffset: number;
}

/** Whether a name in a condition is a field. Its type says so where it has been found, and a name that nothing has is a tag. */
export const isFieldOf =
  ({ fields }: MeasurementSchema) =>
  ({ name, type }: VarRef): boolean =>
    type === undefined ? fields.has(name) : type !== 'tag';

/** The column of a field that goes by a type, or nothing where the types do not go together. */
export const typeAs = (type: VarRef['type'], stored: FieldType): FieldType | undefined => {
  if (type === undefined || type === 'field' || type === stored) return stored;
  const isNumeric = (t: string): boolean => t === 'float' || t === 'integer' || t === 'unsigned';
  return isNumeric(type) && isNumeric(stored) ? (type as FieldType) : undefined;
};

/** The fields that must be read: those of the function, of the columns beside it, and of the condition. */
export function fieldsToLoad({ schema, driver, aux, condition }: ReadRequest): string[] {
  const isField = isFieldOf(schema);
  const references = [
    ...(driver ? [driver] : []),
    ...aux.filter(({ type }) => type !== 'tag'),
    ...(condition ? referencesOf(condition).filter(isField) : []),
  ];
  return [...new Set(references.map(({ name }) => name))].filter((name) => schema.fields.has(name));
}
