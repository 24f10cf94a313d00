/** Tasks: scripts that the server runs on a schedule. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { tasksQuery, type Task } from '../api/tasks.js';
import { nextRunMs, scheduleInWords } from '../api/task-schedule.js';
import { Cell, Row } from '../components/data-table.js';
import { PlusIcon } from '../components/icons.js';
import { Loaded } from '../components/loading.js';
import { Remark } from '../components/message.js';
import { NamedList } from '../components/named-list.js';
import { EmptyState, Page } from '../components/page.js';
import { Shown } from '../components/shown-text.js';
import { Ago, Soon, useNow } from '../components/times.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import { RunStatus } from './run-status.js';
import { TaskSwitch } from './task-switch.js';
import styles from './tasks-page.module.css';

const COLUMNS = [
  { key: 'name', label: 'Name', sortable: true },
  { key: 'schedule', label: 'Schedule' },
  { key: 'last', label: 'Last run', sortable: true },
  { key: 'next', label: 'Next run', sortable: true },
  { key: 'status', label: 'Status', sortable: true },
];

/** The time of a task that has not run yet is that from which on it is scheduled. */
const lastRunAt = ({ lastRunStatus, latestCompleted }: Task): string => (lastRunStatus === undefined ? '' : latestCompleted);

export function TasksPage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const tasks = useQuery(tasksQuery(orgID));
  const now = useNow();
  const mayRead = may(permissionInOrganization('read', 'tasks', orgID));
  const create = <CreateTask />;
  return (
    <Page title="Tasks" place={organization.name} hint="Scripts that the server runs on a schedule." actions={create}>
      <Loaded query={tasks} what="Loading tasks …">
        {(data) => (
          <>
            {!mayRead && <Remark>You can see only the tasks that you have access to. There may be others.</Remark>}
            <NamedList
              caption="Tasks"
              one="task"
              many="tasks"
              items={data}
              columns={COLUMNS}
              orders={{ last: lastRunAt, next: (task) => nextRunMs(task, now) ?? Infinity, status: ({ status }) => status }}
              empty={
                <EmptyState title="There are no tasks yet" action={create}>
                  A task runs a query on a schedule, for example to downsample a bucket into another one.
                </EmptyState>
              }
              row={(task) => <TaskRow key={task.id} task={task} />}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function CreateTask() {
  const { orgID } = usePlace();
  const { may } = useSession();
  const mayCreate = may(permissionInOrganization('write', 'tasks', orgID));
  if (!mayCreate) {
    return (
      <Button leftSection={<PlusIcon />} disabled title="You can’t create tasks here. Owners of this organization can.">
        Create task
      </Button>
    );
  }
  return (
    <Button leftSection={<PlusIcon />} renderRoot={(props) => <Link {...props} href={addressesOf(orgID).newTask} />}>
      Create task
    </Button>
  );
}

function TaskRow({ task }: { readonly task: Task }) {
  const { orgID } = usePlace();
  const now = useNow();
  const next = nextRunMs(task, now);
  return (
    <Row>
      <Cell label="Name" lead>
        <Link href={addressesOf(orgID).task(task.id)}>
          <Shown text={task.name} />
        </Link>
        {task.description !== undefined && (
          <span className={styles.description}>
            <Shown text={task.description} />
          </span>
        )}
      </Cell>
      <Cell label="Schedule" name>
        {scheduleInWords(task)}
      </Cell>
      <Cell label="Last run">
        {task.lastRunStatus === undefined ? (
          <span className="muted">Not yet</span>
        ) : (
          <span title={task.lastRunError}>
            <RunStatus status={task.lastRunStatus} /> <Ago at={task.latestCompleted} />
          </span>
        )}
      </Cell>
      <Cell label="Next run">{next === undefined ? <span className="muted">None</span> : <Soon atMs={next} />}</Cell>
      <Cell label="Status">
        <TaskSwitch task={task} />
      </Cell>
    </Row>
  );
}
