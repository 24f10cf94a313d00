/** Switching a token on and off: what cuts much off asks first, and what was switched off can be switched on again with one click. */
import { Button, Switch } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { changeToken, kindOf, type Authorization } from '../api/authorizations.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { useIsExpired } from './expiry-mark.js';
import { LastOperatorWarning, nameOfToken, useForgetTokens } from './token-parts.js';
import { capitalize } from './words.js';

/** These are asked about before they are cut off. */
const asksFirst = (token: Authorization): boolean => ['operator', 'all-access'].includes(kindOf(token));

interface StatusChange {
  readonly start: (active: boolean) => void;
  /** What it will be, while the server is asked. */
  readonly coming: boolean | undefined;
  /** The question, while it is asked. */
  readonly question: ReactNode;
}

function useStatusChange(token: Authorization, onChanged?: (active: boolean) => void): StatusChange {
  const announce = useAnnounce();
  const forget = useForgetTokens();
  const [asking, setAsking] = useState(false);
  const [coming, setComing] = useState<boolean | undefined>(undefined);
  const kind = kindOf(token);
  const name = nameOfToken(token);

  const change = async (active: boolean): Promise<void> => {
    setComing(active);
    try {
      await changeToken(token.id, { status: active ? 'active' : 'inactive' });
      onChanged?.(active);
      await forget();
      announce.done(`“${name}” is ${active ? 'active' : 'inactive'}.`, active ? undefined : () => change(true));
    } finally {
      setComing(undefined);
    }
  };

  return {
    coming,
    start: (active) => {
      if (!active && asksFirst(token)) setAsking(true);
      else
        change(active).catch((error: unknown) => {
          announce.failed(error, `“${name}” is unchanged.`);
        });
    },
    question: asking && (
      <ConfirmDialog
        title={kind === 'operator' ? 'Deactivate an operator token?' : 'Deactivate an All Access token?'}
        confirm="Deactivate"
        typed={kind === 'operator' ? 'operator' : undefined}
        work={() => change(false)}
        onClose={() => {
          setAsking(false);
        }}
      >
        <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
          Whoever uses <strong>{name}</strong> is refused from that moment on, until you activate it again.
        </p>
        {kind === 'operator' && <LastOperatorWarning token={token} />}
      </ConfirmDialog>
    ),
  };
}

export function StatusSwitch({ token }: { readonly token: Authorization }) {
  const { start, coming, question } = useStatusChange(token);
  const active = coming ?? token.status === 'active';
  const isExpired = useIsExpired(token);
  // An active token that has expired, or whose user is inactive, is refused as an inactive one is.
  const stopped = isExpired ? 'it has expired' : token.userStatus === 'inactive' ? 'its owner is inactive' : undefined;
  const isStopped = active && stopped !== undefined;
  const name = nameOfToken(token);
  return (
    <>
      <Switch
        checked={active}
        label={isStopped ? 'No access' : active ? 'Active' : 'Inactive'}
        // That it has expired is said by the mark beside it.
        description={isStopped && !isExpired ? capitalize(stopped) : undefined}
        aria-label={isStopped ? `“${name}” is active, but ${stopped}` : `“${name}” is ${active ? 'active' : 'inactive'}`}
        {...(isStopped ? { color: 'gray' } : {})}
        onChange={(event) => {
          start(event.currentTarget.checked);
        }}
      />
      {question}
    </>
  );
}

/** For where a token was found, and must be stopped now. */
export function StatusButton({ token, onChanged }: { readonly token: Authorization; readonly onChanged: (active: boolean) => void }) {
  const { start, coming, question } = useStatusChange(token, onChanged);
  const active = token.status === 'active';
  return (
    <>
      <Button
        variant="default"
        loading={coming !== undefined}
        onClick={() => {
          start(!active);
        }}
      >
        {active ? 'Deactivate' : 'Activate'}
      </Button>
      {question}
    </>
  );
}
