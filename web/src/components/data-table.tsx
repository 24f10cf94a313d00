/** A table that becomes cards where it is narrow, and stays a table to those who hear it. */
import type { ReactNode } from 'react';
import styles from './data-table.module.css';

export interface Column {
  readonly key: string;
  readonly label: string;
  /** For a heading that is only for screen readers. */
  readonly hidden?: boolean;
  readonly sortable?: boolean;
}

export interface Sorting {
  readonly by: string;
  readonly descending: boolean;
  readonly onSort: (key: string) => void;
}

export interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly sorting?: Sorting;
  readonly busy?: boolean;
  readonly children: ReactNode;
}

// The roles are said again because a table that is laid out as blocks loses them in some browsers.
export function DataTable({ caption, columns, sorting, busy = false, children }: DataTableProps) {
  return (
    <div className={styles.wrap}>
      <table className={`${styles.table} ${styles.cards}`} role="table" aria-busy={busy}>
        <caption className="hidden-text">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Head key={column.key} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{children}</tbody>
      </table>
    </div>
  );
}

function Head({ column, sorting }: { readonly column: Column; readonly sorting: Sorting | undefined }) {
  const { key, label, hidden = false, sortable = false } = column;
  if (hidden) {
    return (
      <th scope="col" role="columnheader">
        <span className="hidden-text">{label}</span>
      </th>
    );
  }
  if (!sortable || sorting === undefined) {
    return (
      <th scope="col" role="columnheader">
        {label}
      </th>
    );
  }
  const sorted = sorting.by === key;
  return (
    <th scope="col" role="columnheader" aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        className={`${styles.sort} ${sorted ? styles.sorted : ''}`}
        onClick={() => {
          sorting.onSort(key);
        }}
      >
        {label}
        <span className={styles.arrow} aria-hidden="true">
          {sorted ? (sorting.descending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}

export function Row({ children }: { readonly children: ReactNode }) {
  return <tr role="row">{children}</tr>;
}

export interface CellProps {
  readonly label: string;
  /** The cell that names the row. */
  readonly lead?: boolean;
  /** The name of a user or resource, which may be long. */
  readonly name?: boolean;
  /** What stands in the corner of a card. */
  readonly corner?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function Cell({ label, lead = false, name = false, corner = false, className, children }: CellProps) {
  return (
    <td
      role="cell"
      data-label={label}
      data-lead={lead ? '' : undefined}
      data-name={name ? '' : undefined}
      data-corner={corner ? '' : undefined}
      className={className}
    >
      {children}
    </td>
  );
}
