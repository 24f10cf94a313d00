/** A text that is changed where it stands: Enter or leaving it saves, Escape leaves it as it was, a failure keeps what was typed. */
import { ActionIcon, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { PencilIcon } from './icons.js';
import styles from './inline-edit.module.css';
import { ErrorMessage } from './message.js';
import { useAction } from './use-action.js';

export interface InlineEditProps {
  readonly label: string;
  readonly value: string;
  readonly save: (text: string) => Promise<unknown>;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

export function InlineEdit({ label, value, save, disabled = false, children }: InlineEditProps) {
  const [text, setText] = useState<string | undefined>(undefined);
  const [gaveBack, setGaveBack] = useState(0);
  const button = useRef<HTMLButtonElement>(null);
  const action = useAction(save);

  useEffect(() => {
    if (gaveBack > 0) button.current?.focus();
  }, [gaveBack]);

  const leave = (withFocus: boolean): void => {
    setText(undefined);
    action.clear();
    if (withFocus) setGaveBack((count) => count + 1);
  };
  const finish = async (withFocus: boolean): Promise<void> => {
    if (text === undefined) return;
    if (text === value || (await action.run(text))) leave(withFocus);
  };

  if (text === undefined) {
    return (
      <span className={styles.shown}>
        {children}
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size={24}
          disabled={disabled}
          aria-label={label}
          onClick={() => {
            setText(value);
          }}
        >
          <PencilIcon />
        </ActionIcon>
      </span>
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void finish(true);
      }}
    >
      <TextInput
        aria-label={label}
        value={text}
        autoFocus
        size="xs"
        onFocus={(event) => {
          event.currentTarget.select();
        }}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            leave(true);
          }
        }}
        onBlur={() => {
          if (action.error === undefined) void finish(false);
        }}
      />
      <ErrorMessage error={action.error} />
    </form>
  );
}
