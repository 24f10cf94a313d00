/** Switches a task on and off; what was switched can be switched back with one click. */
import { Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changeTask, type Task } from '../api/tasks.js';
import { useAnnounce } from '../components/announcer.js';
import { shownText } from '../components/shown-text.js';
import { usePlace, useSession } from '../session/session.js';

/** Forgets what is known of tasks and their runs. */
export function useForgetTasks(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['tasks', 'task', 'runs'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}

export function useMayWriteTask(id: string): boolean {
  const { may } = useSession();
  const { orgID } = usePlace();
  return may({ action: 'write', resource: { type: 'tasks', id, orgID } });
}

export function TaskSwitch({ task }: { readonly task: Pick<Task, 'id' | 'name' | 'status'> }) {
  const announce = useAnnounce();
  const forget = useForgetTasks();
  const mayWrite = useMayWriteTask(task.id);
  const [coming, setComing] = useState<boolean | undefined>(undefined);
  const name = shownText(task.name);
  const active = coming ?? task.status === 'active';

  const change = async (next: boolean): Promise<void> => {
    setComing(next);
    try {
      await changeTask(task.id, { status: next ? 'active' : 'inactive' });
      await forget();
      announce.done(`Task “${name}” is ${next ? 'active' : 'inactive'}.`, () => change(!next));
    } finally {
      setComing(undefined);
    }
  };

  return (
    <Switch
      checked={active}
      label={active ? 'Active' : 'Inactive'}
      aria-label={`${name} is ${active ? 'active' : 'inactive'}`}
      disabled={!mayWrite || coming !== undefined}
      onChange={(event) => {
        change(event.currentTarget.checked).catch((error: unknown) => {
          announce.failed(error, `“${name}” is unchanged.`);
        });
      }}
    />
  );
}
