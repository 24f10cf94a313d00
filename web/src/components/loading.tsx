/** What stands in the place of an answer: that it is awaited, or why there is none. */
import { Button, Loader } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { ErrorMessage } from './message.js';

/** What is there sooner than this needs no announcement. */
const QUIET_MS = 300;

export function Waiting({ what }: { readonly what: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <p role="status" className="muted">
      {shown && (
        <>
          <Loader size={14} aria-hidden="true" /> {what}
        </>
      )}
    </p>
  );
}

interface Awaited<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** @param what `Loading buckets …` */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  readonly query: Awaited<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null && query.error !== undefined) {
    return (
      <>
        <ErrorMessage error={query.error} />
        <Button variant="default" mt="sm" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </>
    );
  }
  return <Waiting what={what} />;
}
