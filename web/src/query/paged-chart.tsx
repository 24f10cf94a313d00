/** The lines of a result, as many at a time as can be told apart, with a way to all the others. */
import { Button, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { SearchIcon } from '../components/icons.js';
import { Chart, type ChartProps } from './chart.js';
import styles from './chart.module.css';
import { lineOf, LINES_MAX, type Drawable } from './chart-series.js';

export interface PagedChartProps extends Pick<ChartProps, 'title' | 'fills'> {
  readonly drawable: readonly Drawable[];
}

export function PagedChart({ drawable, title, fills = false }: PagedChartProps) {
  const [filter, setFilter] = useState('');
  const [page, setPage] = useState(0);
  const key = filter.trim().toLowerCase();
  const matching = useMemo(() => drawable.filter(({ name }) => name.toLowerCase().includes(key)), [drawable, key]);
  const lines = useMemo(() => matching.slice(page * LINES_MAX, (page + 1) * LINES_MAX).map(lineOf), [matching, page]);
  const first = page * LINES_MAX + 1;
  return (
    <>
      {drawable.length > LINES_MAX && (
        <div className={styles.pages}>
          <TextInput
            type="search"
            size="xs"
            aria-label={title === undefined ? 'Filter lines' : `Filter lines of ${title}`}
            placeholder="Filter lines by name"
            leftSection={<SearchIcon />}
            value={filter}
            onChange={(event) => {
              setFilter(event.currentTarget.value);
              setPage(0);
            }}
          />
          <span role="status">
            {matching.length === 0
              ? 'No line matches'
              : `Lines ${first} to ${first + lines.length - 1} of ${matching.length.toLocaleString('en')}`}
          </span>
          <Button
            size="xs"
            variant="default"
            disabled={page === 0}
            onClick={() => {
              setPage(page - 1);
            }}
          >
            Previous lines
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={(page + 1) * LINES_MAX >= matching.length}
            onClick={() => {
              setPage(page + 1);
            }}
          >
            Next lines
          </Button>
        </div>
      )}
      {lines.length > 0 && <Chart lines={lines} title={title} fills={fills} />}
    </>
  );
}
