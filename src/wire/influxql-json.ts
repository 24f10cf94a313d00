/** Results of InfluxQL as InfluxDB writes them in JSON: one document, or one for each piece. */
import type { ResultColumn, ResultSeries, StatementResult } from '../domain/influxql-result.js';
import { ByteWriter } from './byte-writer.js';
import { writeFloat } from './float-writer.js';
import { epochUnitNs, formatZonedTime } from './influxql-times.js';
import { TimeWriter } from './time-writer.js';

export interface JsonOptions {
  /** Empty for RFC 3339. */
  readonly epoch: string;
  readonly isPretty: boolean;
}

/** Bytes that are collected before they are handed on. What has been handed on can no longer give way to an error. */
const FLUSH_BYTES = 256 * 1024;

/** One document with the results of all statements, written as they come. */
export async function* encodeInfluxqlJson(results: AsyncIterable<StatementResult>, options: JsonOptions): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const json = new JsonWriter(writer, options.isPretty);
  const document = new ResultDocument(json, writer, options);
  for await (const result of results) {
    document.add(result);
    if (writer.length >= FLUSH_BYTES) yield document.take();
  }
  document.end();
  yield document.take();
}

/** A document for each piece of a result, each on a line of its own. */
export async function* encodeInfluxqlChunks(results: AsyncIterable<StatementResult>, options: JsonOptions): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  for await (const result of results) {
    const document = new ResultDocument(new JsonWriter(writer, options.isPretty), writer, options);
    document.add(result);
    document.end(result);
    yield document.take();
  }
}

/** Writes JSON as Go does, with or without indentation. */
class JsonWriter {
  private readonly writer: ByteWriter;
  private readonly isPretty: boolean;
  private depth = 0;
  /** For each open object or list whether it has something in it. */
  private hasItems: boolean[] = [];

  constructor(writer: ByteWriter, isPretty: boolean) {
    this.writer = writer;
    this.isPretty = isPretty;
  }

  open(bracket: '{' | '['): void {
    this.writer.ascii(bracket);
    this.hasItems.push(false);
    this.depth++;
  }

  close(bracket: '}' | ']'): void {
    this.depth--;
    if (this.hasItems.pop() === true) this.newLine();
    this.writer.ascii(bracket);
  }

  /** What goes before an item of the innermost object or list. */
  item(): void {
    const last = this.hasItems.length - 1;
    if (this.hasItems[last] === true) this.writer.byte(COMMA);
    this.hasItems[last] = true;
    this.newLine();
  }

  member(name: string): void {
    this.item();
    this.text(name);
    this.writer.ascii(this.isPretty ? ': ' : ':');
  }

  text(text: string): void {
    this.writer.text(quoteJson(text));
  }

  /** Where it stands, to come back to. */
  mark(): { readonly length: number; readonly hasItems: readonly boolean[] } {
    return { length: this.writer.length, hasItems: [...this.hasItems] };
  }

  reset({ length, hasItems }: { readonly length: number; readonly hasItems: readonly boolean[] }): void {
    this.writer.length = length;
    this.hasItems = [...hasItems];
    this.depth = hasItems.length;
  }

  private newLine(): void {
    if (this.isPretty) this.writer.ascii(`\n${'    '.repeat(this.depth)}`);
  }
}

/** Go also escapes what HTML would take for markup, and two line breaks that JavaScript once did not take in strings. */
const ESCAPED = /[<>&\u2028\u2029]/g;

const quoteJson = (text: string): string =>
  JSON.stringify(text).replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

class ResultDocument {
  private readonly json: JsonWriter;
  private readonly writer: ByteWriter;
  private readonly options: JsonOptions;
  private statementId: number | undefined;
  private series: ResultSeries | undefined;
  private hasSeries = false;
  /** Where the statement begins, as long as nothing of it has been handed on. */
  private begin: ReturnType<JsonWriter['mark']> | undefined;

  constructor(json: JsonWriter, writer: ByteWriter, options: JsonOptions) {
    this.json = json;
    this.writer = writer;
    this.options = options;
    json.open('{');
  }

  add({ statementId, series, error }: StatementResult): void {
    const { json } = this;
    if (this.statementId === undefined) {
      json.member('results');
      json.open('[');
    }
    if (this.statementId !== statementId) {
      this.closeStatement();
      this.statementId = statementId;
      json.item();
      json.open('{');
      json.member('statement_id');
      this.writer.ascii(String(statementId));
      this.begin = json.mark();
    }
    if (error !== undefined) {
      if (this.begin !== undefined) {
        json.reset(this.begin);
        this.series = undefined;
        this.hasSeries = false;
      }
      this.closeSeriesList();
      json.member('error');
      json.text(error);
    } else if (series !== undefined) this.addSeries(series);
  }

  /** @param piece the only one of the document, whose flags go with it */
  end(piece?: StatementResult): void {
    const { json } = this;
    if (piece?.series?.isPartial === true) {
      this.closeValues();
      json.member('partial');
      this.writer.ascii('true');
      json.close('}');
      this.series = undefined;
    }
    this.closeSeriesList();
    if (piece?.isPartial === true) {
      json.member('partial');
      this.writer.ascii('true');
    }
    this.closeStatement();
    if (this.statementId !== undefined) json.close(']');
    json.close('}');
    this.writer.ascii('\n');
  }

  take(): Uint8Array {
    this.begin = undefined;
    return this.writer.take();
  }

  private addSeries(series: ResultSeries): void {
    const { json } = this;
    if (this.series === undefined || !isSameSeries(this.series, series)) {
      this.closeSeries();
      if (!this.hasSeries) {
        json.member('series');
        json.open('[');
        this.hasSeries = true;
      }
      json.item();
      json.open('{');
      if (series.name !== '') {
        json.member('name');
        json.text(series.name);
      }
      if (series.tags.length > 0) {
        json.member('tags');
        json.open('{');
        for (const [key, value] of series.tags) {
          json.member(key);
          json.text(value);
        }
        json.close('}');
      }
      json.member('columns');
      json.open('[');
      for (const { name } of series.columns) {
        json.item();
        json.text(name);
      }
      json.close(']');
      if (series.rowCount > 0) {
        json.member('values');
        json.open('[');
      }
      this.series = series;
    }
    this.addRows(series);
  }

  private addRows({ columns, rowCount }: ResultSeries): void {
    const { json, writer } = this;
    const cells = columns.map((column) => cellWriter(column, writer, this.options.epoch));
    for (let row = 0; row < rowCount; row++) {
      json.item();
      if (this.options.isPretty) {
        json.open('[');
        for (const write of cells) {
          json.item();
          write(row);
        }
        json.close(']');
        continue;
      }
      writer.byte(OPENING);
      for (let i = 0; i < cells.length; i++) {
        if (i > 0) writer.byte(COMMA);
        (cells[i] as (row: number) => void)(row);
      }
      writer.byte(CLOSING);
    }
  }

  private closeValues(): void {
    if (this.series !== undefined && this.series.rowCount > 0) this.json.close(']');
  }

  private closeSeries(): void {
    if (this.series === undefined) return;
    this.closeValues();
    this.json.close('}');
    this.series = undefined;
  }

  private closeSeriesList(): void {
    this.closeSeries();
    if (this.hasSeries) this.json.close(']');
    this.hasSeries = false;
  }

  private closeStatement(): void {
    if (this.statementId === undefined) return;
    this.closeSeriesList();
    this.json.close('}');
  }
}

export const isSameSeries = (a: ResultSeries, b: ResultSeries): boolean =>
  a.name === b.name &&
  a.tags.length === b.tags.length &&
  a.tags.every(([key, value], i) => b.tags[i]?.[0] === key && b.tags[i][1] === value);

/** Writes a column's value in a row. What JSON has no number for is null. */
function cellWriter({ values }: ResultColumn, writer: ByteWriter, epoch: string): (row: number) => void {
  const writeNull = (): void => {
    writer.ascii('null');
  };
  if (values === undefined) return writeNull;
  if (values.type === 'time') {
    if (epoch !== '') {
      const unit = epochUnitNs(epoch);
      return (row) => {
        writer.ascii(String((values.values[row] as bigint) / unit));
      };
    }
    const write =
      values.offsetSecondsAt === undefined
        ? new TimeWriter().writerOf(values.values, writer)
        : (row: number): void => {
            writer.ascii(formatZonedTime(values, row));
          };
    return (row) => {
      writer.byte(QUOTE);
      write(row);
      writer.byte(QUOTE);
    };
  }
  const write = valueWriter(values, writer);
  const { valid } = values;
  if (valid === undefined) return write;
  return (row) => {
    if (valid[row] === 0) writeNull();
    else write(row);
  };
}

const QUOTE = 34;
const COMMA = 44;
const OPENING = 91;
const CLOSING = 93;

/** Texts of a column that are kept as they are written, since tags come again and again. */
const KEPT_TEXTS_MAX = 1_024;

function valueWriter(
  column: Exclude<ResultColumn['values'], undefined | { readonly type: 'time' }>,
  writer: ByteWriter,
): (row: number) => void {
  switch (column.type) {
    case 'float':
      return (row) => {
        writeNumber(writer, column.values[row] as number);
      };
    case 'boolean':
      return (row) => {
        writer.ascii(column.values[row] === 0 ? 'false' : 'true');
      };
    case 'string': {
      const kept = new Map<string, Uint8Array>();
      return (row) => {
        const text = column.values[row] as string;
        let quoted = kept.get(text);
        if (quoted === undefined) {
          quoted = Buffer.from(quoteJson(text));
          if (kept.size < KEPT_TEXTS_MAX) kept.set(text, quoted);
        }
        writer.bytes(quoted);
      };
    }
    default:
      return (row) => {
        writer.ascii(String(column.values[row]));
      };
  }
}

/** Go writes numbers with an exponent where JavaScript does: below this, and from 1e21. */
const PLAIN_MIN = 1e-6;
const PLAIN_MAX = 1e21;

function writeNumber(writer: ByteWriter, value: number): void {
  const size = Math.abs(value);
  if (value === 0 || (size >= PLAIN_MIN && size < PLAIN_MAX)) writeFloat(writer, value);
  else writer.ascii(Number.isFinite(value) ? String(value) : 'null');
}
