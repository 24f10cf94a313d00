/** Which buckets a token may read, or write: all, or some of a list that can be searched. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useId, useState, type KeyboardEvent } from 'react';
import { permissionInOrganization, type Action } from '../../../src/domain/permission.js';
import { isUserBucket, type Bucket } from '../api/resources.js';
import { SearchIcon } from '../components/icons.js';
import { Panel } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { usePlace, useSession } from '../session/session.js';
import styles from './choice-list.module.css';
import { choiceOf, chooseAll, chooseIds, permissionForAll, permissionForOne, stateOf, type Draft } from './permission-draft.js';

/** Rows beyond which one has to search. */
const ROWS_MAX = 300;

export interface BucketPaneProps {
  readonly action: Action;
  readonly buckets: readonly Bucket[];
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

const VERBS = { read: 'Read', write: 'Write' } as const;

/** Arrow keys go from one to the next that can be ticked. */
function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>('input:enabled')];
  boxes[boxes.indexOf(event.target as HTMLInputElement) + step]?.focus();
}

export function BucketPane({ action, buckets, draft, onChange }: BucketPaneProps) {
  const { may, me } = useSession();
  const { orgID } = usePlace();
  const [filter, setFilter] = useState('');
  const noteId = useId();
  const place = { orgID, userID: me.id };
  const choice = choiceOf(draft, action, 'buckets');
  const key = filter.trim().toLowerCase();
  const matching = buckets.filter(isUserBucket).filter(({ name, id }) => name.toLowerCase().includes(key) || id === key);
  const mayGive = (id: string): boolean => may(permissionForOne(action, 'buckets', id, place));
  const givable = matching.filter(({ id }) => mayGive(id)).map(({ id }) => id);
  const mayGiveAll = may(permissionForAll(action, 'buckets', place));
  const isAnyBarred = !mayGiveAll || givable.length < matching.length;
  const state = stateOf(choice);
  const shown = matching.slice(0, ROWS_MAX);
  // The list is one stop for the Tab key, however long it is.
  const [at, setAt] = useState<string | undefined>(undefined);
  const stop = shown.some(({ id }) => id === at && mayGive(id)) ? at : givable[0];

  return (
    <Panel>
      <fieldset>
        <legend className="hidden-text">{VERBS[action]}</legend>
        <div className={styles.head}>
          <h2 style={{ margin: 0 }}>{VERBS[action]}</h2>
          <span className="muted">{state === 'all' ? 'all buckets' : `${choice.ids.size.toLocaleString('en')} selected`}</span>
        </div>
        <div className={styles.all}>
          <Checkbox
            label={`${VERBS[action]} all buckets, including future ones`}
            checked={choice.all}
            disabled={!mayGiveAll}
            aria-describedby={mayGiveAll ? undefined : noteId}
            onChange={(event) => {
              onChange(chooseAll(draft, action, 'buckets', event.currentTarget.checked));
            }}
          />
        </div>
        {!choice.all && (
          <>
            <div className={styles.tools} style={{ marginTop: 8 }}>
              <TextInput
                type="search"
                size="xs"
                aria-label={`Search buckets to ${action}`}
                placeholder="Search buckets"
                leftSection={<SearchIcon />}
                value={filter}
                onChange={(event) => {
                  setFilter(event.currentTarget.value);
                }}
              />
              <Button
                size="xs"
                variant="default"
                disabled={givable.length === 0}
                aria-label={`Select all buckets to ${action}${key === '' ? '' : ' that match'}`}
                onClick={() => {
                  onChange(chooseIds(draft, action, 'buckets', givable, true));
                }}
              >
                Select all
              </Button>
              <Button
                size="xs"
                variant="default"
                aria-label={`Deselect all buckets to ${action}${key === '' ? '' : ' that match'}`}
                onClick={() => {
                  onChange(
                    chooseIds(
                      draft,
                      action,
                      'buckets',
                      matching.map(({ id }) => id),
                      false,
                    ),
                  );
                }}
              >
                Deselect all
              </Button>
            </div>
            {matching.length === 0 ? (
              <p className={styles.note}>
                {key !== ''
                  ? 'No bucket matches.'
                  : may(permissionInOrganization('read', 'buckets', orgID))
                    ? 'There are no buckets yet. Create one on the page Buckets.'
                    : 'You can’t see buckets here.'}
              </p>
            ) : (
              <ul className={styles.list} aria-label={`Buckets to ${action}, arrow keys go through them`} onKeyDown={walk}>
                {shown.map(({ id, name }) => (
                  <li key={id}>
                    <Checkbox
                      label={shownText(name)}
                      aria-label={`${VERBS[action]} bucket ${shownText(name)}`}
                      checked={choice.ids.has(id)}
                      tabIndex={id === stop ? 0 : -1}
                      onFocus={() => {
                        setAt(id);
                      }}
                      disabled={!mayGive(id)}
                      aria-describedby={mayGive(id) ? undefined : noteId}
                      onChange={(event) => {
                        onChange(chooseIds(draft, action, 'buckets', [id], event.currentTarget.checked));
                      }}
                    />
                  </li>
                ))}
              </ul>
            )}
            {matching.length > ROWS_MAX && (
              <p className={styles.note}>{(matching.length - ROWS_MAX).toLocaleString('en')} more. Search to find them.</p>
            )}
          </>
        )}
        {isAnyBarred && (
          <p className={styles.note} id={noteId}>
            Greyed out: you can’t {action} it yourself, so you can’t grant it.
          </p>
        )}
      </fieldset>
    </Panel>
  );
}
