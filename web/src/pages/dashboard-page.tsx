/** One dashboard: its cells where they stand, for the time and the variables that one chooses. */
import { Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { changeDashboard, dashboardQuery, deleteCell, deleteDashboard, placeCells, type Cell, type Dashboard } from '../api/dashboards.js';
import { variablesQuery } from '../api/variables.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { CopyValue } from '../components/copy-field.js';
import { Fact, Facts } from '../components/facts.js';
import { InlineEdit } from '../components/inline-edit.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { EmptyState, Page, Panel, Stack } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { addressesOf } from '../layout/addresses.js';
import { externOf } from '../query/extern.js';
import { isRange, RANGES, type Range } from '../query/ranges.js';
import { findChoices, valuesOf } from '../query/variable-values.js';
import { usePlace, useSession } from '../session/session.js';
import { WhoCan } from '../tokens/who-can.js';
import { DashboardCell } from './dashboard-cell.js';
import styles from './dashboard-page.module.css';

export function DashboardPage({ id }: { readonly id: string }) {
  const { orgID, organization } = usePlace();
  const dashboard = useQuery(dashboardQuery(id));
  return (
    <Page
      title={dashboard.data === undefined ? 'Dashboard' : shownText(dashboard.data.name) || 'Without a name'}
      place={organization.name}
      hint={<Link href={addressesOf(orgID).dashboards}>All dashboards</Link>}
    >
      <Loaded query={dashboard} what="Loading the dashboard …">
        {(data) => <DashboardDetails dashboard={data} />}
      </Loaded>
    </Page>
  );
}

function useForgetDashboards(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['dashboards', 'dashboard'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}

type Removal = { readonly what: 'dashboard' } | { readonly what: 'cell'; readonly cell: Cell };

function DashboardDetails({ dashboard }: { readonly dashboard: Dashboard }) {
  const { orgID } = usePlace();
  const { may } = useSession();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const forget = useForgetDashboards();
  const [range, setRange] = useState<Range>('-1h');
  const [selections, setSelections] = useState<Readonly<Record<string, string>>>({});
  // Counts how often everything was asked for anew.
  const [turn, setTurn] = useState(0);
  const [removal, setRemoval] = useState<Removal | undefined>(undefined);
  const variables = useQuery(variablesQuery(orgID));
  const { id, name, description, cells } = dashboard;
  const resource = { type: 'dashboards', id, orgID } as const;
  // The server asks for both before it changes one.
  const mayWrite = may({ action: 'write', resource }) && may({ action: 'read', resource });
  const scripts = cells.flatMap(({ properties }) => (properties.queries ?? []).map(({ text }) => text));
  const choices = useQuery({
    queryKey: ['choices', orgID, scripts, variables.data, range, selections, turn],
    queryFn: ({ signal }) => findChoices({ orgID, variables: variables.data ?? [], scripts, range, selections }, signal),
    enabled: variables.data !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
  const extern = choices.data === undefined || choices.isPlaceholderData ? undefined : externOf(range, valuesOf(choices.data));

  return (
    <Stack>
      <div className={styles.tools}>
        <NativeSelect
          label="Time"
          value={range}
          data={[...RANGES]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (isRange(value)) setRange(value);
          }}
        />
        {choices.data?.map(({ variable, options, chosen, problem }) => (
          <NativeSelect
            key={variable.id}
            label={shownText(variable.name)}
            value={chosen ?? ''}
            error={problem}
            data={options.map(({ label }) => ({ value: label, label: shownText(label) }))}
            onChange={(event) => {
              setSelections({ ...selections, [variable.name]: event.currentTarget.value });
            }}
          />
        ))}
        <Button
          variant="default"
          onClick={() => {
            setTurn(turn + 1);
          }}
        >
          Refresh
        </Button>
      </div>
      <ErrorMessage error={variables.error} />
      {cells.length === 0 ? (
        <Panel>
          <EmptyState title="There are no cells yet" action={<Link href={addressesOf(orgID).query}>Query</Link>}>
            Run a query, then choose “Save to dashboard”.
          </EmptyState>
        </Panel>
      ) : (
        <div className={styles.grid}>
          {placeCells(cells).map((place) => (
            <DashboardCell
              key={place.cell.id}
              place={place}
              extern={extern}
              turn={turn}
              onRemove={
                mayWrite
                  ? () => {
                      setRemoval({ what: 'cell', cell: place.cell });
                    }
                  : undefined
              }
            />
          ))}
        </div>
      )}
      <Panel>
        <h2>About this dashboard</h2>
        <Facts>
          <Fact name="Name">
            <InlineEdit
              label="Edit the name"
              value={name}
              disabled={!mayWrite}
              save={async (next) => {
                await changeDashboard(id, { name: next });
                await forget();
                announce.done('The name is saved.');
              }}
            >
              <strong>{name === '' ? 'Without a name' : <Shown text={name} />}</strong>
            </InlineEdit>
          </Fact>
          <Fact name="Description">
            <InlineEdit
              label="Edit the description"
              value={description}
              disabled={!mayWrite}
              save={async (next) => {
                await changeDashboard(id, { description: next });
                await forget();
                announce.done('The description is saved.');
              }}
            >
              {description === '' ? <span className="muted">None</span> : <Shown text={description} />}
            </InlineEdit>
          </Fact>
          <Fact name="Id">
            <CopyValue label="id" value={id} />
          </Fact>
        </Facts>
        {mayWrite && (
          <Button
            mt="md"
            variant="light"
            color="red"
            onClick={() => {
              setRemoval({ what: 'dashboard' });
            }}
          >
            Delete …
          </Button>
        )}
      </Panel>
      <WhoCan type="dashboards" id={id} />
      {removal?.what === 'dashboard' && (
        <ConfirmDialog
          title="Delete this dashboard?"
          confirm="Delete dashboard"
          work={async () => {
            await deleteDashboard(id);
            announce.done(`Dashboard “${shownText(name)}” is deleted.`);
            navigate(addressesOf(orgID).dashboards);
            await forget();
          }}
          onClose={() => {
            setRemoval(undefined);
          }}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            <strong>{shownText(name)}</strong> and its cells are gone for everybody. The data stays.
          </p>
        </ConfirmDialog>
      )}
      {removal?.what === 'cell' && (
        <ConfirmDialog
          title="Remove this cell?"
          confirm="Remove cell"
          work={async () => {
            await deleteCell(id, removal.cell.id);
            await forget();
            announce.done('The cell is removed.');
          }}
          onClose={() => {
            setRemoval(undefined);
          }}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            <strong>{shownText(removal.cell.name ?? '') || 'The cell without a name'}</strong> and its query are gone for everybody.
          </p>
        </ConfirmDialog>
      )}
    </Stack>
  );
}
