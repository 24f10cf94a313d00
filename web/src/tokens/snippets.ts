/** Code snippets that use a token: created when they are shown, and never stored. */
import type { Permission } from '../../../src/domain/permission.js';
import { fluxText } from '../query/flux-text.js';
import { quote } from './command.js';

export interface SnippetContext {
  readonly url: string;
  readonly org: string;
  /** Undefined where it is not to be shown (any more). */
  readonly secret: string | undefined;
  readonly permissions: readonly Permission[];
  readonly bucketName: (id: string) => string | undefined;
  /** One to show, for a token that names none: the first that there is. */
  readonly anyBucket: string | undefined;
}

export interface Snippet {
  readonly key: string;
  readonly title: string;
  /** What goes into one place each: a shell, a file. */
  readonly blocks: readonly SnippetBlock[];
}

export interface SnippetBlock {
  readonly label: string;
  readonly text: string;
}

const PLACEHOLDER = 'PASTE_YOUR_TOKEN_HERE';
const UNKNOWN_BUCKET = 'BUCKET';

/** The bucket that a token of this kind is most likely for: the first that it names, one of all, or a word to be replaced. */
function bucketFor(action: 'read' | 'write', { permissions, bucketName, anyBucket }: SnippetContext): string {
  const ids = permissions.flatMap(({ action: granted, resource }) =>
    granted === action && resource.type === 'buckets' && resource.id !== undefined ? [resource.id] : [],
  );
  const named = ids.map(bucketName).find((name) => name !== undefined);
  return named ?? (ids.length === 0 ? anyBucket : undefined) ?? UNKNOWN_BUCKET;
}

/** For a shell, which the commands below read the token from. */
export const exportLine = (secret: string | undefined): string => `export INFLUX_TOKEN=${quote(secret ?? PLACEHOLDER)}\n`;

/** A point of now, with the token of the environment. */
export const writeCommand = (
  url: string,
  org: string,
  bucket: string,
): string => `curl --fail-with-body ${quote(`${url}/api/v2/write?${new URLSearchParams({ org, bucket, precision: 's' }).toString()}`)} \\
  --header "Authorization: Token $INFLUX_TOKEN" \\
  --data-binary "home,room=kitchen temperature=21.5 $(date +%s)"
`;

/** Starts a Telegraf that loads its configuration from the server, with the token of the environment. */
export const agentCommand = (url: string, id: string): string => `telegraf --config ${quote(`${url}/api/v2/telegrafs/${id}`)}\n`;

const opens = (action: 'read' | 'write', { permissions }: SnippetContext): boolean =>
  permissions.some((permission) => permission.action === action && permission.resource.type === 'buckets');

export function environmentFile(context: SnippetContext): string {
  const { url, org, secret = PLACEHOLDER } = context;
  const bucket = bucketFor(opens('write', context) ? 'write' : 'read', context);
  const lines = [`INFLUX_HOST=${url}`, `INFLUX_ORG=${quote(org)}`, `INFLUX_TOKEN=${secret}`];
  return [...lines, ...(bucket === UNKNOWN_BUCKET ? [] : [`INFLUX_BUCKET=${quote(bucket)}`]), ''].join('\n');
}

/** Only those that the token has the right for. */
export function snippetsFor(context: SnippetContext): Snippet[] {
  const { url, org, secret, permissions } = context;
  const exported: SnippetBlock = { label: 'token for the shell', text: exportLine(secret) };
  const writeBucket = bucketFor('write', context);
  const readBucket = bucketFor('read', context);
  const agent = permissions.find(({ action, resource: { type, id } }) => action === 'read' && type === 'telegrafs' && id !== undefined);
  const snippets: (Snippet | undefined)[] = [
    agent === undefined
      ? undefined
      : {
          key: 'agent',
          title: 'Start an agent',
          blocks: [
            { label: 'token for the shell that starts Telegraf', text: exportLine(secret) },
            { label: 'command', text: agentCommand(url, agent.resource.id ?? '') },
          ],
        },
    { key: 'env', title: '.env', blocks: [{ label: '.env', text: environmentFile(context) }] },
    opens('write', context)
      ? { key: 'write', title: 'curl: write', blocks: [exported, { label: 'command', text: writeCommand(url, org, writeBucket) }] }
      : undefined,
    opens('read', context)
      ? {
          key: 'query',
          title: 'curl: query',
          blocks: [
            exported,
            {
              label: 'command',
              text: `curl --fail-with-body ${quote(`${url}/api/v2/query?${new URLSearchParams({ org }).toString()}`)} \\
  --header "Authorization: Token $INFLUX_TOKEN" \\
  --header 'Content-Type: application/vnd.flux' \\
  --data ${quote(`from(bucket: ${fluxText(readBucket)}) |> range(start: -1h)`)}
`,
            },
          ],
        }
      : undefined,
    {
      key: 'cli',
      title: 'sluice',
      blocks: [
        exported,
        {
          label: 'command',
          text: `sluice config create --config-name ${quote(org)} --active \\
  --host-url ${url} --org ${quote(org)} --token "$INFLUX_TOKEN"
`,
        },
      ],
    },
    opens('write', context)
      ? {
          key: 'telegraf',
          title: 'Telegraf',
          // The file is shared and kept: the token is never in it, not even in a comment.
          blocks: [
            { label: 'token for the shell that starts Telegraf', text: exportLine(secret) },
            {
              label: 'configuration',
              text: `[[outputs.influxdb_v2]]
  urls = [${JSON.stringify(url)}]
  token = "\${INFLUX_TOKEN}"
  organization = ${JSON.stringify(org)}
  bucket = ${JSON.stringify(writeBucket)}
`,
            },
          ],
        }
      : undefined,
  ];
  return snippets.filter((snippet) => snippet !== undefined);
}
