/** The rows of a result, those of all its tables below each other, as many as are good to look at. */
import type { ColumnType } from '../../../src/domain/table.js';
import type { DecodedTable } from '../../../src/wire/annotated-csv-decoder.js';
import { Shown } from '../components/shown-text.js';
import { formatExactly, useZone } from '../components/zone.js';
import { cellAt, textOfCell } from './cells.js';
import { isNamedResult } from './results.js';
import styles from './result-table.module.css';

export const ROWS_SHOWN_MAX = 500;

/** Columns that say little, behind the others. */
const LAST = ['_start', '_stop'];

export interface ResultTableProps {
  readonly tables: readonly DecodedTable[];
  /** What it is the result of. */
  readonly title?: string;
  /** It takes the room that there is. */
  readonly fills?: boolean;
}

export function ResultTable({ tables, title = 'the result', fills = false }: ResultTableProps) {
  const zone = useZone();
  const withResult = isNamedResult(tables);
  const types = new Map<string, ColumnType>();
  for (const { columns } of tables) for (const { label, type } of columns) if (!types.has(label)) types.set(label, type);
  const labels = [...types.keys()].filter((label) => label !== 'result' && label !== 'table');
  labels.sort((a, b) => Number(LAST.includes(a)) - Number(LAST.includes(b)));
  const rows: { table: number; row: number }[] = [];
  for (const [table, { rowCount }] of tables.entries()) {
    for (let row = 0; row < rowCount && rows.length < ROWS_SHOWN_MAX; row++) rows.push({ table, row });
  }
  const isNumber = (label: string): boolean => ['float', 'int', 'uint'].includes(types.get(label) ?? '');
  return (
    <div className={`${styles.scroll} ${fills ? styles.filled : ''}`} tabIndex={0} role="group" aria-label={`Rows of ${title}`}>
      <table className={styles.table}>
        <caption className="hidden-text">{title === 'the result' ? 'The result of the query' : title}</caption>
        <thead>
          <tr>
            {withResult && <th scope="col">result</th>}
            <th scope="col">table</th>
            {labels.map((label) => (
              <th key={label} scope="col" className={isNumber(label) ? styles.number : undefined}>
                {label}
                <small>{types.get(label)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ table, row }) => (
            <tr key={`${table} ${row}`}>
              {withResult && (
                <td>
                  <Shown text={tables[table]?.result ?? ''} />
                </td>
              )}
              <td>{table}</td>
              {labels.map((label) => {
                const column = tables[table]?.columns.find((each) => each.label === label);
                const plain = column === undefined ? '' : textOfCell(cellAt(column.vector, row), column.type);
                const text = column?.type === 'time' && plain !== '' ? formatExactly(plain, zone) : plain;
                return (
                  <td key={label} className={isNumber(label) ? styles.number : undefined} title={text.length > 40 ? text : undefined}>
                    <Shown text={text} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
