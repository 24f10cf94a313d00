/** A script or a file that is there, edited where it stands: saved when that is asked for, and kept while one looks at another page. */
import { Button } from '@mantine/core';
import { CodeArea } from './code-area.js';
import styles from './edited-text.module.css';
import { useKept } from './kept.js';
import { ErrorMessage } from './message.js';
import { Panel, Stack } from './page.js';
import { useAction } from './use-action.js';

export interface EditedTextProps {
  /** Of what is edited. */
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly value: string;
  /** Why it cannot be changed. */
  readonly refusal: string | undefined;
  readonly hint?: string;
  readonly save: (text: string) => Promise<unknown>;
}

export function EditedText({ id, title, label, value, refusal, hint, save }: EditedTextProps) {
  const kept = useKept<string | undefined>(`text ${id}`, undefined);
  const text = kept.value ?? value;
  const action = useAction(async () => {
    await save(text);
    kept.clear();
  });
  const isEdited = text !== value;
  return (
    <Panel>
      <h2>{title}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isEdited) void action.run();
        }}
      >
        <Stack>
          <CodeArea
            label={label}
            value={text}
            rows={Math.min(24, Math.max(8, value.split('\n').length + 1))}
            readOnly={refusal !== undefined}
            onChange={(next) => {
              if (next === value) kept.clear();
              else kept.set(next);
            }}
          />
          <ErrorMessage error={action.error} />
          {refusal === undefined ? (
            <div className={styles.actions}>
              <Button type="submit" disabled={!isEdited} loading={action.pending}>
                Save
              </Button>
              {isEdited && (
                <Button
                  variant="default"
                  onClick={() => {
                    action.clear();
                    kept.clear();
                  }}
                >
                  Discard changes
                </Button>
              )}
              {hint !== undefined && <span className="muted">{hint}</span>}
            </div>
          ) : (
            <p className="muted" style={{ margin: 0 }}>
              {refusal}
            </p>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
