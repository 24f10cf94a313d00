/** Query: a script in Flux, its rows and its lines. To see that the data of a token are there. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { PlayIcon } from '../components/icons.js';
import { ErrorMessage } from '../components/message.js';
import { EmptyState, Page, Panel, Stack } from '../components/page.js';
import { useAction } from '../components/use-action.js';
import { Chart } from '../query/chart.js';
import { LINES_MAX, linesOf } from '../query/chart-series.js';
import { fluxText } from '../query/flux-text.js';
import { ResultTable, ROWS_SHOWN_MAX } from '../query/result-table.js';
import { runQuery, type QueryResult } from '../query/run-query.js';
import { usePlace } from '../session/session.js';
import { countWords } from '../tokens/words.js';
import styles from './query-page.module.css';

const RANGES = [
  { value: '-15m', label: 'Last 15 minutes' },
  { value: '-1h', label: 'Last hour' },
  { value: '-24h', label: 'Last 24 hours' },
  { value: '-7d', label: 'Last 7 days' },
  { value: '-30d', label: 'Last 30 days' },
  { value: '0', label: 'All time' },
];

const scriptFor = (bucket: string, start: string): string =>
  `from(bucket: ${fluxText(bucket)})\n  |> range(start: ${start})\n  |> limit(n: 1000)\n`;

export function QueryPage() {
  const { orgID, organization } = usePlace();
  const asked = new URLSearchParams(useSearch()).get('bucket');
  const buckets = useQuery(bucketsQuery(orgID));
  const [bucket, setBucket] = useState(asked);
  const [start, setStart] = useState('-1h');
  const [written, setWritten] = useState<string | undefined>(undefined);
  const [result, setResult] = useState<QueryResult | undefined>(undefined);
  const abort = useRef<AbortController | undefined>(undefined);
  const editorId = useId();

  const sorted = useMemo(
    () => [...(buckets.data ?? [])].sort((a, b) => Number(!isUserBucket(a)) - Number(!isUserBucket(b))),
    [buckets.data],
  );
  const chosen = bucket ?? sorted[0]?.name ?? '';
  // What somebody wrote is his: another bucket changes only what nobody touched.
  const script = written ?? (chosen === '' ? '' : scriptFor(chosen, start));

  const action = useAction(async () => {
    const controller = new AbortController();
    abort.current = controller;
    try {
      setResult(await runQuery(orgID, script, controller.signal));
    } catch (error) {
      setResult(undefined);
      throw controller.signal.aborted ? new Error('The query was stopped.') : error;
    }
  });
  useEffect(() => () => abort.current?.abort(), []);

  const names = sorted.map(({ name }) => name);
  return (
    <Page title="Query" place={organization.name} hint="Look whether data are there, and what they are.">
      <Stack>
        <Panel>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void action.run();
            }}
          >
            <div className={styles.tools}>
              <NativeSelect
                label="Bucket"
                value={chosen}
                data={chosen === '' || names.includes(chosen) ? names : [chosen, ...names]}
                onChange={(event) => {
                  setBucket(event.currentTarget.value);
                  setWritten(undefined);
                }}
              />
              <NativeSelect
                label="Time"
                value={start}
                data={RANGES}
                onChange={(event) => {
                  setStart(event.currentTarget.value);
                  setWritten(undefined);
                }}
              />
            </div>
            <label htmlFor={editorId} className={styles.label}>
              Flux
            </label>
            <textarea
              id={editorId}
              className={styles.editor}
              value={script}
              rows={7}
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
              onChange={(event) => {
                setWritten(event.currentTarget.value);
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                  event.preventDefault();
                  void action.run();
                }
              }}
            />
            <div className={styles.run}>
              <Button type="submit" leftSection={<PlayIcon />} loading={action.pending} disabled={script.trim() === ''}>
                Run
              </Button>
              {action.pending && (
                <Button variant="default" onClick={() => abort.current?.abort()}>
                  Stop
                </Button>
              )}
              <span className="muted">Ctrl+Enter runs it</span>
              <span role="status">{result !== undefined && !action.pending && summaryOf(result)}</span>
            </div>
          </form>
        </Panel>
        <ErrorMessage error={action.error} />
        {result !== undefined && <Result result={result} />}
      </Stack>
    </Page>
  );
}

const summaryOf = ({ rowCount, tables, ms, isCut }: QueryResult): string =>
  `${countWords(rowCount, 'row', 'rows')} in ${countWords(tables.length, 'table', 'tables')}, ${Math.round(ms)} ms${isCut ? '; the answer is longer, this is its beginning' : ''}`;

function Result({ result }: { readonly result: QueryResult }) {
  const { lines, lineCount } = useMemo(() => linesOf(result.tables), [result]);
  if (result.rowCount === 0) {
    return (
      <Panel>
        <EmptyState title="No rows">The query ran, and nothing was found. Look at another time, or write data first.</EmptyState>
      </Panel>
    );
  }
  return (
    <>
      {lines.length > 0 && (
        <Panel>
          <Chart lines={lines} />
          {lineCount > LINES_MAX && (
            <p className="muted">
              {LINES_MAX} of {lineCount.toLocaleString('en')} lines are drawn. Filter for the ones that you want to see.
            </p>
          )}
        </Panel>
      )}
      <ResultTable tables={result.tables} />
      {result.rowCount > ROWS_SHOWN_MAX && (
        <p className="muted" style={{ margin: 0 }}>
          The first {ROWS_SHOWN_MAX} of {result.rowCount.toLocaleString('en')} rows are shown.
        </p>
      )}
    </>
  );
}
