/** One Telegraf configuration: its TOML, and how an agent is started with it. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { changeTelegraf, deleteTelegraf, telegrafQuery, type Telegraf, type TelegrafContents } from '../api/telegrafs.js';
import { useAnnounce } from '../components/announcer.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { CopyBlock, CopyValue } from '../components/copy-field.js';
import { EditedText } from '../components/edited-text.js';
import { Fact, Facts } from '../components/facts.js';
import { InlineEdit } from '../components/inline-edit.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { Page, Panel, Stack } from '../components/page.js';
import { Shown, shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import { useWhyNoTokens } from '../tokens/generate-menu.js';
import { agentCommand, exportLine } from '../tokens/snippets.js';
import { WhoCan } from '../tokens/who-can.js';
import { useCreateAgentToken } from './telegraf-token.js';

export function TelegrafPage({ id }: { readonly id: string }) {
  const { orgID, organization } = usePlace();
  const telegraf = useQuery(telegrafQuery(id));
  return (
    <Page
      title={telegraf.data === undefined ? 'Telegraf configuration' : shownText(telegraf.data.name)}
      place={organization.name}
      hint={<Link href={addressesOf(orgID).telegrafs}>All configurations</Link>}
    >
      <Loaded query={telegraf} what="Loading the configuration …">
        {(data) => <TelegrafDetails telegraf={data} />}
      </Loaded>
    </Page>
  );
}

function TelegrafDetails({ telegraf }: { readonly telegraf: Telegraf }) {
  const { orgID } = usePlace();
  const { may } = useSession();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const { id, name, description, config, buckets } = telegraf;
  const mayWrite = may({ action: 'write', resource: { type: 'telegrafs', id, orgID } });

  const forget = async (): Promise<void> => {
    await Promise.all(['telegrafs', 'telegraf'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  const change = async (contents: Partial<TelegrafContents>, said: string): Promise<void> => {
    await changeTelegraf(id, { name, description, config, ...contents });
    await forget();
    announce.done(said);
  };

  return (
    <Stack>
      <Panel>
        <Facts>
          <Fact name="Name">
            <InlineEdit
              label="Edit the name"
              value={name}
              disabled={!mayWrite}
              save={(next) => change({ name: next }, 'The name is saved.')}
            >
              <strong>
                <Shown text={name} />
              </strong>
            </InlineEdit>
          </Fact>
          <Fact name="Description">
            <InlineEdit
              label="Edit the description"
              value={description}
              disabled={!mayWrite}
              save={(next) => change({ description: next }, 'The description is saved.')}
            >
              {description === '' ? <span className="muted">None</span> : <Shown text={description} />}
            </InlineEdit>
          </Fact>
          <Fact name="Writes to">{buckets.length === 0 ? 'No bucket of this server' : buckets.map(shownText).join(', ')}</Fact>
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
              setDeleting(true);
            }}
          >
            Delete …
          </Button>
        )}
      </Panel>
      <StartAgent telegraf={telegraf} />
      <EditedText
        key={config}
        id={`telegraf ${id}`}
        title="Configuration"
        label="TOML"
        value={config}
        hint="Agents load it when they start again."
        refusal={mayWrite ? undefined : 'You can’t edit this configuration.'}
        save={(text) => change({ config: text }, 'The configuration is saved.')}
      />
      <WhoCan type="telegrafs" id={id} />
      {deleting && (
        <ConfirmDialog
          title="Delete this configuration?"
          confirm="Delete configuration"
          work={async () => {
            await deleteTelegraf(id);
            announce.done(`Configuration “${shownText(name)}” is deleted.`);
            navigate(addressesOf(orgID).telegrafs);
            await forget();
          }}
          onClose={() => {
            setDeleting(false);
          }}
        >
          <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
            Agents that run keep on working. Those that start with <strong>{shownText(name)}</strong> from now on find no configuration. Its
            tokens stay: delete them, too, if nothing else uses them.
          </p>
        </ConfirmDialog>
      )}
    </Stack>
  );
}

function StartAgent({ telegraf }: { readonly telegraf: Telegraf }) {
  const why = useWhyNoTokens();
  const createToken = useCreateAgentToken();
  const action = useAction(() => createToken(telegraf));
  return (
    <Panel>
      <h2>Start an agent</h2>
      <Stack>
        <CopyBlock label="token for the shell" text={exportLine(undefined)} />
        <CopyBlock label="command" text={agentCommand(location.origin, telegraf.id)} />
        <div>
          <Button variant="default" disabled={why !== undefined} title={why} loading={action.pending} onClick={() => void action.run()}>
            Create a token for it
          </Button>
        </div>
        <ErrorMessage error={action.error} />
      </Stack>
    </Panel>
  );
}
