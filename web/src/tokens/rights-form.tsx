/** Every type of resource, to read and to write: all of it, some of it where there is a choice, or none. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import { ACTIONS, formatPermission, isUnscoped, type Action, type Permission, type ResourceType } from '../../../src/domain/permission.js';
import { SearchIcon } from '../components/icons.js';
import { Panel } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { usePlace, useSession } from '../session/session.js';
import styles from './choice-list.module.css';
import {
  choiceOf,
  chooseAll,
  chooseIds,
  dropExtra,
  OTHER_TYPES,
  permissionForAll,
  permissionForOne,
  stateOf,
  type Draft,
  type SingleType,
} from './permission-draft.js';
import { capitalize, wordMany, wordOne } from './words.js';

/** Rows of things one by one beyond which one has to search. */
const ROWS_MAX = 300;

export interface Thing {
  readonly id: string;
  readonly name: string;
}

export interface RightsFormProps {
  readonly things: Readonly<Record<SingleType, readonly Thing[]>>;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

export function RightsForm({ things, draft, onChange }: RightsFormProps) {
  const [filter, setFilter] = useState('');
  const key = filter.trim().toLowerCase();
  return (
    <>
      <TextInput
        type="search"
        aria-label="Filter resources"
        placeholder="Filter resources by name"
        leftSection={<SearchIcon />}
        value={filter}
        onChange={(event) => {
          setFilter(event.currentTarget.value);
        }}
      />
      {draft.extras.length > 0 && <Extras draft={draft} onChange={onChange} />}
      <SingleSection type="buckets" things={things.buckets} filter={key} draft={draft} onChange={onChange} />
      <SingleSection type="telegrafs" things={things.telegrafs} filter={key} draft={draft} onChange={onChange} />
      <OtherSection filter={key} draft={draft} onChange={onChange} />
    </>
  );
}

/** A question of this form: may it be given, and what is it called. */
function useGiving() {
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

function Tick({ label, state, barred, covered = false, noteId, onTick }: TickProps) {
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

function Section({ title, summary, children }: { readonly title: string; readonly summary: string; readonly children: ReactNode }) {
  return (
    <Panel>
      <fieldset>
        <legend className="hidden-text">{title}</legend>
        <div className={styles.head}>
          <h2 style={{ margin: 0 }}>
            {title} <span className={styles.summary}>{summary}</span>
          </h2>
        </div>
        {children}
      </fieldset>
    </Panel>
  );
}

function GridHead({ what }: { readonly what: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{what}</th>
        <th scope="col">Read</th>
        <th scope="col">Write</th>
      </tr>
    </thead>
  );
}

const VERBS = { read: 'Read', write: 'Write' } as const;
const BARRED_NOTE = 'Greyed out: you don’t have this permission yourself, so you can’t grant it.';

interface AllTicksProps {
  /** Behind the verb, in the label. */
  readonly what: string;
  readonly type: ResourceType;
  readonly noteId: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** The cells in which every resource of a type is given. */
function AllTicks({ what, type, noteId, draft, onChange }: AllTicksProps) {
  const giving = useGiving();
  return ACTIONS.map((action) => (
    <td key={action}>
      <Tick
        label={`${VERBS[action]} ${what}`}
        state={stateOf(choiceOf(draft, action, type))}
        barred={!giving.all(action, type)}
        noteId={noteId}
        onTick={(checked) => {
          onChange(chooseAll(draft, action, type, checked));
        }}
      />
    </td>
  ));
}

interface SingleSectionProps {
  readonly type: SingleType;
  readonly things: readonly Thing[];
  readonly filter: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

function SingleSection({ type, things, filter, draft, onChange }: SingleSectionProps) {
  const giving = useGiving();
  const noteId = useId();
  const matching = things.filter(({ name, id }) => name.toLowerCase().includes(filter) || id === filter);
  const barred = ACTIONS.some((action) => !giving.all(action, type));
  const [read, write] = [choiceOf(draft, 'read', type), choiceOf(draft, 'write', type)];
  const say = (action: Action): string => {
    const choice = choiceOf(draft, action, type);
    return choice.all ? `${action} all` : choice.ids.size > 0 ? `${action} ${choice.ids.size.toLocaleString('en')}` : '';
  };
  return (
    <Section title={capitalize(wordMany(type))} summary={[say('read'), say('write')].filter((part) => part !== '').join(', ')}>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={`${capitalize(wordMany(type))}, one by one`}>
        <table className={styles.grid}>
          <GridHead what={capitalize(wordOne(type))} />
          <tbody>
            <tr className={styles.strong}>
              <td>All {wordMany(type)}, including future ones</td>
              <AllTicks what={`all ${wordMany(type)}`} type={type} noteId={noteId} draft={draft} onChange={onChange} />
            </tr>
            {matching.slice(0, ROWS_MAX).map(({ id, name }) => (
              <tr key={id}>
                <td>{shownText(name)}</td>
                {ACTIONS.map((action) => {
                  const choice = action === 'read' ? read : write;
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
            ))}
          </tbody>
        </table>
      </div>
      {matching.length === 0 && (
        <p className={styles.note}>
          {filter === '' ? `There are no ${wordMany(type)} to select one by one.` : `No ${wordMany(type)} match.`}
        </p>
      )}
      {matching.length > ROWS_MAX && (
        <p className={styles.note}>{(matching.length - ROWS_MAX).toLocaleString('en')} more. Filter to find them.</p>
      )}
      {barred && (
        <p className={styles.note} id={noteId}>
          {BARRED_NOTE}
        </p>
      )}
    </Section>
  );
}

/** What `all` means where it is not all. */
const REMARKS: Partial<Record<ResourceType, string>> = { orgs: 'only this one', users: 'only yourself' };

function OtherSection({ filter, draft, onChange }: Omit<SingleSectionProps, 'type' | 'things'>) {
  const giving = useGiving();
  const noteId = useId();
  const shown = OTHER_TYPES.filter((type) => `${wordMany(type)} ${type}`.toLowerCase().includes(filter)).sort((a, b) =>
    wordMany(a).localeCompare(wordMany(b)),
  );
  const barred = OTHER_TYPES.some((type) => ACTIONS.some((action) => !giving.all(action, type)));
  const chosen = (action: Action): ResourceType[] => OTHER_TYPES.filter((type) => choiceOf(draft, action, type).all);
  const stateOfAll = (action: Action): 'all' | 'some' | 'none' => {
    const count = chosen(action).length;
    return count === OTHER_TYPES.length ? 'all' : count > 0 ? 'some' : 'none';
  };
  const say = (action: Action): string => (chosen(action).length > 0 ? `${action} ${chosen(action).length}` : '');
  return (
    <Section title="Other resources" summary={[say('read'), say('write')].filter((part) => part !== '').join(', ')}>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Other resources, by type" style={{ maxHeight: 'none' }}>
        <table className={styles.grid}>
          <GridHead what="Type" />
          <tbody>
            {filter === '' && (
              <tr className={styles.strong}>
                <td>All other resources</td>
                {ACTIONS.map((action) => (
                  <td key={action}>
                    <Tick
                      label={`${VERBS[action]} all other resources`}
                      state={stateOfAll(action)}
                      barred={OTHER_TYPES.every((type) => !giving.all(action, type))}
                      noteId={noteId}
                      onTick={(checked) => {
                        const types = OTHER_TYPES.filter((type) => !checked || giving.all(action, type));
                        // Where a part of it cannot be given, a second click takes it back.
                        const isWhole = checked && types.every((type) => choiceOf(draft, action, type).all);
                        onChange(types.reduce((next, type) => chooseAll(next, action, type, checked && !isWhole), draft));
                      }}
                    />
                  </td>
                ))}
              </tr>
            )}
            {shown.map((type) => (
              <tr key={type}>
                <td>
                  {capitalize(wordMany(type))}
                  {REMARKS[type] !== undefined && <span className={styles.summary}> ({REMARKS[type]})</span>}
                </td>
                <AllTicks
                  what={REMARKS[type] === undefined ? `all ${wordMany(type)}` : `${wordMany(type)} (${REMARKS[type]})`}
                  type={type}
                  noteId={noteId}
                  draft={draft}
                  onChange={onChange}
                />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p className={styles.note}>No other resources match.</p>}
      {barred && (
        <p className={styles.note} id={noteId}>
          {BARRED_NOTE}
        </p>
      )}
    </Section>
  );
}

/** What has no place above: rights beyond this organization, or over single things of other types. */
function Extras({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const { may } = useSession();
  const lacking = draft.extras.filter((extra) => !may(extra));
  return (
    <Section title="More permissions" summary={`${draft.extras.length}, from the cloned token`}>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="More permissions">
        <table className={styles.grid}>
          <tbody>
            {draft.extras.map((extra) => (
              <tr key={formatPermission(extra)}>
                <td>
                  {describeExtra(extra)}
                  {!may(extra) && <span className={styles.summary}> (you don’t have this permission yourself)</span>}
                </td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="gray"
                    aria-label={`Leave out: ${describeExtra(extra)}`}
                    onClick={() => {
                      onChange(dropExtra(draft, extra));
                    }}
                  >
                    Leave out
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lacking.length > 0 && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          onClick={() => {
            onChange({ ...draft, extras: draft.extras.filter((extra) => !lacking.includes(extra)) });
          }}
        >
          Leave out what you can’t grant
        </Button>
      )}
    </Section>
  );
}

function describeExtra(permission: Permission): string {
  const { action, resource } = permission;
  const { type, id, orgID } = resource;
  if (isUnscoped(permission)) return `${VERBS[action]} all ${wordMany(type)} in every organization`;
  if (id !== undefined) return `${VERBS[action]} the ${wordOne(type)} ${id}`;
  return `${VERBS[action]} all ${wordMany(type)} in the organization ${orgID ?? ''}`;
}
