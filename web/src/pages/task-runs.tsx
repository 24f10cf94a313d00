/** The runs of a task, the newest first, with their logs; failed ones can be run again, and those that go on be stopped. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { cancelRun, isOver, retryRun, runsQuery, type Run, type Task } from '../api/tasks.js';
import { useAnnounce } from '../components/announcer.js';
import { Cell, DataTable, Row } from '../components/data-table.js';
import { Dialog, DialogActions } from '../components/dialog.js';
import { Loaded } from '../components/loading.js';
import { EmptyState, Panel } from '../components/page.js';
import { Shown } from '../components/shown-text.js';
import { Moment } from '../components/times.js';
import { formatExactly, useZone } from '../components/zone.js';
import { RunStatus } from './run-status.js';
import { useForgetTasks, useMayWriteTask } from './task-switch.js';
import styles from './task-runs.module.css';

const COLUMNS = [
  { key: 'for', label: 'Scheduled for' },
  { key: 'status', label: 'Result' },
  { key: 'took', label: 'Took' },
  { key: 'said', label: 'Last message' },
  { key: 'actions', label: 'Actions', hidden: true },
];

/** Runs that are shown at first, and with each click more. */
const ROWS_STEP = 20;
const ROWS_MAX = 500;
/** A run by hand is looked after for so long, so that an open page does not keep a session alive. */
const WATCHED_MS = 60_000;
const WATCH_MS = 1000;

/** Only what somebody has asked for a moment ago. */
const isWatched = (run: Run): boolean =>
  !isOver(run) && run.requestedAt !== undefined && Date.now() - Date.parse(run.requestedAt) < WATCHED_MS;

export function TaskRuns({ task }: { readonly task: Task }) {
  const [limit, setLimit] = useState(ROWS_STEP);
  const forget = useForgetTasks();
  const client = useQueryClient();
  const [shown, setShown] = useState<Run | undefined>(undefined);
  const runs = useQuery({
    ...runsQuery(task.id, limit),
    placeholderData: (before: Run[] | undefined) => before,
    refetchInterval: ({ state }) => (state.data?.some(isWatched) === true ? WATCH_MS : false),
  });
  const lastOver = runs.data?.find(isOver)?.id;
  const lastSeen = useRef(lastOver);
  // The task tells of its last run, too.
  useEffect(() => {
    if (lastSeen.current !== undefined && lastOver !== lastSeen.current) void client.invalidateQueries({ queryKey: ['task', task.id] });
    lastSeen.current = lastOver ?? '';
  }, [client, lastOver, task.id]);
  return (
    <section aria-labelledby="runs">
      <div className={styles.head}>
        <h2 id="runs">Runs</h2>
        <Button size="xs" variant="default" loading={runs.isFetching} onClick={() => void forget()}>
          Refresh
        </Button>
      </div>
      <Loaded query={runs} what="Loading runs …">
        {(data) =>
          data.length === 0 ? (
            <Panel>
              <EmptyState title="It has not run yet">Each run is listed here, with what it had to say.</EmptyState>
            </Panel>
          ) : (
            <>
              <DataTable caption="Runs" columns={COLUMNS} busy={runs.isPlaceholderData}>
                {data.map((run) => (
                  <RunRow key={run.id} run={run} onLog={setShown} />
                ))}
              </DataTable>
              {data.length >= limit && limit < ROWS_MAX && (
                <Button
                  mt="xs"
                  variant="default"
                  size="xs"
                  onClick={() => {
                    setLimit(Math.min(ROWS_MAX, limit + ROWS_STEP * 4));
                  }}
                >
                  Show older runs
                </Button>
              )}
            </>
          )
        }
      </Loaded>
      {shown !== undefined && (
        <RunLog
          run={shown}
          onClose={() => {
            setShown(undefined);
          }}
        />
      )}
    </section>
  );
}

function RunRow({ run, onLog }: { readonly run: Run; readonly onLog: (run: Run) => void }) {
  const announce = useAnnounce();
  const forget = useForgetTasks();
  const mayWrite = useMayWriteTask(run.taskID);
  const attempt = (work: () => Promise<unknown>, said: string): void => {
    work()
      .then(async () => {
        await forget();
        announce.done(said);
      })
      .catch((error: unknown) => {
        announce.failed(error);
      });
  };
  const said = run.log?.at(-1)?.message ?? '';
  return (
    <Row>
      <Cell label="Scheduled for" lead>
        <Moment at={run.scheduledFor} />
        {run.requestedAt !== undefined && <span className={styles.by}>by hand</span>}
      </Cell>
      <Cell label="Result">
        <RunStatus status={run.status} />
      </Cell>
      <Cell label="Took">{tookInWords(run)}</Cell>
      <Cell label="Last message" name className={styles.said}>
        <Shown text={said.length > SAID_LENGTH_MAX ? `${said.slice(0, SAID_LENGTH_MAX)}…` : said} />
      </Cell>
      <Cell label="Actions" corner>
        <span className={styles.actions}>
          {mayWrite && (run.status === 'failed' || run.status === 'canceled') && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Run again: ${run.scheduledFor}`}
              onClick={() => {
                attempt(() => retryRun(run), 'The run is started again.');
              }}
            >
              Run again
            </Button>
          )}
          {mayWrite && !isOver(run) && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Stop: ${run.scheduledFor}`}
              onClick={() => {
                attempt(() => cancelRun(run), 'The run is stopped.');
              }}
            >
              Stop
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Log of ${run.scheduledFor}`}
            onClick={() => {
              onLog(run);
            }}
          >
            Log
          </Button>
        </span>
      </Cell>
    </Row>
  );
}

/** Of a message in the list; its log has all of it. */
const SAID_LENGTH_MAX = 160;

function tookInWords({ startedAt, finishedAt }: Run): string {
  if (startedAt === undefined || finishedAt === undefined) return '';
  const ms = Date.parse(finishedAt) - Date.parse(startedAt);
  return ms < 10_000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}

function RunLog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const zone = useZone();
  const lines = run.log ?? [];
  return (
    <Dialog title="Log of a run" onClose={onClose} wide>
      {lines.length === 0 ? (
        <p style={{ margin: 0 }}>This run has said nothing.</p>
      ) : (
        <ol className={styles.log}>
          {lines.map(({ time, message }, index) => (
            <li key={index}>
              <time dateTime={time}>{formatExactly(time, zone)}</time>
              <span>
                <Shown text={message} />
              </span>
            </li>
          ))}
        </ol>
      )}
      <DialogActions>
        <Button variant="default" onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
