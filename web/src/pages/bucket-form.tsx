/** Name and retention of a bucket, to create or to edit it. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { formatRetention, parseDuration, writeDuration } from '../api/durations.js';
import { FormDialog } from '../components/form-dialog.js';
import { Remark } from '../components/message.js';
import { useAction } from '../components/use-action.js';

export interface BucketInput {
  readonly name: string;
  readonly everySeconds: number;
}

export interface BucketFormProps {
  readonly title: string;
  readonly submit: string;
  readonly initial: BucketInput;
  readonly isNew: boolean;
  readonly save: (input: BucketInput) => Promise<unknown>;
  readonly onClose: () => void;
}

const [HOUR, DAY] = [3_600, 86_400];
const PRESETS = [HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];
const OTHER = 'other';

export function BucketForm({ title, submit, initial, isNew, save, onClose }: BucketFormProps) {
  const [name, setName] = useState(initial.name);
  const isPreset = initial.everySeconds === 0 || PRESETS.includes(initial.everySeconds);
  const [choice, setChoice] = useState(isPreset ? String(initial.everySeconds) : OTHER);
  const [text, setText] = useState(isPreset ? '' : writeDuration(initial.everySeconds));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const action = useAction(save);
  const seconds = choice === OTHER ? parseDuration(text) : Number(choice);
  const isShorter = !isNew && seconds !== undefined && seconds > 0 && (initial.everySeconds === 0 || seconds < initial.everySeconds);

  const submitForm = (): Promise<boolean> => {
    setProblem(seconds === undefined ? 'Enter a time with its unit, like 36h or 45d' : undefined);
    return seconds === undefined ? Promise.resolve(false) : action.run({ name, everySeconds: seconds });
  };

  return (
    <FormDialog title={title} submit={submit} action={action} run={submitForm} onClose={onClose}>
      <TextInput
        label="Name"
        description={isNew ? undefined : 'Update what uses the name, like queries and Telegraf. Tokens need no change.'}
        value={name}
        required
        withAsterisk={false}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <NativeSelect
        label="Keep data"
        value={choice}
        data={[
          { value: '0', label: formatRetention(0) },
          ...PRESETS.map((preset) => ({ value: String(preset), label: formatRetention(preset) })),
          { value: OTHER, label: 'Another time …' },
        ]}
        onChange={(event) => {
          setChoice(event.currentTarget.value);
        }}
      />
      {choice === OTHER && (
        <TextInput
          label="Time"
          description="s, m, h, d or w: 36h, 45d, 1d12h"
          value={text}
          error={problem}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(undefined);
          }}
        />
      )}
      {isShorter && <Remark tone="warning">This deletes data older than {formatRetention(seconds)}.</Remark>}
    </FormDialog>
  );
}
