/**
 * What has just been done, at the foot of the page: read out by screen readers, and gone after a while. What failed is red, and stays until it
 * is dismissed.
 */
import { Button } from '@mantine/core';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import styles from './announcer.module.css';
import { messageOf } from './use-action.js';

const SHOWN_MS = 6000;
/** How long what was done can be undone with a click. */
const UNDO_MS = 10_000;
/** Failures in sight; the oldest make way. */
const FAILURES_MAX = 3;

export interface Announcer {
  /** Never give it a secret, or a part of one. @param undo takes back what was done */
  readonly done: (text: string, undo?: () => Promise<unknown>) => void;
  /** @param what is so in spite of it */
  readonly failed: (error: unknown, what?: string) => void;
}

const Announce = createContext<Announcer>({ done: () => undefined, failed: () => undefined });

export const useAnnounce = (): Announcer => useContext(Announce);

interface Done {
  readonly text: string;
  readonly undo: (() => Promise<unknown>) | undefined;
}

export function AnnouncerProvider({ children }: { readonly children: ReactNode }) {
  const [done, setDone] = useState<Done | undefined>(undefined);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const announcer = useMemo(
    (): Announcer => ({
      done: (text, undo) => {
        setDone({ text, undo });
      },
      failed: (error, what) => {
        const text = what === undefined ? messageOf(error) : `${what} ${messageOf(error)}`;
        setFailures((before) => [...before.filter((each) => each !== text), text].slice(-FAILURES_MAX));
      },
    }),
    [],
  );
  useEffect(() => {
    if (done === undefined) return undefined;
    const timer = setTimeout(
      () => {
        setDone(undefined);
      },
      done.undo === undefined ? SHOWN_MS : UNDO_MS,
    );
    return () => {
      clearTimeout(timer);
    };
  }, [done]);

  return (
    <Announce value={announcer}>
      {children}
      <section className={styles.region} aria-label="Messages">
        <div className={styles.failures}>
          {failures.map((text) => (
            <p key={text} role="alert" className={styles.failure}>
              <span>{text}</span>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Dismiss: ${text}`}
                onClick={() => {
                  setFailures((before) => before.filter((each) => each !== text));
                }}
              >
                Dismiss
              </Button>
            </p>
          ))}
        </div>
        <div role="status">
          {done !== undefined && (
            <p className={styles.text}>
              <span>{done.text}</span>
              {done.undo !== undefined && <UndoButton undo={done.undo} announcer={announcer} onStart={setDone} />}
            </p>
          )}
        </div>
      </section>
    </Announce>
  );
}

interface UndoButtonProps {
  readonly undo: () => Promise<unknown>;
  readonly announcer: Announcer;
  readonly onStart: (none: undefined) => void;
}

/** What undoes it says itself what it has done. */
const UndoButton = ({ undo, announcer, onStart }: UndoButtonProps) => (
  <button
    type="button"
    className={styles.undo}
    onClick={() => {
      onStart(undefined);
      undo().catch((error: unknown) => {
        announcer.failed(error, 'It could not be undone.');
      });
    }}
  >
    Undo
  </button>
);
