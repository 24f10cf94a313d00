/** About: the ids that commands ask for, the server and its version. */
import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { globalPermission, permissionById } from '../../../src/domain/permission.js';
import { sendJson } from '../api/http.js';
import { healthQuery, type Organization } from '../api/resources.js';
import { useAnnounce } from '../components/announcer.js';
import { CopyValue } from '../components/copy-field.js';
import { Fact, Facts } from '../components/facts.js';
import { PlusIcon } from '../components/icons.js';
import { FormDialog } from '../components/form-dialog.js';
import { InlineEdit } from '../components/inline-edit.js';
import { Loaded } from '../components/loading.js';
import { Page, Panel, Stack } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';

export function AboutPage() {
  const { orgID, organization } = usePlace();
  const { me, may, organizations } = useSession();
  const client = useQueryClient();
  const announce = useAnnounce();
  const health = useQuery(healthQuery);
  const [creating, setCreating] = useState(false);
  const mayRename = may(permissionById('write', 'orgs', orgID));
  return (
    <Page title="About" place={organization.name} hint="Ids and addresses for clients and commands.">
      <Stack>
        <Panel>
          <h2>This organization</h2>
          <Facts>
            <Fact name="Name">
              <InlineEdit
                label="Edit the name of the organization"
                value={organization.name}
                disabled={!mayRename}
                save={async (name) => {
                  await sendJson('PATCH', `/api/v2/orgs/${orgID}`, { name });
                  await client.invalidateQueries({ queryKey: ['organizations'] });
                  announce.done(`The organization is now called ${shownText(name)}. Update clients that use its name.`);
                }}
              >
                <strong>
                  <Shown text={organization.name} />
                </strong>
              </InlineEdit>
            </Fact>
            <Fact name="Organization id">
              <CopyValue label="organization id" value={orgID} />
            </Fact>
          </Facts>
        </Panel>
        <Panel>
          <h2>You</h2>
          <Facts>
            <Fact name="Name">{shownText(me.name)}</Fact>
            <Fact name="User id">
              <CopyValue label="user id" value={me.id} />
            </Fact>
          </Facts>
        </Panel>
        <Panel>
          <h2>This server</h2>
          <Loaded query={health} what="Loading …">
            {(data) => (
              <Facts>
                <Fact name="Address">
                  <CopyValue label="address" value={location.origin} />
                </Fact>
                <Fact name="Version">Sluice {data.sluiceVersion}</Fact>
                <Fact name="Speaks">the API of InfluxDB {data.version}</Fact>
                <Fact name="Health">{data.message}</Fact>
              </Facts>
            )}
          </Loaded>
        </Panel>
        {may(globalPermission('write', 'orgs')) && (
          <Panel>
            <h2>Organizations</h2>
            <p style={{ marginTop: 0 }}>
              {organizations.length === 1 ? 'This is the only one.' : `You can see ${organizations.length}.`} Each has its own buckets,
              tokens and people.
            </p>
            <Button
              variant="default"
              leftSection={<PlusIcon />}
              onClick={() => {
                setCreating(true);
              }}
            >
              Create organization
            </Button>
          </Panel>
        )}
      </Stack>
      {creating && (
        <CreateOrganizationDialog
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </Page>
  );
}

function CreateOrganizationDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const action = useAction(async () => {
    const { id } = await sendJson<Organization>('POST', '/api/v2/orgs', { name });
    await Promise.all(['organizations', 'me'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    announce.done(`Organization “${shownText(name)}” is created.`);
    navigate(addressesOf(id).buckets);
  });
  return (
    <FormDialog title="Create organization" submit="Create" action={action} run={action.run} onClose={onClose}>
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
