/** Who reads or writes a bucket without a token: people who sign in, by their roles. A list of tokens alone would leave them out. */
import { useQuery } from '@tanstack/react-query';
import type { Action } from '../../../src/domain/permission.js';
import { bucketsQuery, membersQuery } from '../api/resources.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { shownText } from '../components/shown-text.js';
import { usePlace } from '../session/session.js';
import { enumerate } from './words.js';

/** Names that are shown; the rest are counted. */
const NAMES_MAX = 8;

export function SignedInAccess({ bucketID, action }: { readonly bucketID: string; readonly action: Action | undefined }) {
  const { orgID } = usePlace();
  const members = useQuery(membersQuery(orgID));
  const buckets = useQuery(bucketsQuery(orgID));
  if (members.error !== null) return <ErrorMessage error={members.error} />;
  if (members.data === undefined) return null;
  const bucket = buckets.data?.find(({ id }) => id === bucketID);
  const what = bucket === undefined ? 'this bucket' : `the bucket ${shownText(bucket.name)}`;
  const people = members.data.filter(({ role, status }) => status === 'active' && (role === 'owner' || action !== 'write'));
  const names = people.slice(0, NAMES_MAX).map(({ name, role }) => `${shownText(name)} (${role})`);
  if (people.length > NAMES_MAX) names.push(`${(people.length - NAMES_MAX).toLocaleString('en')} more`);
  const verb = action === 'write' ? 'write to' : action === 'read' ? 'read' : 'read or write';
  return (
    <Remark>
      {people.length === 0
        ? `Nobody can ${verb} ${what} by a role here.`
        : `Without a token, by signing in, these people can ${verb} ${what}: ${enumerate(names)}.`}
    </Remark>
  );
}
