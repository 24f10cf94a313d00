/** A field for a script or a file, with its label above it; Ctrl+Enter does what the form is for. */
import { useId } from 'react';
import styles from './code-area.module.css';

export interface CodeAreaProps {
  readonly label: string;
  readonly value: string;
  readonly rows?: number;
  readonly readOnly?: boolean;
  readonly onChange: (text: string) => void;
}

export function CodeArea({ label, value, rows = 12, readOnly = false, onChange }: CodeAreaProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <textarea
        id={id}
        className={styles.editor}
        value={value}
        rows={rows}
        readOnly={readOnly}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
    </div>
  );
}
