/** A configuration that is made: what the agent collects, the bucket that it writes to, and a token for it. */
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { permissionFor } from '../../../src/domain/permission.js';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { createTelegraf, telegrafBundlesQuery, type TelegrafBundle } from '../api/telegrafs.js';
import { useAnnounce } from '../components/announcer.js';
import { CodeArea } from '../components/code-area.js';
import { useKept } from '../components/kept.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { Page, Panel, Stack } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import { useWhyNoTokens } from '../tokens/generate-menu.js';
import styles from './new-telegraf-page.module.css';
import { useCreateAgentToken } from './telegraf-token.js';

interface Draft {
  readonly name: string;
  readonly description: string;
  readonly bucket: string;
  /** Names of what is collected. */
  readonly bundles: readonly string[];
  readonly withToken: boolean;
  /** Undefined: it follows from the others. */
  readonly config: string | undefined;
}

const EMPTY: Draft = { name: '', description: '', bucket: '', bundles: ['System'], withToken: true, config: undefined };

const configurationOf = (org: string, bucket: string, bundles: readonly TelegrafBundle[]): string => `[agent]
  interval = "10s"
  flush_interval = "10s"

[[outputs.influxdb_v2]]
  urls = [${JSON.stringify(location.origin)}]
  token = "$INFLUX_TOKEN"
  organization = ${JSON.stringify(org)}
  bucket = ${JSON.stringify(bucket)}

${bundles.map(({ config }) => config.trim()).join('\n\n')}
`;

export function NewTelegrafPage() {
  const { organization } = usePlace();
  const bundles = useQuery(telegrafBundlesQuery);
  return (
    <Page title="Create a configuration" place={organization.name} hint="For Telegraf agents, which load it from this server.">
      <Loaded query={bundles} what="Loading …">
        {(data) => <NewTelegraf bundles={data} />}
      </Loaded>
    </Page>
  );
}

function NewTelegraf({ bundles }: { readonly bundles: readonly TelegrafBundle[] }) {
  const { orgID, organization } = usePlace();
  const { may } = useSession();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const announce = useAnnounce();
  const buckets = useQuery(bucketsQuery(orgID));
  const kept = useKept(`new telegraf ${orgID}`, EMPTY);
  const createToken = useCreateAgentToken();
  const whyNoTokens = useWhyNoTokens();
  const writable = (buckets.data ?? []).filter(
    (bucket) => isUserBucket(bucket) && may(permissionFor('write', 'buckets', bucket.id, orgID)),
  );
  const draft = kept.value;
  const bucket = draft.bucket || (writable[0]?.name ?? '');
  const config =
    draft.config ??
    configurationOf(
      organization.name,
      bucket,
      bundles.filter(({ name }) => draft.bundles.includes(name)),
    );
  const isWritten = draft.config !== undefined;
  const set = (change: Partial<Draft>): void => {
    kept.set({ ...draft, ...change });
  };

  const action = useAction(async () => {
    const telegraf = await createTelegraf(orgID, { name: draft.name.trim(), description: draft.description.trim(), config });
    kept.clear();
    navigate(addressesOf(orgID).telegraf(telegraf.id));
    await client.invalidateQueries({ queryKey: ['telegrafs'] });
    announce.done(`Configuration “${shownText(telegraf.name)}” is created.`);
    if (draft.withToken && whyNoTokens === undefined) {
      await createToken(telegraf).catch((error: unknown) => {
        announce.failed(error, 'The configuration is created, but no token for it.');
      });
    }
  });

  return (
    <Panel>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <Stack>
          <div className={styles.fields}>
            <TextInput
              label="Name"
              value={draft.name}
              required
              withAsterisk={false}
              autoComplete="off"
              autoFocus
              onChange={(event) => {
                set({ name: event.currentTarget.value });
              }}
            />
            <TextInput
              label="Description"
              value={draft.description}
              autoComplete="off"
              onChange={(event) => {
                set({ description: event.currentTarget.value });
              }}
            />
          </div>
          {isWritten ? (
            <Remark>
              You edited the configuration.{' '}
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => {
                  set({ config: undefined });
                }}
              >
                Start over
              </Button>
            </Remark>
          ) : (
            <>
              <NativeSelect
                label="Writes to the bucket"
                value={bucket}
                data={writable.map(({ name }) => ({ value: name, label: shownText(name) }))}
                onChange={(event) => {
                  set({ bucket: event.currentTarget.value });
                }}
              />
              <fieldset className={styles.bundles}>
                <legend>Collects</legend>
                {bundles.map(({ name, description }) => (
                  <Checkbox
                    key={name}
                    label={name}
                    description={description}
                    checked={draft.bundles.includes(name)}
                    onChange={(event) => {
                      const others = draft.bundles.filter((each) => each !== name);
                      set({ bundles: event.currentTarget.checked ? [...others, name] : others });
                    }}
                  />
                ))}
              </fieldset>
            </>
          )}
          <CodeArea
            label="TOML"
            value={config}
            rows={16}
            onChange={(text) => {
              set({ config: text });
            }}
          />
          <Checkbox
            label="Create an API token for its agents"
            description={
              whyNoTokens ??
              'It loads this configuration and writes to its bucket, and nothing else. You see it once, with the line that starts an agent.'
            }
            checked={draft.withToken && whyNoTokens === undefined}
            disabled={whyNoTokens !== undefined}
            onChange={(event) => {
              set({ withToken: event.currentTarget.checked });
            }}
          />
          <ErrorMessage error={action.error} />
          <div className={styles.actions}>
            <Button
              variant="default"
              onClick={() => {
                kept.clear();
                navigate(addressesOf(orgID).telegrafs);
              }}
            >
              Cancel
            </Button>
            <Button type="submit" loading={action.pending}>
              Create configuration
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  );
}
