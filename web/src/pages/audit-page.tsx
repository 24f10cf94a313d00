/** The audit log: who did what to tokens, users and the server, and what was refused. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { globalPermission, permissionById } from '../../../src/domain/permission.js';
import { ANY_AUDIT, type AuditSearch } from '../api/audit.js';
import { queryOf } from '../api/http.js';
import { AuditRecords } from '../audit/audit-records.js';
import { ACTION_FILTERS, OUTCOME_FILTERS, SINCE_FILTERS } from '../audit/audit-words.js';
import { Remark } from '../components/message.js';
import { Page } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import styles from './audit-page.module.css';

const NAMES = ['action', 'outcome', 'since', 'actorID', 'resourceID', 'requestID'] as const;
/** In the address for all that the server has recorded. */
const EVERYWHERE = 'all';

export function AuditPage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const query = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const mayAll = may(globalPermission('write', 'orgs'));
  const isAll = mayAll && query.get('of') === EVERYWHERE;
  const filters = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? '']));
  const search: AuditSearch = { ...ANY_AUDIT, ...filters, orgID: isAll ? '' : orgID };
  const show = (change: Readonly<Record<string, string>>): void => {
    const text = queryOf({ ...filters, of: isAll ? EVERYWHERE : '', ...change });
    navigate(addressesOf(orgID).audit + (text === '' ? '' : `?${text}`), { replace: true });
  };
  return (
    <Page title="Audit log" place={organization.name} hint="Who did what to tokens, users and this server, and what was refused.">
      {!may(permissionById('write', 'orgs', orgID)) ? (
        <Remark>Owners of {shownText(organization.name)} can read its audit log. Operators of this server can read all of it.</Remark>
      ) : (
        <>
          <Filters search={search} isAll={isAll} mayAll={mayAll} show={show} />
          <AuditRecords search={search} caption="Audit log" />
        </>
      )}
    </Page>
  );
}

interface FiltersProps {
  readonly search: AuditSearch;
  readonly isAll: boolean;
  readonly mayAll: boolean;
  readonly show: (change: Readonly<Record<string, string>>) => void;
}

function Filters({ search, isAll, mayAll, show }: FiltersProps) {
  const choices = [
    { name: 'action', label: 'Action', data: ACTION_FILTERS },
    { name: 'outcome', label: 'Outcome', data: OUTCOME_FILTERS },
    { name: 'since', label: 'Time', data: SINCE_FILTERS },
  ] as const;
  return (
    <search className={styles.filters}>
      {mayAll && (
        <NativeSelect
          aria-label="Place"
          value={isAll ? EVERYWHERE : ''}
          data={[
            { value: '', label: 'This organization' },
            { value: EVERYWHERE, label: 'Whole server' },
          ]}
          onChange={(event) => {
            show({ of: event.currentTarget.value });
          }}
        />
      )}
      {choices.map(({ name, label, data }) => (
        <NativeSelect
          key={name}
          aria-label={label}
          value={search[name]}
          data={[...data]}
          onChange={(event) => {
            show({ [name]: event.currentTarget.value });
          }}
        />
      ))}
      <IdField
        label="User or token that did it"
        value={search.actorID}
        onEnter={(actorID) => {
          show({ actorID });
        }}
      />
      <IdField
        label="Token, user or bucket it happened to"
        value={search.resourceID}
        onEnter={(resourceID) => {
          show({ resourceID });
        }}
      />
      <IdField
        label="Request id"
        value={search.requestID}
        onEnter={(requestID) => {
          show({ requestID });
        }}
      />
    </search>
  );
}

/** An id, which counts when it is entered. */
function IdField({ label, value, onEnter }: { readonly label: string; readonly value: string; readonly onEnter: (text: string) => void }) {
  const [text, setText] = useState(value);
  return (
    <form
      className={styles.id}
      onSubmit={(event) => {
        event.preventDefault();
        onEnter(text.trim());
      }}
    >
      <TextInput
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (event.currentTarget.value === '') onEnter('');
        }}
      />
      {text.trim() !== value && (
        <Button type="submit" variant="default">
          Filter
        </Button>
      )}
    </form>
  );
}
