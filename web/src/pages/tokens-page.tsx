/** API Tokens: all that may be seen of them, searched, filtered, sorted and paged by the server, as the address says. */
import { ActionIcon, Button, Menu, NativeSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import type { AuthorizationOrder } from '../../../src/domain/store.js';
import { TOKEN_KINDS } from '../../../src/domain/token-kind.js';
import {
  changeToken,
  countOf,
  KIND_NAMES,
  kindOf,
  PAGE_ROWS,
  tokensQuery,
  type Authorization,
  type TokenPage as Tokens,
  type TokenSearch,
} from '../api/authorizations.js';
import { bucketsQuery, isUserBucket, usersQuery } from '../api/resources.js';
import { useAnnounce } from '../components/announcer.js';
import { Cell, DataTable, Row, type Column } from '../components/data-table.js';
import { DotsIcon, SearchIcon } from '../components/icons.js';
import { InlineEdit } from '../components/inline-edit.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { EmptyState, Page, Panel } from '../components/page.js';
import { Ago, Moment } from '../components/times.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';
import { summarize } from '../tokens/describe.js';
import { GenerateMenu, useWhyNoTokens } from '../tokens/generate-menu.js';
import { DeleteTokenDialog, KindBadge, nameOfToken, StatusSwitch, TokenName, useForgetTokens } from '../tokens/token-parts.js';
import { DEFAULT_SEARCH, isFiltered, readSearch, writeSearch } from '../tokens/token-search.js';
import styles from './tokens-page.module.css';

/** How long somebody may pause while typing. */
const TYPING_MS = 200;

const COLUMNS: readonly Column[] = [
  { key: 'description', label: 'Description', sortable: true },
  { key: 'kind', label: 'Kind', sortable: true },
  { key: 'opens', label: 'Opens' },
  { key: 'user', label: 'Owner', sortable: true },
  { key: 'status', label: 'Status', sortable: true },
  { key: 'createdAt', label: 'Created', sortable: true },
  { key: 'updatedAt', label: 'Changed', sortable: true },
  { key: 'actions', label: 'Actions', hidden: true },
];

export function TokensPage() {
  const { orgID, organization } = usePlace();
  const [location, navigate] = useLocation();
  const search = readSearch(useSearch());
  const tokens = useQuery(tokensQuery(orgID, search));
  const why = useWhyNoTokens();

  const show = (change: Partial<TokenSearch>, replace = false): void => {
    navigate(`${location}${writeSearch({ ...search, page: 1, ...change })}`, { replace });
  };

  return (
    <Page
      title="API Tokens"
      place={organization.name}
      hint="What programs need to read and write. Each is shown once, when it is made."
      actions={<GenerateMenu />}
    >
      {why !== undefined && (
        <div style={{ marginBottom: 12 }}>
          <Remark>{why}</Remark>
        </div>
      )}
      <Kinds search={search} tokens={tokens.data} show={show} />
      <Filters search={search} tokens={tokens.data} show={show} />
      {tokens.data !== undefined && <ErrorMessage error={tokens.error} />}
      <Loaded query={tokens} what="Loading tokens …">
        {(data) => <TokenTable tokens={data} search={search} busy={tokens.isPlaceholderData} show={show} />}
      </Loaded>
    </Page>
  );
}

interface PartProps {
  readonly search: TokenSearch;
  readonly tokens: Tokens | undefined;
  readonly show: (change: Partial<TokenSearch>, replace?: boolean) => void;
}

function Kinds({ search, tokens, show }: PartProps) {
  const count = (kind?: (typeof TOKEN_KINDS)[number]): string =>
    tokens === undefined ? '' : countOf(tokens.counts, kind, search.status).toLocaleString('en');
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
          {kind === undefined ? 'All kinds' : KIND_NAMES[kind]} <span>{count(kind)}</span>
        </button>
      ))}
    </div>
  );
}

function Filters({ search, tokens, show }: PartProps) {
  const { orgID } = usePlace();
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
    tokens === undefined ? '' : ` (${countOf(tokens.counts, search.kind, status).toLocaleString('en')})`;

  return (
    <search className={styles.filters}>
      <TextInput
        type="search"
        aria-label="Search by description or id"
        placeholder="Search by description or id"
        leftSection={<SearchIcon />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
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
        nothingFound="Nobody of this name"
        chosen={search.userID}
        options={(users.data ?? []).map(toOption)}
        onChoose={(userID) => {
          show({ userID });
        }}
      />
      <FilterSelect
        label="Bucket that it opens"
        any="Any bucket"
        nothingFound="No bucket of this name"
        chosen={search.bucketID}
        options={(buckets.data ?? []).filter(isUserBucket).map(toOption)}
        onChoose={(bucketID) => {
          show({ bucketID });
        }}
      />
      {search.bucketID !== '' && (
        <NativeSelect
          aria-label="How it opens the bucket"
          value={search.action ?? ''}
          data={[
            { value: '', label: 'Reads or writes' },
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
        data={COLUMNS.filter(({ sortable }) => sortable === true).flatMap(({ key, label }) => [
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

const toOption = ({ id, name }: { readonly id: string; readonly name: string }): Option => ({ value: id, label: name });

interface FilterSelectProps {
  readonly label: string;
  /** For what nobody has chosen. */
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

interface TokenTableProps {
  readonly tokens: Tokens;
  readonly search: TokenSearch;
  readonly busy: boolean;
  readonly show: PartProps['show'];
}

function TokenTable({ tokens, search, busy, show }: TokenTableProps) {
  const { authorizations, counts } = tokens;
  const total = countOf(counts, search.kind, search.status);
  const pageCount = Math.max(1, Math.ceil(total / PAGE_ROWS));
  const [deleted, setDeleted] = useState<Authorization | undefined>(undefined);

  // What was deleted or filtered away may have taken the last page with it.
  useEffect(() => {
    if (!busy && search.page > pageCount) show({ page: pageCount }, true);
  }, [busy, search.page, pageCount, show]);

  const sort = (key: string): void => {
    const same = key === search.sortBy;
    // Times begin with the newest, words with the first of the alphabet.
    show({ sortBy: key as AuthorizationOrder, descending: same ? !search.descending : key.endsWith('At') });
  };

  return (
    <>
      {authorizations.length === 0 ? (
        <Panel>
          {isFiltered(search) ? (
            <EmptyState
              title="No API Tokens match your query"
              action={
                <Button
                  variant="default"
                  onClick={() => {
                    show(DEFAULT_SEARCH);
                  }}
                >
                  Clear filters
                </Button>
              }
            >
              Look for something else, or take a filter away.
            </EmptyState>
          ) : (
            <EmptyState title="Looks like there aren't any API Tokens" action={<GenerateMenu />}>
              A program needs one to read or write here. To let one write to a bucket, generate a Read/Write API Token.
            </EmptyState>
          )}
        </Panel>
      ) : (
        <DataTable
          caption="API tokens"
          columns={COLUMNS}
          busy={busy}
          sorting={{ by: search.sortBy, descending: search.descending, onSort: sort }}
        >
          {authorizations.map((token) => (
            <TokenRow key={token.id} token={token} onDelete={setDeleted} />
          ))}
        </DataTable>
      )}
      <div className={styles.foot}>
        <span role="status">{rangeInWords(search.page, authorizations.length, total)}</span>
        {pageCount > 1 && <Pages search={search} pageCount={pageCount} />}
      </div>
      {deleted !== undefined && (
        <DeleteTokenDialog
          token={deleted}
          onClose={() => {
            setDeleted(undefined);
          }}
        />
      )}
    </>
  );
}

function rangeInWords(page: number, rowCount: number, total: number): string {
  if (total === 0) return 'No tokens';
  const first = (page - 1) * PAGE_ROWS + 1;
  const last = first + rowCount - 1;
  if (total <= PAGE_ROWS) return total === 1 ? '1 token' : `${total.toLocaleString('en')} tokens`;
  return `${first.toLocaleString('en')} to ${last.toLocaleString('en')} of ${total.toLocaleString('en')} tokens`;
}

function Pages({ search, pageCount }: { readonly search: TokenSearch; readonly pageCount: number }) {
  const [location] = useLocation();
  const { page } = search;
  const step = (label: string, target: number) =>
    target < 1 || target > pageCount || target === page ? (
      <span aria-disabled="true">{label}</span>
    ) : (
      <Link href={`${location}${writeSearch({ ...search, page: target })}`}>{label}</Link>
    );
  return (
    <nav aria-label="Pages of tokens" className={styles.pages}>
      {step('First', 1)}
      {step('Previous', page - 1)}
      <span>
        Page {page.toLocaleString('en')} of {pageCount.toLocaleString('en')}
      </span>
      {step('Next', page + 1)}
      {step('Last', pageCount)}
    </nav>
  );
}

function TokenRow({ token, onDelete }: { readonly token: Authorization; readonly onDelete: (token: Authorization) => void }) {
  const { orgID } = usePlace();
  const addresses = addressesOf(orgID);
  const announce = useAnnounce();
  const forget = useForgetTokens();
  const kind = kindOf(token);
  return (
    <Row>
      <Cell label="Description" lead>
        <InlineEdit
          label={`Change the description of “${nameOfToken(token)}”`}
          value={token.description}
          save={async (description) => {
            await changeToken(token.id, { description });
            await forget();
            announce('API token was updated successfully');
          }}
        >
          <Link href={addresses.token(token.id)}>
            <TokenName token={token} />
          </Link>
        </InlineEdit>
      </Cell>
      <Cell label="Kind">
        <KindBadge kind={kind} />
      </Cell>
      <Cell label="Opens">{summarize(token.permissions, token.orgID)}</Cell>
      <Cell label="Owner" name>
        {token.user}
      </Cell>
      <Cell label="Status">
        <StatusSwitch token={token} />
      </Cell>
      <Cell label="Created" className={styles.fixed}>
        <Moment at={token.createdAt} />
      </Cell>
      <Cell label="Changed" className={styles.fixed}>
        <Ago at={token.updatedAt} />
      </Cell>
      <Cell label="Actions" corner>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`Actions for “${nameOfToken(token)}”`}>
              <DotsIcon />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} href={addresses.token(token.id)}>
              Show its rights
            </Menu.Item>
            <Menu.Item component={Link} href={addresses.generate('custom-api', token.id)}>
              Clone …
            </Menu.Item>
            <Menu.Item
              data-danger
              onClick={() => {
                onDelete(token);
              }}
            >
              Delete …
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Cell>
    </Row>
  );
}
