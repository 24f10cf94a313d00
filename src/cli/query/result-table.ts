/** Results as the tables of `influx query`: columns of the key first, cells at the right, as wide as the first row of a table needs. */
import { parseRfc3339, RFC3339_NANO } from '../go-time.js';
import { escapeControls } from '../table.js';
import { formatDouble } from '../write/number-text.js';
import type { ResultColumn, ResultRow } from './result-rows.js';

interface Kind {
  readonly name: string;
  readonly widthMin: number;
  readonly format: (cell: string) => string;
}

const TIME_WIDTH = 30;

const asIs = (cell: string): string => cell;

const KINDS: Readonly<Record<string, Kind>> = {
  string: { name: 'string', widthMin: 22, format: escapeControls },
  double: { name: 'float', widthMin: 28, format: formatFloat },
  boolean: { name: 'boolean', widthMin: 12, format: (cell) => String(cell.toLowerCase() !== 'false') },
  long: { name: 'int', widthMin: 26, format: asIs },
  unsignedLong: { name: 'uint', widthMin: 27, format: asIs },
  duration: { name: 'duration', widthMin: 22, format: asIs },
  base64Binary: { name: 'bytes', widthMin: 22, format: asIs },
  'dateTime:RFC3339': { name: 'time', widthMin: TIME_WIDTH, format: formatTime },
  'dateTime:RFC3339Nano': { name: 'time', widthMin: TIME_WIDTH, format: formatTime },
};

interface Field {
  readonly header: string;
  readonly kind: Kind;
  /** Where its cell lies in a row. */
  readonly at: number;
}

const GAP = '  ';
const CUT = '...';

/** Formats rows one by one; what stands above a table comes with its first row. */
export class ResultTable {
  #fields: readonly Field[] = [];
  #key: readonly string[] = [];
  #widths: readonly number[] = [];
  #result: string | undefined;
  #tableId: string | undefined;

  format(row: ResultRow): string {
    if (row.hasNewColumns) {
      this.#fields = fieldsOf(row.columns);
      this.#key = row.columns.filter(({ inKey }) => inKey).map(({ name }) => name);
      this.#widths = this.#fields.map(({ header, kind }) => Math.max(header.length, kind.widthMin));
    }
    const cells = this.#fields.map(({ kind, at }) => formatCell(kind, row.cells[at] ?? ''));
    return this.#head(row, cells) + this.#line(cells);
  }

  #head({ result, tableId, hasNewColumns }: ResultRow, cells: readonly string[]): string {
    const isNewResult = this.#result !== result;
    const isNewTable = hasNewColumns || this.#tableId !== tableId;
    this.#result = result;
    this.#tableId = tableId;
    const name = isNewResult ? `Result: ${result}\n` : '';
    if (!isNewTable) return name;
    this.#widths = this.#widths.map((width, i) => Math.max(width, widthOf(cells[i] ?? '')));
    const dashes = this.#widths.map((width) => '-'.repeat(width)).join(GAP);
    return `${name}Table: keys: [${this.#key.join(', ')}]\n${this.#line(this.#fields.map(({ header }) => header))}${dashes}\n`;
  }

  #line(cells: readonly string[]): string {
    return `${cells.map((cell, i) => fit(cell, this.#widths[i] ?? 0)).join(GAP)}\n`;
  }
}

/** In the key, in its order, and then the others in theirs. */
function fieldsOf(columns: readonly ResultColumn[]): Field[] {
  const fields = columns.map(({ name, type, inKey }, at) => {
    const kind = KINDS[type];
    if (kind === undefined) throw new Error(`unknown data type ${type}`);
    return { header: `${name}:${kind.name}`, kind, at, inKey };
  });
  return [...fields.filter(({ inKey }) => inKey), ...fields.filter(({ inKey }) => !inKey)];
}

const formatCell = (kind: Kind, cell: string): string => (cell === '' ? '' : kind.format(cell));

const widthOf = (text: string): number => Array.from(text).length;

function fit(text: string, width: number): string {
  const missing = width - widthOf(text);
  return missing >= 0
    ? ' '.repeat(missing) + text
    : Array.from(text)
        .slice(0, width - CUT.length)
        .join('') + CUT;
}

function formatFloat(cell: string): string {
  if (/^[+-]?(inf|infinity)$/i.test(cell)) return cell.startsWith('-') ? '-Inf' : '+Inf';
  return /^nan$/i.test(cell) ? 'NaN' : formatDouble(cell);
}

/** All nine digits of the second, so that the columns stand below each other. */
function formatTime(cell: string): string {
  const { seconds, nanoseconds } = parseRfc3339(cell, RFC3339_NANO);
  return `${new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length)}.${String(nanoseconds).padStart(9, '0')}Z`;
}
