/** A dialog that is a form: it closes when what it asks for has been done, and stays, with what was typed and the reason, when not. */
import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Dialog, DialogActions } from './dialog.js';
import { ErrorMessage, Remark } from './message.js';
import { Stack } from './page.js';
import type { Action } from './use-action.js';

export interface FormDialogProps {
  readonly title: string;
  /** On the button. */
  readonly submit: string;
  readonly action: Pick<Action<never>, 'pending' | 'error'>;
  /** Resolves to whether it has been done. */
  readonly run: () => Promise<boolean>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog({ title, submit, action, run, onClose, children }: FormDialogProps) {
  const [touched, setTouched] = useState(false);
  const [asking, setAsking] = useState(false);
  return (
    <Dialog
      title={title}
      onClose={() => {
        // Escape is pressed by mistake, too: a second time it means it.
        if (touched && !asking) setAsking(true);
        else onClose();
      }}
    >
      <form
        onInput={() => {
          setTouched(true);
          setAsking(false);
        }}
        onSubmit={(event) => {
          event.preventDefault();
          void run().then((done) => {
            if (done) onClose();
          });
        }}
      >
        <Stack>
          {children}
          <ErrorMessage error={action.error} />
          <div role="status">{asking && <Remark tone="warning">Press Escape again to discard what you entered.</Remark>}</div>
          <DialogActions>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={action.pending}>
              {submit}
            </Button>
          </DialogActions>
        </Stack>
      </form>
    </Dialog>
  );
}
