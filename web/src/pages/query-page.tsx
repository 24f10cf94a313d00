/** Query: a script in Flux, its rows and its lines. To see that the data of a token are there. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { Link, useSearch } from 'wouter';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { PlayIcon } from '../components/icons.js';
import { ErrorMessage } from '../components/message.js';
import { EmptyState, Page, Panel, Stack } from '../components/page.js';
import { useKept } from '../components/kept.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { drawableOf } from '../query/chart-series.js';
import { fluxText } from '../query/flux-text.js';
import { externOf, namesIn } from '../query/extern.js';
import { PagedChart } from '../query/paged-chart.js';
import { isRange, RANGES } from '../query/ranges.js';
import { ResultTable, ROWS_SHOWN_MAX } from '../query/result-table.js';
import { runQuery, type QueryResult } from '../query/run-query.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';
import { countWords } from '../tokens/words.js';
import styles from './query-page.module.css';
import { SaveToDashboard } from './save-to-dashboard.js';

/** The newest rows of each series: a limit alone would keep the oldest. */
const scriptFor = (bucket: string, start: string): string =>
  `from(bucket: ${fluxText(bucket)})\n  |> range(start: ${start})\n  |> sort(columns: ["_time"], desc: true)\n  |> limit(n: 1000)\n`;

interface Choice {
  readonly bucket: string | null;
  readonly start: string;
  /** Undefined: the query is unedited and follows from the two. */
  readonly written: string | undefined;
}

export function QueryPage() {
  const { orgID, organization } = usePlace();
  const asked = new URLSearchParams(useSearch()).get('bucket');
  const buckets = useQuery(bucketsQuery(orgID));
  const edited = useKept<Choice | undefined>(`query ${orgID}`, undefined);
  const [picked, setPicked] = useState<Choice>({ bucket: asked, start: '-1h', written: undefined });
  const { bucket, start, written } = edited.value ?? picked;
  // What would take the place of an edited query.
  const [instead, setInstead] = useState<Choice | undefined>(() =>
    edited.value !== undefined && asked !== null && asked !== edited.value.bucket
      ? { bucket: asked, start: '-1h', written: undefined }
      : undefined,
  );
  const [result, setResult] = useState<QueryResult | undefined>(undefined);
  const [saving, setSaving] = useState(false);
  const [runCount, setRunCount] = useState(0);
  const abort = useRef<AbortController | undefined>(undefined);
  const editorId = useId();

  const sorted = useMemo(
    () => [...(buckets.data ?? [])].sort((a, b) => Number(!isUserBucket(a)) - Number(!isUserBucket(b))),
    [buckets.data],
  );
  const chosen = bucket ?? sorted[0]?.name ?? '';
  const pick = (change: Partial<Choice>): void => {
    const next = { bucket: chosen, start, written: undefined, ...change };
    if (written === undefined) setPicked(next);
    else setInstead(next);
  };
  const script = written ?? (chosen === '' ? '' : scriptFor(chosen, start));

  const action = useAction(async () => {
    const controller = new AbortController();
    abort.current = controller;
    try {
      // What was taken from a dashboard finds the time here, too.
      const extern = namesIn(script).length > 0 && isRange(start) ? externOf(start) : undefined;
      setResult(await runQuery(orgID, script, controller.signal, { extern }));
      setRunCount((count) => count + 1);
    } catch (error) {
      setResult(undefined);
      throw controller.signal.aborted ? new Error('The query was stopped.') : error;
    }
  });
  useEffect(() => () => abort.current?.abort(), []);

  const names = sorted.map(({ name }) => name);
  return (
    <Page title="Query" place={organization.name} hint="See what data is in a bucket.">
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
                data={(chosen === '' || names.includes(chosen) ? names : [chosen, ...names]).map((name) => ({
                  value: name,
                  label: shownText(name),
                }))}
                onChange={(event) => {
                  pick({ bucket: event.currentTarget.value });
                }}
              />
              <NativeSelect
                label="Time"
                value={start}
                data={[...RANGES]}
                onChange={(event) => {
                  pick({ start: event.currentTarget.value });
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
                edited.set({ bucket: chosen, start, written: event.currentTarget.value });
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
              <Button
                variant="default"
                disabled={script.trim() === ''}
                onClick={() => {
                  setSaving(true);
                }}
              >
                Save to dashboard …
              </Button>
              <span className="muted">Ctrl+Enter runs it</span>
              <span role="status">{result !== undefined && !action.pending && summaryOf(result)}</span>
            </div>
          </form>
        </Panel>
        <ErrorMessage error={action.error} />
        {result !== undefined && <Result key={runCount} result={result} bucket={chosen} />}
      </Stack>
      {saving && (
        <SaveToDashboard
          script={script}
          bucket={chosen}
          onClose={() => {
            setSaving(false);
          }}
        />
      )}
      {instead !== undefined && (
        <ConfirmDialog
          title="Replace your query?"
          confirm="Replace"
          work={() => {
            edited.clear();
            setPicked(instead);
            return Promise.resolve();
          }}
          onClose={() => {
            setInstead(undefined);
          }}
        >
          <p style={{ margin: 0 }}>You edited the query. Another bucket or time writes a new one in its place.</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

const summaryOf = ({ rowCount, tables, ms, isCut }: QueryResult): string =>
  `${countWords(rowCount, 'row', 'rows')} in ${countWords(tables.length, 'table', 'tables')}, ${Math.round(ms)} ms${isCut ? '. The answer is too long: this is its beginning' : ''}`;

function Result({ result, bucket }: { readonly result: QueryResult; readonly bucket: string }) {
  const { orgID } = usePlace();
  const drawable = useMemo(() => drawableOf(result.tables), [result]);
  if (result.rowCount === 0) {
    return (
      <Panel>
        <EmptyState title="No data found" action={<Link href={addressesOf(orgID).firstDataOf(bucket)}>Send data to this bucket</Link>}>
          Try another time range or bucket.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      {drawable.length > 0 && (
        <Panel>
          <PagedChart drawable={drawable} />
        </Panel>
      )}
      <ResultTable tables={result.tables} />
      {result.rowCount > ROWS_SHOWN_MAX && (
        <p className="muted" style={{ margin: 0 }}>
          These are the first {ROWS_SHOWN_MAX} of {result.rowCount.toLocaleString('en')} rows. Filter the query to see others.
        </p>
      )}
    </>
  );
}
