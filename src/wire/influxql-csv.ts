/** Results of InfluxQL as InfluxDB writes them in CSV: the series' name and tags go before the columns. */
import type { ResultColumn, ResultSeries, StatementResult } from '../domain/influxql-result.js';
import { formatFloat } from '../domain/float.js';
import { ByteWriter } from './byte-writer.js';
import { epochUnitNs } from './influxql-times.js';

/** Bytes that are collected before they are handed on. */
const FLUSH_BYTES = 64 * 1024;

/**
 * Times are nanoseconds, or what `epoch` asks for. Statements are parted by an empty line, and so are series with other columns. An error,
 * of which InfluxDB's CSV says nothing, is a block `error`.
 */
export async function* encodeInfluxqlCsv(results: AsyncIterable<StatementResult>, epoch: string): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  let header: string | undefined;
  let lastStatement: number | undefined;
  const begin = (columns: string): void => {
    if (header !== undefined) writer.ascii('\n');
    header = columns;
    writer.text(columns);
  };
  for await (const { statementId, series, error } of results) {
    if (error !== undefined) {
      begin('error\n');
      writer.text(`${quoteField(error)}\n`);
    } else if (series !== undefined) {
      const columns = `${['name', 'tags', ...series.columns.map(({ name }) => name)].map(quoteField).join(',')}\n`;
      if (statementId !== lastStatement || columns !== header) begin(columns);
      lastStatement = statementId;
      writeRows(writer, series, epoch);
    }
    if (writer.length >= FLUSH_BYTES) yield writer.take();
  }
  yield writer.take();
}

function writeRows(writer: ByteWriter, { name, tags, columns, rowCount }: ResultSeries, epoch: string): void {
  const tagText = tags.flatMap(([key, value]) => (value === '' ? [] : [`${key}=${value}`])).join(',');
  const begin = `${quoteField(name)},${quoteField(tagText)}`;
  const cells = columns.map((column) => cellOf(column, epoch));
  for (let row = 0; row < rowCount; row++) {
    writer.text(begin);
    for (const cell of cells) writer.text(`,${cell(row)}`);
    writer.ascii('\n');
  }
}

function cellOf({ values }: ResultColumn, epoch: string): (row: number) => string {
  if (values === undefined) return () => '';
  if (values.type === 'time') {
    const unit = epochUnitNs(epoch);
    return (row) => String((values.values[row] as bigint) / unit);
  }
  const format = formatterOf(values);
  return (row) => (values.valid?.[row] === 0 ? '' : format(row));
}

function formatterOf(column: Exclude<ResultColumn['values'], undefined | { readonly type: 'time' }>): (row: number) => string {
  switch (column.type) {
    case 'float':
      return (row) => {
        const value = column.values[row] as number;
        return Number.isNaN(value) ? '' : formatFloat(value);
      };
    case 'boolean':
      return (row) => (column.values[row] === 0 ? 'false' : 'true');
    case 'string':
      return (row) => quoteField(column.values[row] as string);
    default:
      return (row) => String(column.values[row]);
  }
}

/** As Go's csv.Writer quotes fields. */
const quoteField = (field: string): string => (field === '\\.' || /[",\r\n]|^\s/u.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
