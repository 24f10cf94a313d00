/** An action that a user starts and waits for. Its input is not kept, so it can be a password. */
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { inWords } from '../api/error-words.js';
import { ApiError } from '../api/http.js';

export interface Action<A extends readonly unknown[]> {
  readonly run: (...args: A) => Promise<boolean>;
  readonly pending: boolean;
  /** What the server had against it. */
  readonly error: string | undefined;
  readonly clear: () => void;
}

export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return inWords(error.message);
  return error instanceof Error ? error.message : String(error);
}

/** `run` says whether it went well; a second one is not begun while the first is under way. */
export function useAction<A extends readonly unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const [state, setState] = useState<{ pending: boolean; error: string | undefined }>({ pending: false, error: undefined });
  const latest = useRef(work);
  useLayoutEffect(() => {
    latest.current = work;
  });
  const busy = useRef(false);
  const run = useCallback(async (...args: A): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setState({ pending: true, error: undefined });
    try {
      await latest.current(...args);
      setState({ pending: false, error: undefined });
      return true;
    } catch (error) {
      setState({ pending: false, error: messageOf(error) });
      return false;
    } finally {
      busy.current = false;
    }
  }, []);
  const clear = useCallback(() => {
    setState({ pending: false, error: undefined });
  }, []);
  return { run, ...state, clear };
}
