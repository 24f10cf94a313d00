/**
 * The one time that a token is seen. The dialog stands above all pages, so that no navigation takes it away; it closes only when the person
 * says that the token is saved, and then nothing of it is left.
 */
import { Button, Checkbox } from '@mantine/core';
import { createContext, useCallback, useContext, useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { COPY_BY_HAND, copyText, select } from '../components/clipboard.js';
import { Dialog } from '../components/dialog.js';
import { CopyIcon, DownloadIcon } from '../components/icons.js';
import { Remark } from '../components/message.js';
import styles from './secret-dialog.module.css';
import { SnippetTabs } from './snippet-tabs.js';
import { environmentFile, type SnippetContext } from './snippets.js';

export interface ShownSecret extends Omit<SnippetContext, 'secret' | 'url'> {
  readonly secret: string;
  readonly title: string;
  /** What it can do. */
  readonly sentence: string;
  /** What the file is called, without its ending. */
  readonly fileName: string;
}

const ShowSecret = createContext<(shown: ShownSecret) => void>(() => undefined);

export const useShowSecret = (): ((shown: ShownSecret) => void) => useContext(ShowSecret);

export function SecretProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<ShownSecret | undefined>(undefined);
  const close = useCallback(() => {
    setShown(undefined);
  }, []);
  return (
    <ShowSecret value={setShown}>
      {children}
      {shown !== undefined && <SecretDialog shown={shown} onClose={close} />}
    </ShowSecret>
  );
}

type CopyResult = 'none' | 'copied' | 'by hand' | 'downloaded';

function SecretDialog({ shown, onClose }: { readonly shown: ShownSecret; readonly onClose: () => void }) {
  const [saved, setSaved] = useState(false);
  const [result, setResult] = useState<CopyResult>('none');
  const field = useRef<HTMLTextAreaElement>(null);
  const fieldId = useId();
  const context: SnippetContext = { ...shown, url: location.origin };

  useEffect(() => {
    select(field.current);
  }, []);

  // Leaving the site is the one way out that a page cannot close; the browser asks.
  useEffect(() => {
    if (saved) return undefined;
    const ask = (event: BeforeUnloadEvent): void => {
      event.preventDefault();
    };
    addEventListener('beforeunload', ask);
    return () => {
      removeEventListener('beforeunload', ask);
    };
  }, [saved]);

  return (
    <Dialog title={shown.title} onClose={onClose} locked wide>
      <Remark tone="warning">
        <strong>Save this token now. You can’t see it again.</strong> {shown.sentence}
      </Remark>
      <div className={styles.field}>
        <label htmlFor={fieldId}>API token</label>
        <textarea
          id={fieldId}
          ref={field}
          readOnly
          rows={2}
          value={shown.secret}
          spellCheck={false}
          autoComplete="off"
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
      </div>
      <div className={styles.actions}>
        <Button
          leftSection={<CopyIcon />}
          onClick={() => {
            void copyText(shown.secret, field.current).then((copied) => {
              setResult(copied ? 'copied' : 'by hand');
            });
          }}
        >
          Copy token
        </Button>
        <Button
          variant="default"
          leftSection={<DownloadIcon />}
          onClick={() => {
            download(`${shown.fileName}.env`, environmentFile(context));
            setResult('downloaded');
          }}
        >
          Download .env
        </Button>
        <span role="status" className={styles.result}>
          {result === 'copied' && <span className={styles.good}>Copied to the clipboard.</span>}
          {result === 'downloaded' && <span className={styles.good}>Download started. Check your downloads folder.</span>}
          {result === 'by hand' && <span className={styles.bad}>{COPY_BY_HAND}</span>}
        </span>
      </div>
      <SnippetTabs context={context} />
      <div className={styles.done}>
        <Checkbox
          size="sm"
          label="I have saved this token"
          checked={saved}
          onChange={(event) => {
            setSaved(event.currentTarget.checked);
          }}
        />
        <Button disabled={!saved} onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
