/** Asks before something cannot be taken back; where much hangs on it, a word must be typed. */
import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Dialog, DialogActions } from './dialog.js';
import { ErrorMessage } from './message.js';
import { useAction } from './use-action.js';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly confirm: string;
  /** Must be typed to the letter first. */
  readonly typed?: string | undefined;
  readonly work: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function ConfirmDialog({ title, confirm, typed, work, onClose, children }: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const action = useAction(work);
  const ready = typed === undefined || text === typed;
  const submit = async (): Promise<void> => {
    if (ready && (await action.run())) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {typed !== undefined && (
          <TextInput
            label={
              <>
                To confirm, type <strong>{typed}</strong>
              </>
            }
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            autoFocus
          />
        )}
        <ErrorMessage error={action.error} />
        <DialogActions>
          <Button variant="default" onClick={onClose} autoFocus={typed === undefined}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={!ready} loading={action.pending}>
            {confirm}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
