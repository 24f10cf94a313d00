/** A token for the agents of a configuration, shown once, with the line that starts one. */
import { useQuery } from '@tanstack/react-query';
import { bucketsQuery } from '../api/resources.js';
import { createAgentToken, type Telegraf } from '../api/telegrafs.js';
import { shownText } from '../components/shown-text.js';
import { usePlace } from '../session/session.js';
import { useShowSecret } from '../tokens/secret-dialog.js';
import { useForgetTokens } from '../tokens/token-parts.js';
import { enumerate } from '../tokens/words.js';

export function useCreateAgentToken(): (telegraf: Telegraf) => Promise<void> {
  const { orgID, organization } = usePlace();
  const buckets = useQuery(bucketsQuery(orgID));
  const showSecret = useShowSecret();
  const forget = useForgetTokens();
  return async (telegraf) => {
    const { authorization, secret } = await createAgentToken(orgID, telegraf, buckets.data ?? []);
    const names = telegraf.buckets.map(shownText);
    showSecret({
      title: 'Your API token for Telegraf',
      sentence: `It loads the configuration “${shownText(telegraf.name)}”${names.length === 0 ? '' : ` and writes to ${enumerate(names)}`}. Nothing else.`,
      secret,
      permissions: authorization.permissions,
      org: organization.name,
      bucketName: (id) => buckets.data?.find((bucket) => bucket.id === id)?.name,
      anyBucket: telegraf.buckets[0],
      fileName: `telegraf-${telegraf.id}`,
    });
    await forget();
  };
}
