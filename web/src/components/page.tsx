/** The head of a page: its title in the tab and in sight, which gets the focus when one comes from another page. */
import { useEffect, useRef, type ReactNode } from 'react';
import styles from './page.module.css';

export interface PageProps {
  readonly title: string;
  /** What stands in the tab before the name of the place; the title where it is left out. */
  readonly tab?: string;
  readonly place?: string | undefined;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

let isFirstPage = true;

export function Page({ title, tab = title, place, hint, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = [tab, place, 'Sluice'].filter((part) => part !== undefined && part !== '').join(' · ');
  }, [tab, place]);

  useEffect(() => {
    // A page that opens with a field to fill in has put the focus there already; the first one leaves it to the browser.
    const { activeElement } = document;
    const isTaken = activeElement !== null && heading.current?.closest('main')?.contains(activeElement) === true;
    if (!isFirstPage && !isTaken && activeElement?.closest('dialog') === null) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);

  return (
    <>
      <div className={styles.head}>
        <div className={styles.titles}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {hint !== undefined && <p className={styles.hint}>{hint}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </>
  );
}

export function Panel({ children, className = '' }: { readonly children: ReactNode; readonly className?: string | undefined }) {
  return <section className={`${styles.panel} ${className}`}>{children}</section>;
}

export function Stack({ children }: { readonly children: ReactNode }) {
  return <div className={styles.stack}>{children}</div>;
}

/** Nothing there, and what to do about it. */
export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}
