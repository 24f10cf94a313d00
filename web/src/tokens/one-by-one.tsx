/** The single things of a type, below its row in the form for permissions; asked for when they are wanted. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ACTIONS } from '../../../src/domain/permission.js';
import { thingsQuery, type ListedType, type Thing } from '../api/things.js';
import { TextInput } from '@mantine/core';
import { messageOf } from '../components/use-action.js';
import { usePlace } from '../session/session.js';
import styles from './choice-list.module.css';
import { choiceOf, type Draft } from './permission-draft.js';
import { ThingRow } from './ticks.js';
import { wordMany } from './words.js';

/** Rows beyond which one has to search, and from which on one can. */
const ROWS_MAX = 100;
const SEARCH_ROWS_MIN = 10;

export interface OneByOneProps {
  readonly type: ListedType;
  /** Of things that a cloned token was granted. */
  readonly names: ReadonlyMap<string, string>;
  readonly noteId: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

export function OneByOne({ type, names, noteId, draft, onChange }: OneByOneProps) {
  const { orgID } = usePlace();
  const things = useQuery(thingsQuery(orgID, type));
  const [filter, setFilter] = useState('');
  const many = wordMany(type);
  const listed = things.data ?? [];
  const known = new Set(listed.map(({ id }) => id));
  // What was granted of things that are gone, or that one does not see, stays in sight.
  const unseen = new Set(ACTIONS.flatMap((action) => [...choiceOf(draft, action, type).ids]).filter((id) => !known.has(id)));
  const all: readonly Thing[] = [
    ...listed.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    ...(things.data === undefined ? [] : [...unseen].map((id) => ({ id, name: names.get(id) ?? `${id} (deleted, or hidden from you)` }))),
  ];
  const key = filter.trim().toLowerCase();
  const matching = all.filter(({ id, name }) => name.toLowerCase().includes(key) || id === key);
  const sentence =
    things.error !== null
      ? messageOf(things.error)
      : things.data === undefined
        ? `Loading ${many} …`
        : all.length === 0
          ? `There are no ${many} to choose from.`
          : matching.length === 0
            ? `No ${many} match.`
            : matching.length > ROWS_MAX
              ? `${(matching.length - ROWS_MAX).toLocaleString('en')} more. Search to find them.`
              : undefined;
  return (
    <>
      {all.length >= SEARCH_ROWS_MIN && (
        <tr>
          <td className={styles.nested} colSpan={3}>
            <TextInput
              type="search"
              size="xs"
              aria-label={`Search ${many}`}
              placeholder={`Search ${many}`}
              value={filter}
              onChange={(event) => {
                setFilter(event.currentTarget.value);
              }}
            />
          </td>
        </tr>
      )}
      {matching.slice(0, ROWS_MAX).map((thing) => (
        <ThingRow key={thing.id} type={type} thing={thing} isNested noteId={noteId} draft={draft} onChange={onChange} />
      ))}
      {sentence !== undefined && (
        <tr>
          <td className={styles.nested} colSpan={3}>
            <span className="muted">{sentence}</span>
          </td>
        </tr>
      )}
    </>
  );
}
