/** Whose is this token? What is pasted goes to the server in a body, and is in the browser no longer than until the answer. */
import { Button, PasswordInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { findToken, kindOf, type Authorization } from '../api/authorizations.js';
import { Dialog, DialogActions } from '../components/dialog.js';
import { Fact, Facts } from '../components/facts.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { Stack } from '../components/page.js';
import { Shown } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { summarize } from './describe.js';
import { isExpired } from './expiry.js';
import { DeleteTokenDialog, KindBadge, nameOfToken } from './token-parts.js';
import { StatusButton } from './token-status.js';
import { tokenIn } from './token-text.js';

export interface FoundTokenDialogProps {
  /** Hands over what was pasted elsewhere, and keeps it no longer. */
  readonly takePasted: () => string | undefined;
  readonly onClose: () => void;
}

export function FoundTokenDialog({ takePasted, onClose }: FoundTokenDialogProps) {
  // Never a state: what React remembers is not forgotten at once.
  const field = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<Authorization | 'none' | undefined>(undefined);
  const action = useAction(async () => {
    const input = field.current;
    const secret = tokenIn(input?.value ?? '');
    if (secret === '') throw new Error('Paste the token first.');
    const token = await findToken(secret);
    if (input !== null) input.value = '';
    setFound(token ?? 'none');
  });

  useEffect(() => {
    const pasted = takePasted();
    if (pasted !== undefined && field.current !== null) field.current.value = pasted;
  }, [takePasted]);

  return (
    <Dialog title="Found a token?" onClose={onClose}>
      <Stack>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setFound(undefined);
            void action.run();
          }}
        >
          <Stack>
            <PasswordInput
              ref={field}
              label="Token"
              description="See whose it is and what it can do. Sluice keeps it out of addresses and logs."
              autoComplete="off"
              spellCheck={false}
              autoFocus
              visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
            />
            <ErrorMessage error={action.error} />
            <DialogActions>
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
              <Button type="submit" loading={action.pending}>
                Find
              </Button>
            </DialogActions>
          </Stack>
        </form>
        <div role="status">
          {found === 'none' && (
            <Remark>
              There is no such token, or you can’t see it. If it was in a place where others can read it, ask an operator of this server.
            </Remark>
          )}
          {found !== undefined && found !== 'none' && <FoundToken token={found} onChange={setFound} onClose={onClose} />}
        </div>
      </Stack>
    </Dialog>
  );
}

interface FoundTokenProps {
  readonly token: Authorization;
  readonly onChange: (token: Authorization) => void;
  readonly onClose: () => void;
}

function FoundToken({ token, onChange, onClose }: FoundTokenProps) {
  const [deleting, setDeleting] = useState(false);
  return (
    <Stack>
      <Facts>
        <Fact name="Token">
          <Link href={addressesOf(token.orgID).token(token.id)} onClick={onClose}>
            {nameOfToken(token)}
          </Link>
        </Fact>
        <Fact name="Status">{statusInWords(token)}</Fact>
        <Fact name="Kind">
          <KindBadge kind={kindOf(token)} />
        </Fact>
        <Fact name="Access">{summarize(token.permissions, token.orgID)}</Fact>
        <Fact name="Owner">
          <Shown text={token.user} />
        </Fact>
        <Fact name="Organization">{token.org === '' ? 'deleted' : <Shown text={token.org} />}</Fact>
      </Facts>
      <DialogActions>
        <StatusButton
          token={token}
          onChanged={(active) => {
            onChange({ ...token, status: active ? 'active' : 'inactive' });
          }}
        />
        <Button
          variant="light"
          color="red"
          onClick={() => {
            setDeleting(true);
          }}
        >
          Delete …
        </Button>
      </DialogActions>
      {deleting && (
        <DeleteTokenDialog
          token={token}
          onDeleted={onClose}
          onClose={() => {
            setDeleting(false);
          }}
        />
      )}
    </Stack>
  );
}

function statusInWords(token: Authorization): string {
  const { status, userStatus } = token;
  if (status === 'inactive') return 'Inactive';
  if (isExpired(token, Date.now())) return 'No access: it has expired';
  return userStatus === 'inactive' ? 'No access: its owner is inactive' : 'Active';
}
