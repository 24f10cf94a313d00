/** A cell of a dashboard: its name, what its queries find, and the rows behind a chart for who wants them. */
import { ActionIcon } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Cell, PlacedCell } from '../api/dashboards.js';
import { ChartIcon, CrossIcon, TableIcon } from '../components/icons.js';
import { Waiting } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { Shown, shownText } from '../components/shown-text.js';
import { CELL_BYTES_MAX, runQuery, type QueryResult } from '../query/run-query.js';
import { usePlace } from '../session/session.js';
import { CellView, isDrawn } from './cell-view.js';
import styles from './dashboard-cell.module.css';

/** How long results of a cell that is out of sight are remembered. */
const KEPT_MS = 60_000;

export interface DashboardCellProps {
  readonly place: PlacedCell<Cell>;
  /** Undefined until the values of the variables are known. */
  readonly extern: object | undefined;
  readonly turn: number;
  readonly onRemove: (() => void) | undefined;
}

export function DashboardCell({ place, extern, turn, onRemove }: DashboardCellProps) {
  const { orgID } = usePlace();
  const { cell, x, y, w, h } = place;
  const { properties } = cell;
  const titleId = useId();
  const [asTable, setAsTable] = useState(false);
  const scripts = (properties.queries ?? []).map(({ text }) => text).filter((text) => text.trim() !== '');
  const result = useQuery({
    queryKey: ['cell', cell.id, scripts, extern, turn],
    queryFn: async ({ signal }) =>
      joined(await Promise.all(scripts.map((script) => runQuery(orgID, script, signal, { extern, bytesMax: CELL_BYTES_MAX })))),
    enabled: extern !== undefined && scripts.length > 0,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
    // Tables of a result are not compared with those of the one before.
    structuralSharing: false,
  });
  const name = shownText(cell.name ?? '');
  const title = name === '' ? 'Cell without a name' : name;
  const canBeTable = isDrawn(properties.type);
  return (
    <section
      className={styles.cell}
      aria-labelledby={titleId}
      aria-busy={result.isFetching}
      data-drawn={canBeTable && !asTable ? '' : undefined}
      style={{ gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}`, '--rows': h } as React.CSSProperties}
    >
      <header className={styles.head}>
        <h2 id={titleId} className={name === '' ? styles.nameless : undefined}>
          <Shown text={title} />
        </h2>
        {canBeTable && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={`Show ${title} as ${asTable ? 'it was' : 'a table'}`}
            onClick={() => {
              setAsTable(!asTable);
            }}
          >
            {asTable ? <ChartIcon /> : <TableIcon />}
          </ActionIcon>
        )}
        {onRemove !== undefined && (
          <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Remove ${title}`} onClick={onRemove}>
            <CrossIcon />
          </ActionIcon>
        )}
      </header>
      <div className={styles.body}>
        {result.error !== null ? (
          <ErrorMessage error={result.error} />
        ) : scripts.length > 0 && result.data === undefined ? (
          <Waiting what="Loading …" />
        ) : (
          <CellView properties={properties} title={title} result={result.data} asTable={asTable} />
        )}
      </div>
    </section>
  );
}

/** Several queries of a cell are shown together. */
const joined = (results: readonly QueryResult[]): QueryResult => ({
  tables: results.flatMap(({ tables }) => tables),
  rowCount: results.reduce((sum, { rowCount }) => sum + rowCount, 0),
  ms: Math.max(0, ...results.map(({ ms }) => ms)),
  isCut: results.some(({ isCut }) => isCut),
});
