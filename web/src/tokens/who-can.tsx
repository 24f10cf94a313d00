/** Who can read or write a resource: the tokens, with links to them, and the people who can do it by signing in. */
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { KindType } from '../../../src/domain/kind.js';
import type { Action } from '../../../src/domain/permission.js';
import { countOf, tokensWithAccessQuery } from '../api/authorizations.js';
import { membersQuery } from '../api/resources.js';
import { Fact, Facts } from '../components/facts.js';
import { ErrorMessage } from '../components/message.js';
import { Panel } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';
import { nameOfToken } from './token-parts.js';
import { useTokenSight } from './token-sight.js';
import styles from './who-can.module.css';
import { enumerate, wordOne } from './words.js';

/** Names of people that are shown; the rest are counted. */
const PEOPLE_MAX = 8;

export interface WhoCanProps {
  readonly type: KindType;
  readonly id: string;
}

export function WhoCan({ type, id }: WhoCanProps) {
  const sight = useTokenSight();
  return (
    <Panel>
      <h2>Who can read or write this {wordOne(type)}</h2>
      <Facts>
        {sight !== 'none' && (
          <>
            <Fact name="Tokens that read">
              <Tokens type={type} id={id} action="read" />
            </Fact>
            <Fact name="Tokens that write">
              <Tokens type={type} id={id} action="write" />
            </Fact>
          </>
        )}
        <People />
      </Facts>
      {sight !== 'all' && (
        <p className={styles.note}>{sight === 'own' ? 'You can see only your own tokens.' : 'You can’t see the API tokens here.'}</p>
      )}
    </Panel>
  );
}

function Tokens({ type, id, action }: WhoCanProps & { readonly action: Action }) {
  const { orgID } = usePlace();
  const addresses = addressesOf(orgID);
  const tokens = useQuery(tokensWithAccessQuery(orgID, type, id, action));
  if (tokens.data === undefined) return tokens.error === null ? '…' : <ErrorMessage error={tokens.error} />;
  const { authorizations, counts } = tokens.data;
  const moreCount = countOf(counts, undefined, 'active') - authorizations.length;
  if (authorizations.length === 0) return 'None';
  return (
    <ul className={styles.tokens}>
      {authorizations.map((token) => (
        <li key={token.id}>
          <Link href={addresses.token(token.id)}>{nameOfToken(token)}</Link>
        </li>
      ))}
      {moreCount > 0 && (
        <li>
          <Link href={addresses.tokensWith(type, id, action)}>{moreCount.toLocaleString('en')} more …</Link>
        </li>
      )}
    </ul>
  );
}

/** Owners do both by their role, members read. */
function People() {
  const { orgID } = usePlace();
  const members = useQuery(membersQuery(orgID));
  if (members.data === undefined) return members.error === null ? null : <ErrorMessage error={members.error} />;
  const active = members.data.filter(({ status }) => status === 'active');
  const say = (people: typeof active): string => {
    const names = people.slice(0, PEOPLE_MAX).map(({ name }) => shownText(name));
    if (people.length > PEOPLE_MAX) names.push(`${(people.length - PEOPLE_MAX).toLocaleString('en')} more`);
    return names.length === 0 ? 'Nobody' : enumerate(names);
  };
  return (
    <>
      <Fact name="People who read">{say(active)}</Fact>
      <Fact name="People who write">{say(active.filter(({ role }) => role === 'owner'))}</Fact>
    </>
  );
}
