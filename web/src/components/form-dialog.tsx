/** A dialog that is a form: it closes when what it asks for has been done, and stays, with what was typed and the reason, when not. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog, DialogActions } from './dialog.js';
import { ErrorMessage } from './message.js';
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
  return (
    <Dialog title={title} onClose={onClose}>
      <form
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
