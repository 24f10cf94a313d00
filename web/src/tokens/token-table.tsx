/** The rows of the list of tokens, its foot, and what is there when nothing is. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { AuthorizationOrder } from '../../../src/domain/store.js';
import {
  changeToken,
  countOf,
  kindOf,
  PAGE_ROWS,
  type Authorization,
  type TokenPage as Tokens,
  type TokenSearch,
} from '../api/authorizations.js';
import { useAnnounce } from '../components/announcer.js';
import { Cell, DataTable, Row, type Column } from '../components/data-table.js';
import { DotsIcon } from '../components/icons.js';
import { InlineEdit } from '../components/inline-edit.js';
import { EmptyState, Panel } from '../components/page.js';
import { Shown } from '../components/shown-text.js';
import { Ago, Moment } from '../components/times.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';
import { summarize } from './describe.js';
import { ExpiryMark } from './expiry-mark.js';
import { LeakMark } from './leak-mark.js';
import { CreateTokenMenu, useWhyNoTokens } from './generate-menu.js';
import { DeleteTokenDialog, KindBadge, nameOfToken, TokenName, useForgetTokens } from './token-parts.js';
import { DEFAULT_SEARCH, isFiltered, writeSearch } from './token-search.js';
import { useTokenSight } from './token-sight.js';
import { StatusSwitch } from './token-status.js';
import styles from './token-list.module.css';

export const TOKEN_COLUMNS: readonly Column[] = [
  { key: 'description', label: 'Description', sortable: true },
  { key: 'kind', label: 'Kind', sortable: true },
  { key: 'access', label: 'Access' },
  { key: 'user', label: 'Owner', sortable: true },
  { key: 'status', label: 'Status', sortable: true },
  { key: 'createdAt', label: 'Created', sortable: true },
  { key: 'updatedAt', label: 'Edited', sortable: true },
  { key: 'actions', label: 'Actions', hidden: true },
];

interface TokenTableProps {
  readonly tokens: Tokens;
  readonly search: TokenSearch;
  readonly busy: boolean;
  readonly show: (change: Partial<TokenSearch>, replace?: boolean) => void;
}

export function TokenTable({ tokens, search, busy, show }: TokenTableProps) {
  const { authorizations, counts } = tokens;
  const total = countOf(counts, search.kind, search.status);
  const pageCount = Math.max(1, Math.ceil(total / PAGE_ROWS));
  const sight = useTokenSight();
  const mayCreate = useWhyNoTokens() === undefined;
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
          {sight !== 'all' ? (
            <EmptyState title={hiddenTitle(sight, isFiltered(search))} action={mayCreate ? <CreateTokenMenu /> : undefined}>
              There may be tokens of others here. Operators of this server can see them.
            </EmptyState>
          ) : isFiltered(search) ? (
            <EmptyState
              title="No API tokens match"
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
              Search for something else, or clear a filter.
            </EmptyState>
          ) : (
            <EmptyState title="There are no API tokens yet" action={<CreateTokenMenu />}>
              A program needs one to read or write here. For a program that writes to a bucket, create a Read/Write token.
            </EmptyState>
          )}
        </Panel>
      ) : (
        <DataTable
          caption="API tokens"
          columns={TOKEN_COLUMNS}
          busy={busy}
          sorting={{ by: search.sortBy, descending: search.descending, onSort: sort }}
        >
          {authorizations.map((token) => (
            <TokenRow key={token.id} token={token} onDelete={setDeleted} />
          ))}
        </DataTable>
      )}
      <div className={styles.foot}>
        <span role="status">{rangeInWords(search.page, authorizations.length, total, sight)}</span>
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

function hiddenTitle(sight: 'own' | 'none', isFiltered: boolean): string {
  if (sight === 'none') return 'You can’t see API tokens here';
  return isFiltered ? 'No token of your own matches' : 'You have no API token of your own here';
}

function rangeInWords(page: number, rowCount: number, total: number, sight: ReturnType<typeof useTokenSight>): string {
  const own = sight === 'all' ? '' : ' of your own';
  if (total === 0) return sight === 'all' ? 'No tokens' : '';
  const first = (page - 1) * PAGE_ROWS + 1;
  const last = first + rowCount - 1;
  if (total <= PAGE_ROWS) return `${total === 1 ? '1 token' : `${total.toLocaleString('en')} tokens`}${own}`;
  return `${first.toLocaleString('en')} to ${last.toLocaleString('en')} of ${total.toLocaleString('en')} tokens${own}`;
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
          label={`Edit the description of “${nameOfToken(token)}”`}
          value={token.description}
          save={async (description) => {
            await changeToken(token.id, { description });
            await forget();
            announce.done('The description is saved.');
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
      <Cell label="Access">{summarize(token.permissions, token.orgID)}</Cell>
      <Cell label="Owner" name>
        <Shown text={token.user} />
      </Cell>
      <Cell label="Status">
        <StatusSwitch token={token} />
        <ExpiryMark token={token} />
        <LeakMark token={token} />
      </Cell>
      <Cell label="Created" className={styles.fixed}>
        <Moment at={token.createdAt} />
      </Cell>
      <Cell label="Edited" className={styles.fixed}>
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
              Show permissions
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
