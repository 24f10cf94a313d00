/** Texts that put a token to use: made when they are shown, and kept nowhere. */
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
}

export interface Snippet {
  readonly key: string;
  readonly title: string;
  readonly text: string;
}

const PLACEHOLDER = 'PASTE_YOUR_TOKEN_HERE';

/** The bucket that a token of this kind is most likely for: the only one that it names, or a word to be replaced. */
function bucketFor(action: 'read' | 'write', { permissions, bucketName }: SnippetContext): string {
  const ids = permissions.flatMap(({ action: granted, resource }) =>
    granted === action && resource.type === 'buckets' && resource.id !== undefined ? [resource.id] : [],
  );
  const [first, ...others] = [...new Set(ids)];
  return (first !== undefined && others.length === 0 ? bucketName(first) : undefined) ?? 'BUCKET';
}

const opens = (action: 'read' | 'write', { permissions }: SnippetContext): boolean =>
  permissions.some((permission) => permission.action === action && permission.resource.type === 'buckets');

export function environmentFile(context: SnippetContext): string {
  const { url, org, secret = PLACEHOLDER } = context;
  const bucket = bucketFor(opens('write', context) ? 'write' : 'read', context);
  const lines = [`INFLUX_HOST=${url}`, `INFLUX_ORG=${quote(org)}`, `INFLUX_TOKEN=${secret}`];
  return [...lines, ...(bucket === 'BUCKET' ? [] : [`INFLUX_BUCKET=${quote(bucket)}`]), ''].join('\n');
}

/** Only those that the token has the right for. */
export function snippetsFor(context: SnippetContext): Snippet[] {
  const { url, org, secret = PLACEHOLDER } = context;
  const exported = `export INFLUX_TOKEN=${quote(secret)}`;
  const parameters = (bucket?: string): string =>
    new URLSearchParams({
      org,
      ...(bucket === undefined ? {} : { bucket }),
      ...(bucket === undefined ? {} : { precision: 's' }),
    }).toString();
  const writeBucket = bucketFor('write', context);
  const readBucket = bucketFor('read', context);
  const snippets: (Snippet | undefined)[] = [
    { key: 'env', title: '.env', text: environmentFile(context) },
    opens('write', context)
      ? {
          key: 'write',
          title: 'curl: write',
          text: `${exported}
curl --fail-with-body ${quote(`${url}/api/v2/write?${parameters(writeBucket)}`)} \\
  --header "Authorization: Token $INFLUX_TOKEN" \\
  --data-binary "home,room=kitchen temperature=21.5 $(date +%s)"
`,
        }
      : undefined,
    opens('read', context)
      ? {
          key: 'query',
          title: 'curl: query',
          text: `${exported}
curl --fail-with-body ${quote(`${url}/api/v2/query?${parameters()}`)} \\
  --header "Authorization: Token $INFLUX_TOKEN" \\
  --header 'Content-Type: application/vnd.flux' \\
  --data ${quote(`from(bucket: ${fluxText(readBucket)}) |> range(start: -1h)`)}
`,
        }
      : undefined,
    {
      key: 'cli',
      title: 'sluice',
      text: `${exported}
sluice config create --config-name ${quote(org)} --active \\
  --host-url ${url} --org ${quote(org)} --token "$INFLUX_TOKEN"
`,
    },
    opens('write', context)
      ? {
          key: 'telegraf',
          title: 'Telegraf',
          text: `# Start Telegraf with the token in its environment:
#   ${exported}
[[outputs.influxdb_v2]]
  urls = [${JSON.stringify(url)}]
  token = "\${INFLUX_TOKEN}"
  organization = ${JSON.stringify(org)}
  bucket = ${JSON.stringify(writeBucket)}
`,
        }
      : undefined,
  ];
  return snippets.filter((snippet) => snippet !== undefined);
}
