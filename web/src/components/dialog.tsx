/** A modal dialog, the browser's own: it keeps the focus in, gives it back, and closes by Escape unless it is locked. */
import { useEffect, useId, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Neither Escape nor anything else closes it but its own buttons. */
  readonly locked?: boolean;
  readonly wide?: boolean;
  /** Nothing of the page behind can be seen. */
  readonly veiled?: boolean;
  readonly children: ReactNode;
}

/** An item of a menu goes with the menu: what opened it is the button of the menu, in its row. */
function openerOf(focused: Element | null): Element | null {
  const button = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return typeof button === 'string' ? document.getElementById(button) : focused;
}

/** A menu is gone before the dialog that its item opens is there. */
let lastOpener: Element | null = null;
addEventListener('focusin', ({ target }) => {
  if (target instanceof Element) lastOpener = openerOf(target);
});

export function Dialog({ title, onClose, locked = false, wide = false, veiled = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // Before the element is removed, otherwise the focus would be lost.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement === document.body ? lastOpener : openerOf(document.activeElement);
    dialog?.showModal();
    return () => {
      dialog?.close();
      // What it was opened by may have gone with its page; then the page that came is the place to go on.
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
      else document.querySelector<HTMLElement>('main h1')?.focus();
    };
  }, []);

  // A second Escape closes a dialog whatever is done about its cancel event, unless the key itself is taken.
  const holdEscape = (event: KeyboardEvent): void => {
    if (locked && event.key === 'Escape') event.preventDefault();
  };

  useEffect(() => {
    element.current?.setAttribute('closedby', locked ? 'none' : 'closerequest');
  }, [locked]);

  return (
    <dialog
      ref={element}
      className={`${styles.dialog} ${wide ? styles.wide : ''} ${veiled ? styles.veiled : ''}`}
      aria-labelledby={titleId}
      onKeyDown={holdEscape}
      onCancel={(event) => {
        if (event.target !== element.current) return;
        event.preventDefault();
        if (!locked) onClose();
      }}
    >
      <h2 id={titleId} className={styles.title}>
        {title}
      </h2>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}

export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
