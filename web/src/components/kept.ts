/** Form input, kept while the user visits another page; a reload or closing the tab asks first. Never for a secret. */
import { useEffect, useState } from 'react';

const kept = new Map<string, unknown>();

export const isAnythingKept = (): boolean => kept.size > 0;

export interface Kept<T> {
  readonly value: T;
  readonly set: (next: T) => void;
  /** There is something that was begun. */
  readonly isBegun: boolean;
  /** It was begun on an earlier visit of the page. */
  readonly isBack: boolean;
  /** Nothing is kept any more: it is done, or given up. */
  readonly clear: () => void;
}

/** @param key of the page and what it is about */
export function useKept<T>(key: string, initial: T): Kept<T> {
  const [state, setState] = useState<{ readonly value: T; readonly isBegun: boolean }>(() =>
    kept.has(key) ? { value: kept.get(key) as T, isBegun: true } : { value: initial, isBegun: false },
  );
  const [isBack, setBack] = useState(state.isBegun);
  const { isBegun } = state;

  useEffect(() => {
    if (!isBegun) return undefined;
    const ask = (event: BeforeUnloadEvent): void => {
      // What was finished a moment ago is no loss.
      if (kept.has(key)) event.preventDefault();
    };
    addEventListener('beforeunload', ask);
    return () => {
      removeEventListener('beforeunload', ask);
    };
  }, [isBegun, key]);

  return {
    ...state,
    isBack,
    set: (value) => {
      kept.set(key, value);
      setState({ value, isBegun: true });
    },
    clear: () => {
      kept.delete(key);
      setBack(false);
      setState({ value: initial, isBegun: false });
    },
  };
}
