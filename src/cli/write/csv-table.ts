/** Rows of annotated CSV made into lines: annotations and a header say which column is what. The rules are those of `influx write`. */
import { CsvColumn, formatValue, isSupportedType, readZone, withoutAnnotation } from './csv-column.js';
import type { Zone } from '../zone.js';

export interface CsvTableOptions {
  /** `|` in the name of a column stands for itself. */
  readonly ignoresTypesInNames: boolean;
  readonly nanosecondsPerUnit: bigint;
  readonly warn: (text: string) => void;
}

/** The columns of a line, once the header is known. */
interface Layout {
  readonly measurement: CsvColumn | undefined;
  readonly time: CsvColumn | undefined;
  /** The names of fields lie in a column, as in the results of Flux. */
  readonly fieldName: CsvColumn | undefined;
  readonly fieldValue: CsvColumn | undefined;
  readonly fields: readonly CsvColumn[];
  /** By label. */
  readonly tags: readonly CsvColumn[];
  /** Why no row can be made into a line. */
  readonly problem: string | undefined;
}

const ANNOTATIONS = ['#group', '#datatype', '#default', '#constant', '#timezone', '#concat'] as const;
type Annotation = (typeof ANNOTATIONS)[number];

export class CsvTable {
  readonly #options: CsvTableOptions;
  #columns: CsvColumn[] = [];
  /** Added by annotations. */
  #virtual: CsvColumn[] = [];
  #concatenations: { readonly column: CsvColumn; readonly template: string }[] = [];
  /** The annotations of columns that were seen since the last table. */
  #seen = new Set<Annotation>();
  #isReadingData = false;
  #zone: Zone | undefined;
  #layout: Layout | undefined;

  constructor(options: CsvTableOptions) {
    this.#options = options;
  }

  /** Takes a row of any kind. @returns whether it is data */
  addRow(cells: readonly string[]): boolean {
    const first = cells[0] ?? '';
    if (first.startsWith('#')) {
      this.#annotate(first, cells);
      return false;
    }
    if (this.#isReadingData) return true;
    this.#readHeader(cells);
    return false;
  }

  #readHeader(cells: readonly string[]): void {
    this.#layout = undefined;
    if (this.#seen.size === 0) this.#columns = columnsFor(cells);
    for (const column of this.#columns) {
      if (column.label !== '' || column.index >= cells.length) continue;
      column.label = cells[column.index] ?? '';
      const pipe = column.label.indexOf('|');
      if (column.dataType !== '' || pipe < 0 || this.#options.ignoresTypesInNames) continue;
      column.describe(column.label.slice(pipe + 1));
      column.label = column.label.slice(0, pipe);
    }
    this.#isReadingData = true;
  }

  #annotate(first: string, cells: readonly string[]): void {
    const name = first.toLowerCase();
    const annotation = ANNOTATIONS.find((each) => name === each || name.startsWith(`${each} `));
    if (annotation === undefined) {
      if (!first.startsWith('# ')) this.#options.warn(`WARNING: unsupported annotation:  ${first}`);
      return;
    }
    this.#layout = undefined;
    if (annotation === '#timezone') this.#setZone(withoutAnnotation(first) || (cells[1] ?? ''));
    else if (annotation === '#constant') this.#virtual.push(virtualColumn(annotation, cells));
    else if (annotation === '#concat') this.#addConcatenation(virtualColumn(annotation, cells));
    else this.#annotateColumns(annotation, cells);
  }

  #setZone(name: string): void {
    try {
      this.#zone = readZone(name);
    } catch (error) {
      this.#options.warn(`WARNING:  #timezone annotation: ${error instanceof Error ? error.message : ''}`);
    }
  }

  #addConcatenation(column: CsvColumn): void {
    const template = column.fallback;
    column.compute = (cells) =>
      template.replace(/\$\{([^}]+)\}/g, (_, label: string) => this.#columns.find((each) => each.label === label)?.valueIn(cells) ?? '');
    this.#virtual.push(column);
    this.#concatenations.push({ column, template });
  }

  #annotateColumns(annotation: '#group' | '#datatype' | '#default', cells: readonly string[]): void {
    if (this.#isReadingData) this.#beginTable();
    if (this.#seen.size === 0 || this.#seen.has(annotation)) {
      this.#seen = new Set();
      this.#columns = columnsFor(cells);
    }
    this.#seen.add(annotation);
    for (const column of this.#columns) {
      const cell = cells[column.index];
      if (cell === undefined) continue;
      if (annotation === '#datatype') column.describe(cell);
      else if (annotation === '#default') column.fallback = withoutAnnotation(cell);
      else if (cell.endsWith('true')) column.part ??= 'tag';
    }
  }

  #beginTable(): void {
    this.#seen = new Set();
    this.#isReadingData = false;
    this.#columns = [];
    this.#virtual = [];
    this.#concatenations = [];
  }

  /** @throws Error with the reason, and the column where there is one */
  formatLine(cells: readonly string[], line: number): string {
    const { measurement, tags, fieldName, fieldValue, fields, time, problem } = this.layout;
    if (problem !== undefined) throw new Error(problem);
    if (measurement === undefined) throw new Error('no measurement column found');
    const name = measurement.valueIn(cells);
    if (name === '') throw new Error(`column '${measurement.label}': no measurement supplied`);

    let text = escape(name, MEASUREMENT_SPECIAL);
    for (const tag of tags) {
      const value = tag.index < cells.length ? tag.valueIn(cells) : '';
      if (value !== '') text += `,${escape(tag.label, SPECIAL)}=${escape(value, SPECIAL)}`;
    }

    let separator = ' ';
    if (fieldName !== undefined && fieldValue !== undefined) {
      const [field, value] = [fieldName.valueIn(cells), fieldValue.valueIn(cells)];
      if (field !== '' && value !== '') {
        text += `${separator}${escape(field, SPECIAL)}=${this.#format(fieldValue, value, line, fieldName.label)}`;
        separator = ',';
      }
    }
    for (const field of fields) {
      const value = field.valueIn(cells);
      if (value === '') continue;
      text += `${separator}${escape(field.label, SPECIAL)}=${this.#format(field, value, line, field.label)}`;
      separator = ',';
    }
    if (separator === ' ') throw new Error('no field data found');

    const moment = time === undefined || time.index >= cells.length ? '' : time.valueIn(cells);
    return time === undefined || moment === '' ? text : `${text} ${this.#format(time, moment, line, time.label)}`;
  }

  #format(column: CsvColumn, value: string, line: number, label: string): string {
    try {
      const { text, warning } = formatValue(column, value, this.#options.nanosecondsPerUnit);
      if (warning !== undefined) this.#options.warn(`WARNING: line ${line}: column '${column.label}': ${warning}`);
      return text;
    } catch (error) {
      throw new Error(`column '${label}': ${error instanceof Error ? error.message : ''}`);
    }
  }

  get layout(): Layout {
    this.#layout ??= this.#lay();
    return this.#layout;
  }

  #lay(): Layout {
    let measurement: CsvColumn | undefined;
    let time: CsvColumn | undefined;
    let fieldName: CsvColumn | undefined;
    let fieldValue: CsvColumn | undefined;
    const tags = new Map<string, CsvColumn>();
    const fields: CsvColumn[] = [];
    // Where names of fields lie in a column, others are fields only if they say so.
    const othersAreFields = !this.#columns.some(({ label }) => label === '_field');
    for (const column of [...this.#columns, ...this.#virtual]) {
      const { label, part } = column;
      if (label === '_measurement' || part === 'measurement') measurement = column;
      else if (label === '_time' || part === 'time') time = this.#chooseTime(time, column);
      else if (label.trim() === '' || part === 'ignored') continue;
      else if (label === '_field') fieldName = column;
      else if (label === '_value') fieldValue = column;
      else if (part === 'tag') this.#addTag(tags, column);
      else if (part === 'field' || othersAreFields) fields.push(column);
    }
    if (time !== undefined) {
      if (time.dataType === '') time.dataType = 'dateTime';
      time.zone ??= this.#zone;
    }
    const problem = this.#findProblem([...(fieldValue === undefined ? [] : [fieldValue]), ...fields]);
    const sorted = [...tags.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
    return { measurement, time, fieldName, fieldValue, fields, tags: sorted, problem };
  }

  /** The results of Flux have `_start` and `_stop` beside `_time`. */
  #chooseTime(current: CsvColumn | undefined, next: CsvColumn): CsvColumn {
    const isBound = ({ label }: CsvColumn): boolean => label === '_start' || label === '_stop';
    if (current === undefined || isBound(current)) return next;
    if (isBound(next)) return current;
    this.#options.warn(`WARNING: at most one dateTime column is expected, '${current.label}' column is ignored`);
    return next;
  }

  #addTag(tags: Map<string, CsvColumn>, column: CsvColumn): void {
    const other = tags.get(column.label);
    if (other !== undefined) {
      this.#options.warn(
        `WARNING: ignoring duplicate tag '${column.label}' at column index ${other.index}, using column at index ${column.index}`,
      );
    }
    tags.set(column.label, column);
  }

  #findProblem(valued: readonly CsvColumn[]): string | undefined {
    const unsupported = valued.find(({ dataType }) => !isSupportedType(dataType));
    if (unsupported !== undefined) return `column '${unsupported.label}': data type '${unsupported.dataType}' is not supported`;
    const labels = this.#columns.map(({ label }) => label);
    for (const { column, template } of this.#concatenations) {
      const unknown = [...template.matchAll(/\$\{([^}]+)\}/g)].map(([, label = '']) => label).find((label) => !labels.includes(label));
      if (unknown !== undefined) {
        return `column '${column.label}': '${template}' references an unknown column '${unknown}', available columns are: ${labels.join(',')}`;
      }
    }
    return undefined;
  }

  /** For `--debug`. */
  describeColumns(): string {
    const { measurement, time, fieldName, fieldValue, fields, tags } = this.layout;
    const show = (name: string, column: CsvColumn | undefined): string[] =>
      column === undefined
        ? []
        : [
            `  ${name.padEnd(12)} ${column.label} ${column.dataType}${column.format && `:${column.format}`}${column.fallback && `|${column.fallback}`}`,
          ];
    return [
      'CSV columns:',
      ...show('measurement', measurement),
      ...tags.flatMap((tag) => show('tag', tag)),
      ...show('field name', fieldName),
      ...show('field value', fieldValue),
      ...fields.flatMap((field) => show('field', field)),
      ...show('time', time),
    ].join('\n');
  }
}

const columnsFor = (cells: readonly string[]): CsvColumn[] => cells.map((_, index) => new CsvColumn(index));

/**
 * The column that `#constant` or `#concat` adds: `#constant,type,label,value` or `#constant type,label,value`; a measurement and a time
 * need no label.
 */
function virtualColumn(annotation: '#constant' | '#concat', cells: readonly string[]): CsvColumn {
  const column = new CsvColumn();
  column.describe(cells[0] ?? '');
  let typeAt = 0;
  if (column.dataType === '' && column.part === undefined) {
    typeAt = 1;
    column.describe(cells[1] ?? '');
  }
  column.label = cells[typeAt + 1] ?? '';
  column.fallback = cells[typeAt + 2] ?? column.fallback;
  if (column.part === 'measurement' || column.part === 'time') {
    if (column.fallback === '') column.fallback = column.label;
    if (column.fallback === column.label || column.label === '') column.label = `${annotation} ${column.dataType}`;
  }
  return column;
}

const MEASUREMENT_SPECIAL = /[, ]/g;
const SPECIAL = /[, =]/g;

const escape = (text: string, special: RegExp): string => text.replace(special, '\\$&');
