/** Records of the audit log as a table, the newest first, with older ones on demand. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { auditQuery, type AuditRecord, type AuditSearch } from '../api/audit.js';
import { usersQuery } from '../api/resources.js';
import { Cell, DataTable, Row } from '../components/data-table.js';
import { Waiting } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { EmptyState, Panel } from '../components/page.js';
import { Shown } from '../components/shown-text.js';
import { Moment } from '../components/times.js';
import { actionInWords, detailsInWords, outcomeInWords } from './audit-words.js';

const COLUMNS = [
  { key: 'time', label: 'Time' },
  { key: 'action', label: 'What' },
  { key: 'outcome', label: 'Outcome' },
  { key: 'actor', label: 'Who' },
  { key: 'resource', label: 'To what' },
  { key: 'address', label: 'From' },
  { key: 'details', label: 'Details' },
];

export function AuditRecords({ search, caption }: { readonly search: AuditSearch; readonly caption: string }) {
  const query = useInfiniteQuery(auditQuery(search));
  const users = useQuery(usersQuery);
  const nameOf = (id: string): string => users.data?.find((user) => user.id === id)?.name ?? id;
  if (query.data === undefined)
    return query.error === null ? <Waiting what="Loading the audit log …" /> : <ErrorMessage error={query.error} />;
  const records = query.data.pages.flatMap((page) => page.records);
  if (records.length === 0) {
    return (
      <Panel>
        <EmptyState title="No records">Nothing was recorded that matches.</EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <ErrorMessage error={query.error} />
      <DataTable caption={caption} columns={COLUMNS} busy={query.isFetching}>
        {records.map((record, index) => (
          <RecordRow key={record.sequence ?? `request ${index}`} record={record} nameOf={nameOf} />
        ))}
      </DataTable>
      {query.hasNextPage && (
        <Button mt="sm" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show older records
        </Button>
      )}
    </>
  );
}

function RecordRow({ record, nameOf }: { readonly record: AuditRecord; readonly nameOf: (id: string) => string }) {
  const { time, action, outcome, actor, resource, address = '', requestID } = record;
  return (
    <Row>
      <Cell label="Time">
        <Moment at={time} />
      </Cell>
      <Cell label="What" lead>
        {actionInWords(action)}
      </Cell>
      <Cell label="Outcome">{outcomeInWords(outcome)}</Cell>
      <Cell label="Who" name>
        <Shown text={actorInWords(actor, nameOf)} />
        {actor.authorizationID !== undefined && <div className="muted">token {actor.authorizationID}</div>}
      </Cell>
      <Cell label="To what" name>
        <Shown text={resource?.name ?? resource?.id ?? resource?.type ?? ''} />
      </Cell>
      <Cell label="From">{address}</Cell>
      <Cell label="Details" name>
        <Shown text={detailsInWords(record)} />
        {requestID !== undefined && <div className="muted">request {requestID}</div>}
      </Cell>
    </Row>
  );
}

function actorInWords({ kind, name, userID }: AuditRecord['actor'], nameOf: (id: string) => string): string {
  if (userID !== undefined) return nameOf(userID);
  return kind === 'system' ? `the server (${name ?? ''})` : 'unknown';
}
