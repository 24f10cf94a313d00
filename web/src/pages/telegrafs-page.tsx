/** Telegraf configurations: agents load them from the server by their address. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { telegrafsQuery } from '../api/telegrafs.js';
import { CopyValue } from '../components/copy-field.js';
import { Cell, Row } from '../components/data-table.js';
import { PlusIcon } from '../components/icons.js';
import { Loaded } from '../components/loading.js';
import { Remark } from '../components/message.js';
import { NamedList } from '../components/named-list.js';
import { EmptyState, Page } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';

const COLUMNS = [
  { key: 'name', label: 'Name', sortable: true },
  { key: 'description', label: 'Description' },
  { key: 'buckets', label: 'Writes to' },
  { key: 'id', label: 'Id' },
];

export function TelegrafsPage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const addresses = addressesOf(orgID);
  const telegrafs = useQuery(telegrafsQuery(orgID));
  const mayRead = may(permissionInOrganization('read', 'telegrafs', orgID));
  const mayCreate = may(permissionInOrganization('write', 'telegrafs', orgID));
  const create = mayCreate ? (
    <Button leftSection={<PlusIcon />} renderRoot={(props) => <Link {...props} href={addresses.newTelegraf} />}>
      Create configuration
    </Button>
  ) : (
    <Button leftSection={<PlusIcon />} disabled title="You can’t create configurations here. Owners of this organization can.">
      Create configuration
    </Button>
  );
  return (
    <Page title="Telegraf" place={organization.name} hint="Configurations that agents load from this server." actions={create}>
      <Loaded query={telegrafs} what="Loading configurations …">
        {(data) => (
          <>
            {!mayRead && <Remark>You can see only the configurations that you have access to. There may be others.</Remark>}
            <NamedList
              caption="Telegraf configurations"
              one="configuration"
              many="configurations"
              items={data}
              columns={COLUMNS}
              empty={
                <EmptyState title="There are no configurations yet" action={create}>
                  A configuration says what an agent collects and where it writes it. Agents load it by its address.
                </EmptyState>
              }
              row={({ id, name, description, buckets }) => (
                <Row key={id}>
                  <Cell label="Name" lead>
                    <Link href={addresses.telegraf(id)}>
                      <Shown text={name} />
                    </Link>
                  </Cell>
                  <Cell label="Description" name>
                    <Shown text={description} />
                  </Cell>
                  <Cell label="Writes to" name>
                    {buckets.map(shownText).join(', ')}
                  </Cell>
                  <Cell label="Id">
                    <CopyValue label={`id of ${shownText(name)}`} value={id} />
                  </Cell>
                </Row>
              )}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}
