/** Dashboards: cells on a page, each with what a query finds. */
import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { createDashboard, dashboardsQuery, type DashboardSummary } from '../api/dashboards.js';
import { useAnnounce } from '../components/announcer.js';
import { Cell, Row } from '../components/data-table.js';
import { FormDialog } from '../components/form-dialog.js';
import { PlusIcon } from '../components/icons.js';
import { Loaded } from '../components/loading.js';
import { Remark } from '../components/message.js';
import { NamedList } from '../components/named-list.js';
import { EmptyState, Page } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { Ago } from '../components/times.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';

const COLUMNS = [
  { key: 'name', label: 'Name', sortable: true },
  { key: 'description', label: 'Description' },
  { key: 'cells', label: 'Cells', sortable: true },
  { key: 'edited', label: 'Edited', sortable: true },
];

export function DashboardsPage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const dashboards = useQuery(dashboardsQuery(orgID));
  const [creating, setCreating] = useState(false);
  const mayRead = may(permissionInOrganization('read', 'dashboards', orgID));
  const mayCreate = may(permissionInOrganization('write', 'dashboards', orgID));
  const create = (
    <Button
      leftSection={<PlusIcon />}
      disabled={!mayCreate}
      title={mayCreate ? undefined : 'You can’t create dashboards here. Owners of this organization can.'}
      onClick={() => {
        setCreating(true);
      }}
    >
      Create dashboard
    </Button>
  );
  return (
    <Page title="Dashboards" place={organization.name} hint="What queries find, on one page." actions={create}>
      <Loaded query={dashboards} what="Loading dashboards …">
        {(data) => (
          <>
            {!mayRead && <Remark>You can see only the dashboards that you have access to. There may be others.</Remark>}
            <NamedList
              caption="Dashboards"
              one="dashboard"
              many="dashboards"
              items={data}
              columns={COLUMNS}
              orders={{ cells: ({ cells }) => cells.length, edited: ({ meta }) => meta.updatedAt }}
              empty={
                <EmptyState title="There are no dashboards yet" action={create}>
                  Create one, then fill it by “Save to dashboard” on the page Query, or apply a template with “sluice apply”.
                </EmptyState>
              }
              row={(dashboard) => <DashboardRow key={dashboard.id} dashboard={dashboard} />}
            />
          </>
        )}
      </Loaded>
      {creating && (
        <NewDashboard
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </Page>
  );
}

function DashboardRow({ dashboard }: { readonly dashboard: DashboardSummary }) {
  const { orgID } = usePlace();
  const { id, name, description, cells, meta } = dashboard;
  return (
    <Row>
      <Cell label="Name" lead>
        <Link href={addressesOf(orgID).dashboard(id)}>{name === '' ? 'Without a name' : <Shown text={name} />}</Link>
      </Cell>
      <Cell label="Description" name>
        <Shown text={description} />
      </Cell>
      <Cell label="Cells">{cells.length}</Cell>
      <Cell label="Edited">
        <Ago at={meta.updatedAt} />
      </Cell>
    </Row>
  );
}

function NewDashboard({ onClose }: { readonly onClose: () => void }) {
  const { orgID } = usePlace();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const action = useAction(async () => {
    const { id } = await createDashboard(orgID, name.trim());
    await client.invalidateQueries({ queryKey: ['dashboards'] });
    announce.done(`Dashboard “${shownText(name)}” is created.`);
    navigate(addressesOf(orgID).dashboard(id));
  });
  return (
    <FormDialog title="Create dashboard" submit="Create" action={action} run={() => action.run()} onClose={onClose}>
      <TextInput
        label="Name"
        value={name}
        required
        withAsterisk={false}
        autoComplete="off"
        autoFocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
    </FormDialog>
  );
}
