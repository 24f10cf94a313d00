/** Every type of resource, to read and to write: all of it, some of it one by one, or none. */
import { Button, TextInput } from '@mantine/core';
import { Fragment, useId, useState, type ReactNode } from 'react';
import { describeMatch } from '../../../src/wire/limit-words.js';
import { ACTIONS, formatPermission, isUnscoped, type Action, type Permission, type ResourceType } from '../../../src/domain/permission.js';
import { isListedType, type Thing } from '../api/things.js';
import { ChevronIcon, SearchIcon } from '../components/icons.js';
import { Panel } from '../components/page.js';
import { useSession } from '../session/session.js';
import styles from './choice-list.module.css';
import { OneByOne } from './one-by-one.js';
import { choiceOf, chooseAll, dropExtra, OTHER_TYPES, stateOf, type Draft, type SectionType } from './permission-draft.js';
import { ThingRow, Tick, useGiving, VERBS } from './ticks.js';
import { capitalize, wordMany, wordOne } from './words.js';

/** Rows of things one by one beyond which one has to search. */
const ROWS_MAX = 300;

export interface RightsFormProps {
  readonly things: Readonly<Record<SectionType, readonly Thing[]>>;
  /** Of single things of other types that a cloned token was granted. */
  readonly names: ReadonlyMap<string, string>;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

export function RightsForm({ things, names, draft, onChange }: RightsFormProps) {
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
      <OtherSection names={names} filter={key} draft={draft} onChange={onChange} />
    </>
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
  readonly type: SectionType;
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
            {matching.slice(0, ROWS_MAX).map((thing) => (
              <ThingRow key={thing.id} type={type} thing={thing} noteId={noteId} draft={draft} onChange={onChange} />
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

interface OtherSectionProps extends Omit<SingleSectionProps, 'type' | 'things'> {
  readonly names: ReadonlyMap<string, string>;
}

function OtherSection({ names, filter, draft, onChange }: OtherSectionProps) {
  // What is chosen already is in sight at first.
  const [open, setOpen] = useState<ReadonlySet<ResourceType>>(
    () => new Set(OTHER_TYPES.filter((type) => ACTIONS.some((action) => stateOf(choiceOf(draft, action, type)) === 'some'))),
  );
  const giving = useGiving();
  const noteId = useId();
  const shown = OTHER_TYPES.filter((type) => `${wordMany(type)} ${type}`.toLowerCase().includes(filter)).sort((a, b) =>
    wordMany(a).localeCompare(wordMany(b)),
  );
  const barred = OTHER_TYPES.some((type) => ACTIONS.some((action) => !giving.all(action, type)));
  const chosen = (action: Action): ResourceType[] => OTHER_TYPES.filter((type) => stateOf(choiceOf(draft, action, type)) !== 'none');
  const stateOfAll = (action: Action): 'all' | 'some' | 'none' => {
    if (OTHER_TYPES.every((type) => choiceOf(draft, action, type).all)) return 'all';
    return chosen(action).length > 0 ? 'some' : 'none';
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
              <Fragment key={type}>
                <tr>
                  <td>
                    {isListedType(type) ? (
                      <button
                        type="button"
                        className={styles.opener}
                        aria-expanded={open.has(type)}
                        title={`Choose ${wordMany(type)} one by one`}
                        onClick={() => {
                          setOpen(new Set(open.has(type) ? [...open].filter((each) => each !== type) : [...open, type]));
                        }}
                      >
                        <ChevronIcon />
                        {capitalize(wordMany(type))}
                      </button>
                    ) : (
                      <span className={styles.unopened}>{capitalize(wordMany(type))}</span>
                    )}
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
                {isListedType(type) && open.has(type) && (
                  <OneByOne type={type} names={names} noteId={noteId} draft={draft} onChange={onChange} />
                )}
              </Fragment>
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

/** What has no place above: rights beyond this organization, or over single things that cannot be listed. */
function Extras({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const { may } = useSession();
  const lacking = draft.extras.filter((extra) => !may(extra));
  return (
    <Section title="More permissions" summary={`${draft.extras.length}, from the cloned token`}>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="More permissions">
        <table className={styles.grid}>
          <tbody>
            {draft.extras.map((extra) => (
              <tr key={`${formatPermission(extra)} ${describeMatch(extra.match)}`}>
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
  const points = describeMatch(permission.match);
  return `${describeWhole(permission)}${points === '' ? '' : `, only ${points}`}`;
}

function describeWhole(permission: Permission): string {
  const { action, resource } = permission;
  const { type, id, orgID } = resource;
  if (isUnscoped(permission)) return `${VERBS[action]} all ${wordMany(type)} in every organization`;
  if (id !== undefined) return `${VERBS[action]} the ${wordOne(type)} ${id}`;
  return `${VERBS[action]} all ${wordMany(type)} in the organization ${orgID ?? ''}`;
}
