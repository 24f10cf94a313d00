/** A list of things that have names: filtered, sorted, counted, and with a sentence where there is nothing. */
import { TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { countWords } from '../tokens/words.js';
import { DataTable, type Column } from './data-table.js';
import { SearchIcon } from './icons.js';
import styles from './named-list.module.css';
import { EmptyState, Panel } from './page.js';

/** Rows that are good to look at. */
const ROWS_SHOWN_MAX = 300;

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface NamedListProps<T extends Named> {
  readonly caption: string;
  /** `task`, `tasks` */
  readonly one: string;
  readonly many: string;
  readonly items: readonly T[];
  readonly columns: readonly Column[];
  /** What a column but that of the name is sorted by; equal ones are sorted by their names. */
  readonly orders?: Readonly<Record<string, (item: T) => string | number>>;
  /** Where there are none at all. */
  readonly empty: ReactNode;
  readonly row: (item: T) => ReactNode;
}

export function NamedList<T extends Named>({ caption, one, many, items, columns, orders = {}, empty, row }: NamedListProps<T>) {
  const [filter, setFilter] = useState('');
  const [sorting, setSorting] = useState({ by: 'name', descending: false });
  if (items.length === 0) return <Panel>{empty}</Panel>;
  const key = filter.trim().toLowerCase();
  const shown = items.filter(({ name, id }) => name.toLowerCase().includes(key) || id === key);
  const byName = (a: T, b: T): number => a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.id < b.id ? -1 : 1);
  const valueOf = orders[sorting.by];
  const order = (a: T, b: T): number => {
    const [x, y] = valueOf === undefined ? [0, 0] : [valueOf(a), valueOf(b)];
    return x === y ? byName(a, b) : x < y ? -1 : 1;
  };
  shown.sort((a, b) => (sorting.descending ? -order(a, b) : order(a, b)));
  return (
    <>
      <TextInput
        type="search"
        className={styles.search}
        aria-label={`Filter ${many}`}
        placeholder="Filter by name or id"
        leftSection={<SearchIcon />}
        value={filter}
        onChange={(event) => {
          setFilter(event.currentTarget.value);
        }}
      />
      {shown.length === 0 ? (
        <Panel>
          <EmptyState title={`No ${one} matches`}>Try another name.</EmptyState>
        </Panel>
      ) : (
        <DataTable
          caption={caption}
          columns={columns}
          sorting={{
            ...sorting,
            onSort: (by) => {
              setSorting(({ by: before, descending }) => ({ by, descending: by === before && !descending }));
            },
          }}
        >
          {shown.slice(0, ROWS_SHOWN_MAX).map(row)}
        </DataTable>
      )}
      <p className={styles.foot} role="status">
        {countWords(shown.length, one, many)}
        {shown.length > ROWS_SHOWN_MAX && `, of which these are the first ${ROWS_SHOWN_MAX}. Filter to find others.`}
      </p>
    </>
  );
}
