/** A task that is made: its script says its name and when it runs. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { createTask } from '../api/tasks.js';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { useAnnounce } from '../components/announcer.js';
import { CodeArea } from '../components/code-area.js';
import { useKept } from '../components/kept.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { Page, Panel, Stack } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { fluxText } from '../query/flux-text.js';
import { usePlace } from '../session/session.js';
import { useForgetTasks } from './task-switch.js';
import styles from './new-task-page.module.css';

interface Draft {
  readonly name: string;
  readonly every: string;
  readonly from: string;
  readonly to: string;
  /** Undefined: it follows from the others. */
  readonly flux: string | undefined;
}

const EMPTY: Draft = { name: '', every: '1h', from: '', to: '', flux: undefined };

const EVERY = ['1m', '5m', '15m', '1h', '6h', '1d'];

const scriptFor = ({ name, every, from, to }: Draft): string => `option task = {name: ${fluxText(name)}, every: ${every}}

from(bucket: ${fluxText(from)})
  |> range(start: -task.every)
  |> aggregateWindow(every: 5m, fn: last)
  |> to(bucket: ${fluxText(to)})
`;

export function NewTaskPage() {
  const { orgID, organization } = usePlace();
  const [, navigate] = useLocation();
  const buckets = useQuery(bucketsQuery(orgID));
  const announce = useAnnounce();
  const forget = useForgetTasks();
  const kept = useKept(`new task ${orgID}`, EMPTY);
  const names = (buckets.data ?? []).filter(isUserBucket).map(({ name }) => name);
  const { name, every } = kept.value;
  const draft = { ...kept.value, from: kept.value.from || (names[0] ?? ''), to: kept.value.to || (names[1] ?? names[0] ?? '') };
  const flux = draft.flux ?? scriptFor(draft);
  const isWritten = draft.flux !== undefined;
  const set = (change: Partial<Draft>): void => {
    kept.set({ ...kept.value, ...change });
  };
  const action = useAction(async () => {
    const task = await createTask(orgID, flux, 'active');
    kept.clear();
    await forget();
    announce.done(`Task “${shownText(task.name)}” is created.`);
    navigate(addressesOf(orgID).task(task.id));
  });

  return (
    <Page title="Create a task" place={organization.name} hint="The script says what the task is called, and when it runs.">
      <Panel>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void action.run();
          }}
        >
          <Stack>
            {isWritten ? (
              <Remark>
                You edited the script. Its first lines say the name and the schedule.{' '}
                <Button size="compact-xs" variant="default" onClick={kept.clear}>
                  Start over
                </Button>
              </Remark>
            ) : (
              <div className={styles.fields}>
                <TextInput
                  label="Name"
                  value={name}
                  required
                  withAsterisk={false}
                  autoComplete="off"
                  autoFocus
                  onChange={(event) => {
                    set({ name: event.currentTarget.value });
                  }}
                />
                <Choice
                  label="Runs every"
                  value={every}
                  options={EVERY}
                  onChoose={(next) => {
                    set({ every: next });
                  }}
                />
                <Choice
                  label="Reads"
                  value={draft.from}
                  options={names}
                  onChoose={(from) => {
                    set({ from });
                  }}
                />
                <Choice
                  label="Writes"
                  value={draft.to}
                  options={names}
                  onChoose={(to) => {
                    set({ to });
                  }}
                />
              </div>
            )}
            <CodeArea
              label="Flux"
              value={flux}
              rows={12}
              onChange={(text) => {
                set({ flux: text });
              }}
            />
            <Remark>
              The task runs with what you can do now, and with no more than its owner (you) can do at the time of each run. Deleting a token
              does not stop it.
            </Remark>
            <ErrorMessage error={action.error} />
            <div className={styles.actions}>
              <Button
                variant="default"
                onClick={() => {
                  kept.clear();
                  navigate(addressesOf(orgID).tasks);
                }}
              >
                Cancel
              </Button>
              <Button type="submit" loading={action.pending}>
                Create task
              </Button>
            </div>
          </Stack>
        </form>
      </Panel>
    </Page>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}

const Choice = ({ label, value, options, onChoose }: ChoiceProps) => (
  <NativeSelect
    label={label}
    value={value}
    data={options.map((option) => ({ value: option, label: shownText(option) }))}
    onChange={(event) => {
      onChoose(event.currentTarget.value);
    }}
  />
);
