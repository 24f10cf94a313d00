/** Rows of tables as points: which columns are tags, which are fields. */
import type { Column as FieldValues, FieldColumn, PointBatch, Tag } from '../../../../domain/series.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { fluxError } from '../../language/errors.js';
import { keyName, memberName } from '../../syntax/names.js';
import { Row, bindRowFunction } from '../../language/row.js';
import type { FunctionValue } from '../../language/value.js';
import { cellOfValue, columnTypeOf, isRecord, typeName } from '../../language/value.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { findColumn } from '../../table/chunk.js';
import type { Cell, ColumnType, DenseVector } from '../../table/vector.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';

export type ToBatch = (chunk: Chunk) => PointBatch;

export interface NarrowSpec {
  readonly timeColumn: string;
  readonly measurementColumn: string;
  /** Undefined for all columns of text that are nothing else. */
  readonly tagColumns: readonly string[] | undefined;
  /** Undefined for the field that `_field` names, with the value of `_value`. */
  readonly fieldFn: FunctionValue | undefined;
}

/** One field a row, as tables of series have it, or as many as a function makes. */
export const narrowPoints = (spec: NarrowSpec) => (): ToBatch => {
  const fields = spec.fieldFn === undefined ? fieldOfRow : fieldsOfFunction(spec.fieldFn);
  const excluded = new Set(['_value', '_field', '_measurement', ...(spec.fieldFn === undefined ? [] : usedColumns(spec.fieldFn))]);
  return (chunk) => {
    const measurement = requireText(chunk, spec.measurementColumn);
    const time = findColumn(chunk.columns, spec.timeColumn);
    if (time === undefined) throw fluxError('no time column detected');
    if (time.type !== 'time') throw fluxError(`column ${spec.timeColumn} of type ${time.type} is not of type time`);
    const isTag = ({ label, type }: Column): boolean =>
      spec.tagColumns === undefined ? type === 'string' && !excluded.has(label) : spec.tagColumns.includes(label);
    const tags = chunk.columns.filter((column) => column !== measurement && column !== time && isTag(column));
    if (tags.some(({ type }) => type !== 'string')) throw fluxError('invalid type for tag column');
    return pointsOf(chunk, measurement, time, tags, fields(chunk));
  };
};

function requireText(chunk: Chunk, label: string): Column {
  const column = findColumn(chunk.columns, label);
  if (column === undefined) throw fluxError(`no column with label ${label} exists`);
  if (column.type !== 'string') throw fluxError(`column ${label} of type ${column.type} is not of type string`);
  return column;
}

const BOUNDS_AND_TIME = new Set(['_start', '_stop', '_time']);

/** A field in each column that is not of the group key, as pivoted tables have them. */
export const widePoints: ToBatch = (chunk) => {
  const { key, columns } = chunk;
  const keyed = key.columns.filter(({ label }) => label !== '_start' && label !== '_stop');
  for (const { label, type } of keyed) {
    if (label === '_field') throw fluxError('found column "_field" in the group key; wideTo() expects pivoted data');
    if (type !== 'string') throw fluxError(`group key column "${label}" has type ${type}; type string is required`);
  }
  const measurement = findColumn(columns, '_measurement');
  if (measurement === undefined || !key.has('_measurement')) throw fluxError('required column "_measurement" not in group key');
  const time = findColumn(columns, '_time');
  if (time === undefined) throw fluxError('input table is missing required column "_time"');
  if (time.type !== 'time') throw fluxError(`column "_time" has type ${time.type}; type time is required`);
  const tags = columns.filter((column) => column !== measurement && keyed.some(({ label }) => label === column.label));
  const fields = columns.filter((column) => column !== measurement && !BOUNDS_AND_TIME.has(column.label) && !tags.includes(column));
  return pointsOf(chunk, measurement, time, tags, (row, add) => {
    for (const { label, type, vector } of fields) add(label, type, cellAt(vector, row));
  });
};

type AddField = (key: string, type: ColumnType, cell: Cell) => void;
type FieldsOf = (row: number, add: AddField) => void;

function fieldOfRow(chunk: Chunk): FieldsOf {
  const field = findColumn(chunk.columns, '_field');
  if (field === undefined) throw fluxError('table has no _field column');
  const value = findColumn(chunk.columns, '_value');
  if (value === undefined) throw fluxError('table has no _value column');
  return (row, add) => {
    add(String(cellAt(field.vector, row) ?? ''), value.type, cellAt(value.vector, row));
  };
}

const fieldsOfFunction = (fn: FunctionValue): ((chunk: Chunk) => FieldsOf) => {
  const apply = bindRowFunction(fn, 'r');
  return (chunk) => {
    const row = new Row(chunk);
    return (index, add) => {
      const record = apply(row.at(index));
      if (!isRecord(record)) throw fluxError(`fieldFn must return an object, got ${typeName(record)}`);
      for (const label of record.labels()) {
        const value = record.get(label) ?? null;
        if (value === null) continue;
        const type = columnTypeOf(value);
        if (type === undefined) throw fluxError(`unsupported field type ${typeName(value)}`);
        add(label, type, cellOfValue(value));
      }
    };
  };
};

/** The columns that a function of a row looks at. */
function usedColumns({ definition }: FunctionValue): Set<string> {
  const used = new Set<string>();
  const [param] = definition?.expression.params ?? [];
  if (definition === undefined || param === undefined) return used;
  const row = keyName(param);
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, object } = node as { type?: unknown; object?: { type?: unknown; name?: unknown } };
    if (type === 'MemberExpression' && object?.type === 'Identifier' && object.name === row) used.add(memberName(node as never));
    Object.values(node).forEach(visit);
  };
  visit(definition.expression.body);
  return used;
}

/** Points of one measurement, column by column. */
class MeasurementBuilder {
  readonly times = new VectorBuilder('time');
  readonly tagSetOf: number[] = [];
  readonly positions: number[] = [];
  readonly tagSets: (readonly Tag[])[] = [];
  private readonly tagSetIds = new Map<string, number>();
  private readonly fields = new Map<string, { key: string; builder: VectorBuilder }>();

  add(ns: bigint, tags: readonly Tag[], position: number, fields: readonly (readonly [string, ColumnType, Cell])[]): void {
    const id = tags.map(([key, value]) => `${key}\0${value}`).join('\0');
    let tagSet = this.tagSetIds.get(id);
    if (tagSet === undefined) {
      tagSet = this.tagSets.length;
      this.tagSetIds.set(id, tagSet);
      this.tagSets.push(tags);
    }
    const row = this.times.length;
    this.times.push(ns);
    this.tagSetOf.push(tagSet);
    this.positions.push(position);
    for (const [key, type, cell] of fields) {
      const fieldId = `${type}\0${key}`;
      let field = this.fields.get(fieldId);
      if (field === undefined) {
        field = { key, builder: new VectorBuilder(type) };
        this.fields.set(fieldId, field);
      }
      while (field.builder.length < row) field.builder.push(null);
      if (field.builder.length === row) field.builder.push(cell);
    }
  }

  build(measurement: string): PointBatch['measurements'][number] {
    const rowCount = this.times.length;
    const fields = [...this.fields.values()].map(({ key, builder }): FieldColumn => {
      while (builder.length < rowCount) builder.push(null);
      return { key, column: fieldValues(builder.build()) };
    });
    return {
      measurement,
      rowCount,
      times: (this.times.build() as { values: BigInt64Array }).values,
      tagSetOf: Int32Array.from(this.tagSetOf),
      tagSets: this.tagSets,
      fields,
      positions: Int32Array.from(this.positions),
    };
  }
}

function fieldValues(vector: DenseVector): FieldValues {
  switch (vector.type) {
    case 'float':
      return { type: 'float', values: vector.values, valid: vector.valid };
    // A time is stored as its nanoseconds.
    case 'int':
    case 'time':
      return { type: 'integer', values: vector.values, valid: vector.valid };
    case 'uint':
      return { type: 'unsigned', values: vector.values, valid: vector.valid };
    case 'bool':
      return { type: 'boolean', values: vector.values, valid: vector.valid };
    case 'string':
      return { type: 'string', values: vector.values, valid: vector.valid };
  }
}

/** Rows without a time, and rows without a field that can be stored, are left out. */
function pointsOf(chunk: Chunk, measurement: Column, time: Column, tags: readonly Column[], fieldsOf: FieldsOf): PointBatch {
  const sortedTags = [...tags].sort((a, b) => compareUtf8(a.label, b.label));
  const builders = new Map<string, MeasurementBuilder>();
  let rowCount = 0;
  let fields: (readonly [string, ColumnType, Cell])[] = [];
  const addField: AddField = (key, type, cell) => {
    if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) return;
    fields.push([key, type, cell]);
  };
  for (let row = 0; row < chunk.rowCount; row++) {
    const ns = cellAt(time.vector, row) as bigint | null;
    if (ns === null) continue;
    fields = [];
    fieldsOf(row, addField);
    if (fields.length === 0) continue;
    const name = String(cellAt(measurement.vector, row) ?? '');
    let builder = builders.get(name);
    if (builder === undefined) {
      builder = new MeasurementBuilder();
      builders.set(name, builder);
    }
    const tagSet = sortedTags
      .map(({ label, vector }): Tag => [label, String(cellAt(vector, row) ?? '')])
      .filter(([, value]) => value !== '');
    builder.add(ns, tagSet, rowCount, fields);
    rowCount++;
  }
  return { measurements: [...builders].map(([name, builder]) => builder.build(name)), rowCount };
}
