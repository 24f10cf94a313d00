/** What a view shows of a result: a chart, a number, a table or a text; and a sentence with the rows where it is a kind that is not drawn. */
import { useMemo, type ReactNode } from 'react';
import type { ViewProperties } from '../api/dashboards.js';
import { Shown } from '../components/shown-text.js';
import { cellAt, numberOfCell, textOfCell } from '../query/cells.js';
import { drawableOf } from '../query/chart-series.js';
import { formatNumber } from '../query/numbers.js';
import { PagedChart } from '../query/paged-chart.js';
import { ResultTable, ROWS_SHOWN_MAX } from '../query/result-table.js';
import type { QueryResult } from '../query/run-query.js';
import styles from './cell-view.module.css';

const CHARTS: readonly (string | undefined)[] = ['xy', 'band', 'check', 'line-plus-single-stat'];
const NUMBERS: readonly (string | undefined)[] = ['single-stat', 'gauge', 'line-plus-single-stat'];

/** What these kinds are called where they are shown as rows. */
const NOT_DRAWN: Readonly<Record<string, string>> = {
  heatmap: 'heatmaps',
  histogram: 'histograms',
  scatter: 'scatter plots',
  mosaic: 'mosaics',
  geo: 'maps',
};

/** It can be looked at as a table instead. */
export const isDrawn = (type: string | undefined): boolean => CHARTS.includes(type) || NUMBERS.includes(type);

export interface CellViewProps {
  readonly properties: ViewProperties;
  readonly title: string;
  /** Undefined for views without a query. */
  readonly result: QueryResult | undefined;
  readonly asTable: boolean;
}

export function CellView({ properties, title, result, asTable }: CellViewProps) {
  const { type, note = '', showNoteWhenEmpty = false } = properties;
  if (type === 'markdown') return <Note text={note} title={title} />;
  if (type === undefined) return <p className={styles.sentence}>This cell shows nothing: it has no view.</p>;
  if (result === undefined) return <p className={styles.sentence}>This cell has no query.</p>;
  if (result.rowCount === 0) {
    return showNoteWhenEmpty && note !== '' ? (
      <Note text={note} title={title} />
    ) : (
      <p className={styles.sentence}>No data in this time range.</p>
    );
  }
  return asTable || !isDrawn(type) ? (
    <Rows type={type} title={title} result={result} />
  ) : (
    <Drawn properties={properties} title={title} result={result} />
  );
}

const Note = ({ text, title }: { readonly text: string; readonly title: string }) => (
  <div className={styles.note} tabIndex={0} role="group" aria-label={title}>
    <Shown text={text} />
  </div>
);

interface FoundProps {
  readonly title: string;
  readonly result: QueryResult;
}

function Rows({ type, title, result }: FoundProps & { readonly type: string }): ReactNode {
  const kind = NOT_DRAWN[type];
  return (
    <>
      {kind !== undefined && <p className={styles.sentence}>These pages don’t draw {kind}. Here are the rows.</p>}
      <ResultTable tables={result.tables} title={title} fills />
      {(result.isCut || result.rowCount > ROWS_SHOWN_MAX) && (
        <p className={styles.more}>
          The first {Math.min(ROWS_SHOWN_MAX, result.rowCount).toLocaleString('en')} of{' '}
          {result.isCut ? 'many more rows: the answer is too long' : `${result.rowCount.toLocaleString('en')} rows`}.
        </p>
      )}
    </>
  );
}

function Drawn({ properties, title, result }: FoundProps & { readonly properties: ViewProperties }) {
  const { type, xColumn, yColumn } = properties;
  const drawable = useMemo(() => drawableOf(result.tables, xColumn || undefined, yColumn || undefined), [result, xColumn, yColumn]);
  const hasChart = CHARTS.includes(type) && drawable.length > 0;
  const number = NUMBERS.includes(type) ? lastNumber(result) : undefined;
  if (!hasChart && number === undefined) return <Rows type="" title={title} result={result} />;
  return (
    <>
      {number !== undefined && <LargeNumber value={number} properties={properties} isAlone={!hasChart} />}
      {hasChart && <PagedChart drawable={drawable} title={title} fills />}
      {hasChart && result.isCut && <p className={styles.more}>The answer is too long: this is its beginning.</p>}
    </>
  );
}

/** The last value of the first table that has one: a text stays a text. */
function lastNumber({ tables }: QueryResult): number | string | undefined {
  for (const { columns, rowCount } of tables) {
    const column = columns.find(({ label }) => label === '_value');
    if (column === undefined || rowCount === 0) continue;
    const cell = cellAt(column.vector, rowCount - 1);
    return numberOfCell(cell) ?? textOfCell(cell, column.type);
  }
  return undefined;
}

const DIGITS_MAX = 15;
/** From here on two decimal places are enough to read. */
const LARGE_MIN = 1;
const PLAIN_MIN = 1e-4;

/** As many digits as one reads at a glance; all of them are in the title. */
const shorten = (value: number): string => {
  const size = Math.abs(value);
  if (size >= LARGE_MIN && size < Number.MAX_SAFE_INTEGER) return value.toLocaleString('en', { maximumFractionDigits: 2 });
  return size >= PLAIN_MIN && size < LARGE_MIN ? value.toLocaleString('en', { maximumSignificantDigits: 3 }) : formatNumber(value);
};

function LargeNumber({
  value,
  properties,
  isAlone,
}: {
  readonly value: number | string;
  readonly properties: ViewProperties;
  readonly isAlone: boolean;
}) {
  const { prefix = '', suffix = '', decimalPlaces } = properties;
  const digits = decimalPlaces?.isEnforced === true ? Math.min(DIGITS_MAX, Math.max(0, decimalPlaces.digits)) : undefined;
  const text =
    typeof value === 'string'
      ? value
      : digits === undefined
        ? shorten(value)
        : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (
    <p className={`${styles.number} ${isAlone ? styles.alone : ''}`} title={typeof value === 'number' ? formatNumber(value) : undefined}>
      <Shown text={`${prefix}${text}${suffix}`} />
    </p>
  );
}
