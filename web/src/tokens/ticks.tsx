/** The boxes of the form for permissions, and the rows of single things that they stand in. */
import { Checkbox } from '@mantine/core';
import { ACTIONS, type Action, type ResourceType } from '../../../src/domain/permission.js';
import type { Thing } from '../api/things.js';
import { shownText } from '../components/shown-text.js';
import { usePlace, useSession } from '../session/session.js';
import styles from './choice-list.module.css';
import { choiceOf, chooseIds, permissionForAll, permissionForOne, type Draft } from './permission-draft.js';
import { wordOne } from './words.js';

export const VERBS = { read: 'Read', write: 'Write' } as const;

/** A question of this form: may it be given, and what is it called. */
export function useGiving() {
  const { may, me } = useSession();
  const { orgID } = usePlace();
  const place = { orgID, userID: me.id };
  return {
    all: (action: Action, type: ResourceType) => may(permissionForAll(action, type, place)),
    one: (action: Action, type: ResourceType, id: string) => may(permissionForOne(action, type, id, place)),
  };
}

interface TickProps {
  readonly label: string;
  readonly state: 'all' | 'some' | 'none';
  readonly barred: boolean;
  readonly covered?: boolean;
  readonly noteId: string;
  readonly onTick: (checked: boolean) => void;
}

export function Tick({ label, state, barred, covered = false, noteId, onTick }: TickProps) {
  const reason = barred ? ' (you don’t have this permission yourself)' : covered ? ' (included in all)' : '';
  return (
    <span className={styles.box} title={reason === '' ? undefined : `${label}${reason}`}>
      <Checkbox
        aria-label={label}
        checked={state === 'all'}
        indeterminate={state === 'some'}
        // What was chosen before it could not be given can still be taken back.
        disabled={covered || (barred && state === 'none')}
        aria-describedby={barred ? noteId : undefined}
        onChange={(event) => {
          // From `some`, a click means all.
          onTick(state === 'some' ? true : event.currentTarget.checked);
        }}
      />
    </span>
  );
}

interface ThingRowProps {
  readonly type: ResourceType;
  readonly thing: Thing;
  /** It stands below the row of its type. */
  readonly isNested?: boolean;
  readonly noteId: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

export function ThingRow({ type, thing: { id, name }, isNested = false, noteId, draft, onChange }: ThingRowProps) {
  const giving = useGiving();
  return (
    <tr>
      <td className={isNested ? styles.nested : undefined}>{shownText(name)}</td>
      {ACTIONS.map((action) => {
        const choice = choiceOf(draft, action, type);
        return (
          <td key={action}>
            <Tick
              label={`${VERBS[action]} ${wordOne(type)} ${shownText(name)}`}
              state={choice.all || choice.ids.has(id) ? 'all' : 'none'}
              covered={choice.all}
              barred={!giving.one(action, type, id)}
              noteId={noteId}
              onTick={(checked) => {
                onChange(chooseIds(draft, action, type, [id], checked));
              }}
            />
          </td>
        );
      })}
    </tr>
  );
}
