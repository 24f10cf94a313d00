/**
 * What InfluxDB's type inference makes of a function of rows once the types of the columns are known: the conflicts that it reports before
 * it looks at a single row, and the types of what the function makes.
 */
import type { ColumnMeta } from '../table/chunk.js';
import type { ColumnType } from '../table/vector.js';
import { keyName } from '../syntax/names.js';
import { fluxError } from './errors.js';
import { Inference } from './inference.js';
import type { Type, TypeVariable } from './types.js';
import { formatType, labelsOf, propertyOf, resolve, unknownType } from './types.js';
import type { FunctionValue } from './value.js';

type Columns = readonly ColumnMeta[];

interface KnownTypes {
  readonly others?: ReadonlyMap<string, Type>;
  readonly result?: Type;
}

/** The types of one function, inferred once. */
export class RowTypes {
  private readonly rows: readonly Type[];
  private readonly result: Type;
  private last: { readonly schemas: readonly Columns[]; readonly types: ResultTypes } | undefined;

  /** @param parameters those that are rows. @param known what is known of others, and of what the function makes */
  constructor(fn: FunctionValue, parameters: readonly string[] = ['r'], known: KnownTypes = {}) {
    const others = known.others ?? new Map<string, Type>();
    const { definition } = fn;
    const [first] = definition?.expression.params ?? [];
    // With one parameter, whatever it is called, that is the row.
    const isOnly = definition?.expression.params.length === 1 && first !== undefined;
    const rows = parameters.map((name) => [isOnly ? keyName(first) : name, unknownType()] as const);
    this.rows = rows.map(([, row]) => row);
    const inference = new Inference();
    this.result =
      definition === undefined
        ? unknownType()
        : inference.call(definition.expression, new Map<string, Type>([...others, ...rows]), definition.lookUp);
    if (known.result !== undefined) inference.equate(this.result, known.result);
  }

  /**
   * @param schemas the columns of each row
   * @throws DomainError `type conflict: float != int` for columns of other types than the function asks for
   */
  withColumns(...schemas: readonly Columns[]): ResultTypes {
    if (this.last?.schemas.every((columns, i) => isSameSchema(columns, schemas[i] ?? [])) === true) return this.last.types;
    const found = new Map<TypeVariable, ColumnType>();
    this.rows.forEach((row, i) => {
      for (const label of labelsOf(row)) {
        const column = schemas[i]?.find((candidate) => candidate.label === label);
        if (column !== undefined) expect(propertyOf(row, label, unknownType), column.type, found);
      }
    });
    const types = new ResultTypes(this.result, this.rows, schemas, found);
    this.last = { schemas, types };
    return types;
  }
}

const isSameSchema = (a: readonly ColumnMeta[], b: readonly ColumnMeta[]): boolean =>
  a.length === b.length && a.every(({ label, type }, i) => b[i]?.label === label && b[i].type === type);

function expect(asked: Type, column: ColumnType, found: Map<TypeVariable, ColumnType>): void {
  const type = resolve(asked);
  if (type.kind === 'variable') {
    const known = found.get(type);
    if (known === undefined) found.set(type, column);
    else if (known !== column) throw conflict(known, column);
  } else if (type.kind !== 'basic' || type.name !== column) {
    // A value that has no type until it is looked at takes any.
    if (type.kind !== 'basic' || type.name !== 'dynamic') throw conflict(formatType(type), column);
  }
}

const conflict = (asked: string, there: string): Error => fluxError(`type conflict: ${asked} != ${there}`);

/** The types of what a function makes of the rows of one table. */
export class ResultTypes {
  private readonly result: Type;
  private readonly rows: readonly Type[];
  private readonly schemas: readonly Columns[];
  private readonly found: ReadonlyMap<TypeVariable, ColumnType>;

  constructor(result: Type, rows: readonly Type[], schemas: readonly Columns[], found: ReadonlyMap<TypeVariable, ColumnType>) {
    this.result = result;
    this.rows = rows.map(resolve);
    this.schemas = schemas;
    this.found = found;
  }

  /** The type of a property; undefined where it cannot be told (it may be anything, or a null). */
  of(label: string): ColumnType | undefined {
    for (let record = resolve(this.result); ; record = resolve(record.base)) {
      const row = this.rows.indexOf(record);
      if (row >= 0) return this.schemas[row]?.find((column) => column.label === label)?.type;
      if (record.kind !== 'record') return undefined;
      const type = record.own.get(label);
      if (type !== undefined) return this.columnType(type);
      if (record.base === undefined) return undefined;
    }
  }

  private columnType(type: Type): ColumnType | undefined {
    const resolved = resolve(type);
    if (resolved.kind === 'variable') return this.found.get(resolved);
    return resolved.kind === 'basic' && isColumnType(resolved.name) ? resolved.name : undefined;
  }
}

const COLUMN_TYPES = new Set<string>(['bool', 'int', 'uint', 'float', 'string', 'time'] satisfies ColumnType[]);

const isColumnType = (name: string): name is ColumnType => COLUMN_TYPES.has(name);
