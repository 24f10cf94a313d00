/** Name, kind and values of a variable. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { readValues, writeValues, type VariableArguments, type VariableContents } from '../api/variables.js';
import { CodeArea } from '../components/code-area.js';
import { useKept } from '../components/kept.js';
import { ErrorMessage } from '../components/message.js';
import { Panel, Stack } from '../components/page.js';
import { useAction } from '../components/use-action.js';
import { usePlace } from '../session/session.js';
import styles from './variable-form.module.css';
import { VARIABLE_KINDS } from './variables-page.js';

interface Draft {
  readonly name: string;
  readonly description: string;
  readonly type: VariableArguments['type'];
  readonly text: string;
}

export interface VariableFormProps {
  readonly id: string;
  readonly initial: VariableContents;
  readonly submit: string;
  /** Why it cannot be changed. */
  readonly refusal: string | undefined;
  readonly save: (contents: VariableContents) => Promise<unknown>;
  readonly actions?: ReactNode;
}

const LABELS: Readonly<Record<VariableArguments['type'], string>> = {
  constant: 'Values, one a line',
  map: 'Values, one “name = value” a line',
  query: 'Flux',
};

export function VariableForm({ id, initial, submit, refusal, save, actions }: VariableFormProps) {
  const { orgID } = usePlace();
  const kept = useKept<Draft>(`variable ${orgID} ${id}`, {
    name: initial.name,
    description: initial.description,
    type: initial.arguments.type,
    text: writeValues(initial.arguments),
  });
  const draft = kept.value;
  const set = (change: Partial<Draft>): void => {
    kept.set({ ...draft, ...change });
  };
  const action = useAction(async () => {
    const { name, description, type, text } = draft;
    await save({ name: name.trim(), description: description.trim(), selected: initial.selected, arguments: readValues(type, text) });
    kept.clear();
  });
  const disabled = refusal !== undefined;
  return (
    <Panel>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabled) void action.run();
        }}
      >
        <Stack>
          <div className={styles.fields}>
            <TextInput
              label="Name"
              value={draft.name}
              required
              withAsterisk={false}
              disabled={disabled}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                set({ name: event.currentTarget.value });
              }}
            />
            <TextInput
              label="Description"
              value={draft.description}
              disabled={disabled}
              autoComplete="off"
              onChange={(event) => {
                set({ description: event.currentTarget.value });
              }}
            />
            <NativeSelect
              label="Kind"
              value={draft.type}
              disabled={disabled}
              data={Object.entries(VARIABLE_KINDS).map(([value, label]) => ({ value, label }))}
              onChange={(event) => {
                set({ type: event.currentTarget.value as Draft['type'] });
              }}
            />
          </div>
          <CodeArea
            label={LABELS[draft.type]}
            value={draft.text}
            rows={8}
            readOnly={disabled}
            onChange={(text) => {
              set({ text });
            }}
          />
          {draft.type === 'query' && <p className={styles.note}>Its values are those of the column _value. It can use other variables.</p>}
          <ErrorMessage error={action.error} />
          {refusal === undefined ? (
            <div className={styles.actions}>
              <Button type="submit" loading={action.pending}>
                {submit}
              </Button>
              {actions}
            </div>
          ) : (
            <p className={styles.note}>{refusal}</p>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
