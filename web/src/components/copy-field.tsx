/** A short value or a text, with a button that copies it and says what came of it. */
import { ActionIcon, Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { COPY_BY_HAND, copyText } from './clipboard.js';
import styles from './copy-field.module.css';
import { CheckIcon, CopyIcon } from './icons.js';

export function CopyValue({ label, value }: { readonly label: string; readonly value: string }) {
  const field = useRef<HTMLElement>(null);
  const [result, setResult] = useState<boolean | undefined>(undefined);
  return (
    <span className={styles.row}>
      <code ref={field} className={styles.value} tabIndex={-1}>
        {value}
      </code>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        aria-label={`Copy ${label}`}
        onClick={() => {
          void copyText(value, field.current).then(setResult);
        }}
      >
        {result === true ? <CheckIcon /> : <CopyIcon />}
      </ActionIcon>
      <span role="status" className={styles.status}>
        {result === undefined ? '' : result ? 'Copied' : COPY_BY_HAND}
      </span>
    </span>
  );
}

export function CopyBlock({ label, text }: { readonly label: string; readonly text: string }) {
  const field = useRef<HTMLPreElement>(null);
  const [result, setResult] = useState<boolean | undefined>(undefined);
  return (
    <div className={styles.block}>
      <pre ref={field} tabIndex={0} role="group" aria-label={label}>
        {text}
      </pre>
      <div className={styles.under}>
        <Button
          variant="default"
          size="xs"
          leftSection={<CopyIcon />}
          onClick={() => {
            void copyText(text, field.current).then(setResult);
          }}
        >
          Copy {label}
        </Button>
        <span role="status" className={styles.status}>
          {result === undefined ? '' : result ? 'Copied.' : COPY_BY_HAND}
        </span>
      </div>
    </div>
  );
}
