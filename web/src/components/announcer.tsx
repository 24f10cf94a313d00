/** One line at the foot of the page that says what has just been done, read out by screen readers, gone after a while. */
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import styles from './announcer.module.css';

const SHOWN_MS = 6000;

const Announce = createContext<(text: string) => void>(() => undefined);

/** Says it. Never give it a secret, or a part of one. */
export const useAnnounce = (): ((text: string) => void) => useContext(Announce);

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<{ readonly text: string } | undefined>(undefined);
  const announce = useCallback((text: string) => {
    setSaid({ text });
  }, []);
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => {
      setSaid(undefined);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <Announce value={announce}>
      {children}
      <div role="status" className={styles.region}>
        {said !== undefined && <p className={styles.text}>{said.text}</p>}
      </div>
    </Announce>
  );
}
