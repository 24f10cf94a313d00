/** One task: what it does, when it ran and what came of it, and what can be done with it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { changeTask, deleteTask, startRun, taskQuery, type Task } from '../api/tasks.js';
import { nextRunMs, scheduleInWords } from '../api/task-schedule.js';
import { usersQuery } from '../api/resources.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { CopyValue } from '../components/copy-field.js';
import { EditedText } from '../components/edited-text.js';
import { Fact, Facts } from '../components/facts.js';
import { PlayIcon } from '../components/icons.js';
import { InlineEdit } from '../components/inline-edit.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { Page, Panel, Stack } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { Ago, Moment, Soon, useNow } from '../components/times.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';
import { WhoCan } from '../tokens/who-can.js';
import { RunStatus } from './run-status.js';
import { TaskRuns } from './task-runs.js';
import { TaskSwitch, useForgetTasks, useMayWriteTask } from './task-switch.js';

export function TaskPage({ id }: { readonly id: string }) {
  const { orgID, organization } = usePlace();
  const task = useQuery(taskQuery(id));
  return (
    <Page
      title={task.data === undefined ? 'Task' : shownText(task.data.name)}
      place={organization.name}
      hint={<Link href={addressesOf(orgID).tasks}>All tasks</Link>}
    >
      <Loaded query={task} what="Loading the task …">
        {(data) => <TaskDetails task={data} />}
      </Loaded>
    </Page>
  );
}

function TaskDetails({ task }: { readonly task: Task }) {
  const { orgID } = usePlace();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const forget = useForgetTasks();
  const users = useQuery(usersQuery);
  const mayWrite = useMayWriteTask(task.id);
  const now = useNow();
  const [deleting, setDeleting] = useState(false);
  const next = nextRunMs(task, now);
  const owner = users.data?.find(({ id }) => id === task.ownerID)?.name;
  const run = useAction(async () => {
    await startRun(task.id);
    await forget();
    announce.done('A run is started. Its result appears below.');
  });

  return (
    <Stack>
      <Panel>
        <Facts>
          <Fact name="Description">
            <InlineEdit
              label="Edit the description"
              value={task.description ?? ''}
              disabled={!mayWrite}
              save={async (description) => {
                await changeTask(task.id, { description });
                await forget();
                announce.done('The description is saved.');
              }}
            >
              {task.description === undefined ? <span className="muted">None</span> : <Shown text={task.description} />}
            </InlineEdit>
          </Fact>
          <Fact name="Status">
            <TaskSwitch task={task} />
          </Fact>
          <Fact name="Schedule">{scheduleInWords(task)}</Fact>
          <Fact name="Last run">
            {task.lastRunStatus === undefined ? (
              'Not yet'
            ) : (
              <>
                <RunStatus status={task.lastRunStatus} /> <Ago at={task.latestCompleted} />
              </>
            )}
          </Fact>
          <Fact name="Next run">{next === undefined ? 'None: it is inactive' : <Soon atMs={next} />}</Fact>
          <Fact name="Owner">{owner === undefined ? task.ownerID : <Shown text={owner} />}</Fact>
          <Fact name="Runs with">What its owner can do at that time, as far as whoever last edited the script could do it, too.</Fact>
          <Fact name="Id">
            <CopyValue label="id" value={task.id} />
          </Fact>
          <Fact name="Created">
            <Moment at={task.createdAt} />
          </Fact>
        </Facts>
        {mayWrite && (
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 14 }}>
            <Button leftSection={<PlayIcon />} loading={run.pending} onClick={() => void run.run()}>
              Run now
            </Button>
            <Button
              variant="light"
              color="red"
              onClick={() => {
                setDeleting(true);
              }}
            >
              Delete …
            </Button>
          </div>
        )}
        <ErrorMessage error={run.error} />
      </Panel>
      <TaskRuns task={task} />
      <EditedText
        key={task.flux}
        id={`task ${task.id}`}
        title="Script"
        label="Flux"
        value={task.flux}
        hint="From then on it runs with what you can do."
        refusal={mayWrite ? undefined : 'You can’t edit this task.'}
        save={async (flux) => {
          await changeTask(task.id, { flux });
          await forget();
          announce.done('The script is saved.');
        }}
      />
      <WhoCan type="tasks" id={task.id} />
      {deleting && (
        <ConfirmDialog
          title="Delete this task?"
          confirm="Delete task"
          work={async () => {
            await deleteTask(task.id);
            announce.done(`Task “${shownText(task.name)}” is deleted.`);
            navigate(addressesOf(orgID).tasks);
            await forget();
          }}
          onClose={() => {
            setDeleting(false);
          }}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            <strong>{shownText(task.name)}</strong> does not run any more, and its runs and logs are gone. To stop it for a while, make it
            inactive instead.
          </p>
        </ConfirmDialog>
      )}
    </Stack>
  );
}
