/** One variable, to be made, edited or deleted. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { createVariable, deleteVariable, replaceVariable, variableQuery, type Variable, type VariableContents } from '../api/variables.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { Loaded } from '../components/loading.js';
import { Page, Stack } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import { WhoCan } from '../tokens/who-can.js';
import { VariableForm } from './variable-form.js';

const NEW: VariableContents = { name: '', description: '', selected: null, arguments: { type: 'constant', values: [] } };

function useForgetVariables(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['variables', 'variable'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}

export function NewVariablePage() {
  const { orgID, organization } = usePlace();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const forget = useForgetVariables();
  return (
    <Page title="Create a variable" place={organization.name} hint="Queries use it as v.name.">
      <VariableForm
        id="new"
        initial={NEW}
        submit="Create variable"
        refusal={undefined}
        save={async (contents) => {
          const { id, name } = await createVariable(orgID, contents);
          navigate(addressesOf(orgID).variable(id));
          await forget();
          announce.done(`Variable “${shownText(name)}” is created.`);
        }}
      />
    </Page>
  );
}

export function VariablePage({ id }: { readonly id: string }) {
  const { orgID, organization } = usePlace();
  const variable = useQuery(variableQuery(id));
  return (
    <Page
      title={variable.data === undefined ? 'Variable' : shownText(variable.data.name)}
      place={organization.name}
      hint={<Link href={addressesOf(orgID).variables}>All variables</Link>}
    >
      <Loaded query={variable} what="Loading the variable …">
        {(data) => <VariableDetails variable={data} />}
      </Loaded>
    </Page>
  );
}

function VariableDetails({ variable }: { readonly variable: Variable }) {
  const { orgID } = usePlace();
  const { may } = useSession();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const forget = useForgetVariables();
  const [deleting, setDeleting] = useState(false);
  const { id, name } = variable;
  const mayWrite = may({ action: 'write', resource: { type: 'variables', id, orgID } });
  return (
    <Stack>
      <VariableForm
        key={JSON.stringify(variable)}
        id={id}
        initial={variable}
        submit="Save"
        refusal={mayWrite ? undefined : 'You can’t edit this variable.'}
        save={async (contents) => {
          await replaceVariable(id, contents);
          await forget();
          announce.done(`Variable “${shownText(contents.name)}” is saved.`);
        }}
        actions={
          <Button
            variant="light"
            color="red"
            onClick={() => {
              setDeleting(true);
            }}
          >
            Delete …
          </Button>
        }
      />
      <WhoCan type="variables" id={id} />
      {deleting && (
        <ConfirmDialog
          title="Delete this variable?"
          confirm="Delete variable"
          work={async () => {
            await deleteVariable(id);
            announce.done(`Variable “${shownText(name)}” is deleted.`);
            navigate(addressesOf(orgID).variables);
            await forget();
          }}
          onClose={() => {
            setDeleting(false);
          }}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            Queries that use <strong>v.{shownText(name)}</strong> fail from then on.
          </p>
        </ConfirmDialog>
      )}
    </Stack>
  );
}
