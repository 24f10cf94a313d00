/** Filters of the token list: kind, text, status, owner and bucket. Each is kept in the URL; a token never is. */
import { Button, NativeSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { AuthorizationOrder } from '../../../src/domain/store.js';
import { TOKEN_KINDS } from '../../../src/domain/token-kind.js';
import { countOf, KIND_NAMES, type Authorization, type TokenPage, type TokenSearch } from '../api/authorizations.js';
import { bucketsQuery, isUserBucket, usersQuery } from '../api/resources.js';
import type { Column } from '../components/data-table.js';
import { SearchIcon } from '../components/icons.js';
import { shownText } from '../components/shown-text.js';
import { usePlace } from '../session/session.js';
import { DEFAULT_SEARCH, isFiltered } from './token-search.js';
import { useTokenSight } from './token-sight.js';
import { mayBePastedToken, mayBeToken } from './token-text.js';
import styles from './token-list.module.css';

/** The debounce time while typing. */
const TYPING_MS = 200;

export interface FilterProps {
  readonly search: TokenSearch;
  readonly tokens: TokenPage | undefined;
  readonly show: (change: Partial<TokenSearch>, replace?: boolean) => void;
}

export function Kinds({ search, tokens, show }: FilterProps) {
  const sight = useTokenSight();
  const count = (kind?: (typeof TOKEN_KINDS)[number]): string =>
    // What one can't see is not counted, and so no number is the whole truth.
    tokens === undefined || sight !== 'all' ? '' : countOf(tokens.counts, kind, search.status).toLocaleString('en');
  return (
    <div className={styles.kinds} role="group" aria-label="Kind of token">
      {[undefined, ...TOKEN_KINDS].map((kind) => (
        <button
          key={kind ?? 'all'}
          type="button"
          className={styles.chip}
          aria-pressed={search.kind === kind}
          onClick={() => {
            show({ kind });
          }}
        >
          {kind === undefined ? 'All kinds' : KIND_NAMES[kind]}
          {count(kind) !== '' && <span>{count(kind)}</span>}
        </button>
      ))}
    </div>
  );
}

interface FiltersProps extends FilterProps {
  readonly columns: readonly Column[];
  /** Takes what was pasted or typed and may be a token. */
  readonly onToken: (text: string) => void;
}

export function Filters({ search, tokens, show, columns, onToken }: FiltersProps) {
  const { orgID } = usePlace();
  const sight = useTokenSight();
  const users = useQuery(usersQuery);
  const buckets = useQuery(bucketsQuery(orgID));
  const [text, setText] = useState(search.search);
  const asked = useRef(search.search);

  // What is typed goes into the address after a pause; an address that comes from elsewhere goes into the field.
  useEffect(() => {
    if (search.search === asked.current) return;
    asked.current = search.search;
    setText(search.search);
  }, [search.search]);
  useEffect(() => {
    if (text.trim() === asked.current) return undefined;
    const timer = setTimeout(() => {
      asked.current = text.trim();
      show({ search: asked.current }, true);
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
    // What else is filtered by does not begin the pause anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);

  const statusCount = (status?: Authorization['status']): string =>
    tokens === undefined || sight !== 'all' ? '' : ` (${countOf(tokens.counts, search.kind, status).toLocaleString('en')})`;

  return (
    <search className={styles.filters}>
      <TextInput
        type="search"
        aria-label="Search by description or id"
        placeholder="Search by description or id"
        leftSection={<SearchIcon />}
        value={text}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData('text');
          if (!mayBePastedToken(pasted)) return;
          event.preventDefault();
          onToken(pasted);
        }}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (mayBeToken(value)) onToken(value);
          else setText(value);
        }}
      />
      <NativeSelect
        aria-label="Status"
        value={search.status ?? ''}
        data={[
          { value: '', label: `Any status${statusCount()}` },
          { value: 'active', label: `Active${statusCount('active')}` },
          { value: 'inactive', label: `Inactive${statusCount('inactive')}` },
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          show({ status: value === '' ? undefined : (value as Authorization['status']) });
        }}
      />
      <FilterSelect
        label="Owner"
        any="Any owner"
        nothingFound="No user with this name"
        chosen={search.userID}
        options={(users.data ?? []).map(toOption)}
        onChoose={(userID) => {
          show({ userID });
        }}
      />
      <FilterSelect
        label="Access to bucket"
        any="Any bucket"
        nothingFound="No bucket with this name"
        chosen={search.bucketID}
        options={(buckets.data ?? []).filter(isUserBucket).map(toOption)}
        onChoose={(bucketID) => {
          show({ bucketID });
        }}
      />
      {search.bucketID !== '' && (
        <NativeSelect
          aria-label="Kind of access"
          value={search.action ?? ''}
          data={[
            { value: '', label: 'Can read or write it' },
            { value: 'read', label: 'Can read it' },
            { value: 'write', label: 'Can write it' },
          ]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            show({ action: value === '' ? undefined : (value as 'read' | 'write') });
          }}
        />
      )}
      <NativeSelect
        aria-label="Sort by"
        className={styles.onlyNarrow}
        value={`${search.sortBy} ${search.descending}`}
        data={columns
          .filter(({ sortable }) => sortable === true)
          .flatMap(({ key, label }) => [
            { value: `${key} false`, label: `Sort: ${label} ▲` },
            { value: `${key} true`, label: `Sort: ${label} ▼` },
          ])}
        onChange={(event) => {
          const [sortBy, descending] = event.currentTarget.value.split(' ');
          show({ sortBy: sortBy as AuthorizationOrder, descending: descending === 'true' });
        }}
      />
      {isFiltered(search) && (
        <Button
          variant="subtle"
          onClick={() => {
            show({ ...DEFAULT_SEARCH, sortBy: search.sortBy, descending: search.descending });
          }}
        >
          Clear filters
        </Button>
      )}
    </search>
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
}

const toOption = ({ id, name }: { readonly id: string; readonly name: string }): Option => ({ value: id, label: shownText(name) });

interface FilterSelectProps {
  readonly label: string;
  /** The label when nothing is selected. */
  readonly any: string;
  readonly nothingFound: string;
  /** Empty for none. */
  readonly chosen: string;
  readonly options: readonly Option[];
  readonly onChoose: (value: string) => void;
}

/** A list to search one of; what the address names is shown even when it is not on it. */
function FilterSelect({ label, any, nothingFound, chosen, options, onChoose }: FilterSelectProps) {
  const isListed = chosen === '' || options.some(({ value }) => value === chosen);
  return (
    <Select
      aria-label={label}
      placeholder={any}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': any }}
      limit={100}
      nothingFoundMessage={nothingFound}
      value={chosen === '' ? null : chosen}
      data={isListed ? options : [...options, { value: chosen, label: chosen }]}
      onChange={(value) => {
        onChoose(value ?? '');
      }}
    />
  );
}
