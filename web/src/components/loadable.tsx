/** A page whose script is loaded on demand, also if the server is temporarily unavailable. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ComponentType } from 'react';
import { isAnythingKept } from './kept.js';
import { Waiting } from './loading.js';
import { ErrorMessage } from './message.js';

const ASK_MS = 2000;
/** A script that does not come although the server answers is not waited for in a circle. */
const RELOAD_PAUSE_MS = 60_000;
const RELOADED_AT = 'sluice-reloaded-at';

export function loadable<P extends object>(name: string, load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return function Loadable(props: P) {
    const script = useQuery({
      queryKey: ['script', name],
      // A component is a function, which a query would take for something else.
      queryFn: async () => ({ Component: await load() }),
      staleTime: Infinity,
      gcTime: Infinity,
      retry: false,
      structuralSharing: false,
    });
    if (script.data !== undefined) return <script.data.Component {...props} />;
    return script.error === null ? <Waiting what="Loading …" /> : <Missing />;
  };
}

/** Browsers do not ask twice for a script that failed: only a new document does. */
function Missing() {
  const waits = mayReload();
  const health = useQuery({
    queryKey: ['server is back'],
    queryFn: async () => (await fetch('/health', { cache: 'no-store' })).ok,
    refetchInterval: ASK_MS,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    enabled: waits,
  });
  const isBack = health.data === true && health.error === null;
  useEffect(() => {
    if (isBack && mayReload()) reload();
  }, [isBack]);
  return (
    <>
      <ErrorMessage
        error={
          waits
            ? 'The server does not answer. This page loads as soon as it does.'
            : 'This page could not be loaded. Reload it to try again.'
        }
      />
      <Button variant="default" mt="sm" onClick={reload}>
        Reload
      </Button>
    </>
  );
}

/** Never by itself where something would be lost by it. */
function mayReload(): boolean {
  try {
    return !isAnythingKept() && Date.now() - Number(sessionStorage.getItem(RELOADED_AT) ?? 0) > RELOAD_PAUSE_MS;
  } catch {
    return false;
  }
}

function reload(): void {
  try {
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  } catch {
    // Then it is not reloaded by itself at all.
  }
  location.reload();
}
