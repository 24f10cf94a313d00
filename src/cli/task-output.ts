/** Tasks, their runs and logs as `influx` shows them. */
import type { RunJson, RunLogJson, TaskJson } from '../client/tasks.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';

const TASK_HEADERS = ['ID', 'Name', 'Organization ID', 'Organization', 'Status', 'Every', 'Cron', 'ScriptID'];
const RUN_HEADERS = ['ID', 'TaskID', 'Status', 'ScheduledFor', 'StartedAt', 'FinishedAt', 'RequestedAt'];
const LOG_HEADERS = ['RunID', 'Time', 'Message'];

const taskRow = ({ id, name, orgID, org, status, every = '', cron = '' }: TaskJson): string[] => [
  ...[id, name, orgID, org, status, every, cron],
  '',
];

export function printTask(output: OutputOptions, task: TaskJson): void {
  if (output.json) printJson(sortMembers(task));
  else printTable(output, TASK_HEADERS, [taskRow(task)]);
}

export function printTasks(output: OutputOptions, tasks: readonly TaskJson[]): void {
  if (output.json) printJson(tasks.map(sortMembers));
  else printTable(output, TASK_HEADERS, tasks.map(taskRow));
}

/** As `influx` prints it, whose own model has no link to the logs. */
const runOutput = (run: RunJson): object => {
  const links = Object.entries(run.links).filter(([name]) => name !== 'logs');
  return sortMembers({ ...run, links: Object.fromEntries(links) });
};

export function printRuns(output: OutputOptions, runs: readonly RunJson[]): void {
  if (output.json) printJson(runs.map(runOutput));
  else {
    const rows = runs.map((run) => [
      ...[run.id, run.taskID, run.status, run.scheduledFor],
      ...[run.startedAt ?? '', run.finishedAt ?? '', run.requestedAt ?? ''],
    ]);
    printTable(output, RUN_HEADERS, rows);
  }
}

export function printRunLogs(output: OutputOptions, lines: readonly RunLogJson[]): void {
  if (output.json) printJson(lines.map(sortMembers));
  else
    printTable(
      output,
      LOG_HEADERS,
      lines.map(({ runID, time, message }) => [runID, time, message]),
    );
}
