/** Variables: choices that dashboards and queries offer as `v.name`. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { namesOfValues, variablesQuery, type Variable } from '../api/variables.js';
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
  { key: 'type', label: 'Kind', sortable: true },
  { key: 'values', label: 'Values' },
  { key: 'description', label: 'Description' },
];

export const VARIABLE_KINDS: Readonly<Record<Variable['arguments']['type'], string>> = {
  constant: 'List',
  map: 'Named values',
  query: 'Query',
};

/** Values that are shown of one. */
const VALUES_SHOWN = 5;

function valuesInShort({ arguments: given }: Variable): string {
  if (given.type === 'query') return 'what its query finds';
  const names = namesOfValues(given);
  const shown = names.slice(0, VALUES_SHOWN).map((name) => shownText(name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length > VALUES_SHOWN ? `${shown.join(', ')} and ${names.length - VALUES_SHOWN} more` : shown.join(', ');
}

export function VariablesPage() {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const addresses = addressesOf(orgID);
  const variables = useQuery(variablesQuery(orgID));
  const mayRead = may(permissionInOrganization('read', 'variables', orgID));
  const mayCreate = may(permissionInOrganization('write', 'variables', orgID));
  const create = mayCreate ? (
    <Button leftSection={<PlusIcon />} renderRoot={(props) => <Link {...props} href={addresses.newVariable} />}>
      Create variable
    </Button>
  ) : (
    <Button leftSection={<PlusIcon />} disabled title="You can’t create variables here. Owners of this organization can.">
      Create variable
    </Button>
  );
  return (
    <Page title="Variables" place={organization.name} hint="Choices that dashboards offer, used in queries as v.name." actions={create}>
      <Loaded query={variables} what="Loading variables …">
        {(data) => (
          <>
            {!mayRead && <Remark>You can see only the variables that you have access to. There may be others.</Remark>}
            <NamedList
              caption="Variables"
              one="variable"
              many="variables"
              items={data}
              columns={COLUMNS}
              orders={{ type: (variable) => variable.arguments.type }}
              empty={
                <EmptyState title="There are no variables yet" action={create}>
                  A dashboard whose queries use v.host lets you choose the host.
                </EmptyState>
              }
              row={(variable) => (
                <Row key={variable.id}>
                  <Cell label="Name" lead>
                    <Link href={addresses.variable(variable.id)}>
                      <Shown text={variable.name} />
                    </Link>
                  </Cell>
                  <Cell label="Kind">{VARIABLE_KINDS[variable.arguments.type]}</Cell>
                  <Cell label="Values" name>
                    {valuesInShort(variable)}
                  </Cell>
                  <Cell label="Description" name>
                    <Shown text={variable.description} />
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
