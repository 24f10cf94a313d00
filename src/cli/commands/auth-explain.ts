/** `auth explain`: may a token do something, which permission decides, what is missing, and who could give it. */
import { findOwnAuthorization } from '../../client/authorizations.js';
import { checkPermissions, type CheckJson, type ExplanationJson } from '../../client/checks.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { printJson } from '../output.js';
import { describePermissions } from '../permission-words.js';
import { openSession, type Session } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { writeOut } from '../terminal.js';
import { parseRight, type WantedRight } from '../token-file/rights.js';

export const command = defineCommand({
  description:
    'Without --id the answer is about the token that asks. A right is as in a file of tokens: bucket:NAME, bucket:ID, org, tasks for all of\n' +
    'the organization, */tasks for all of every organization.',
  positionals: '(read | write) RIGHT ...',
  examples: [
    'sluice auth explain write bucket:home',
    'sluice auth explain --token-file telegraf.token write bucket:home read org',
    'sluice auth explain --id 0a1b2c3d4e5f6071 read tasks',
  ],
  flags: {
    id: text('id of the token to ask about', { short: 'i', value: 'id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values, positionals } = invocation;
    const rights = parseRights(positionals);
    const session = await openSession(invocation);
    const organization = await findOrganization(session, values, rights);
    const checks = rights.map((right) => checkOf(right, organization));
    const { send } = session;
    const answer = await attempt('could not explain the token', checkPermissions(send, { authorizationID: values.id, checks }));
    if (values.json) printJson(answer);
    else writeOut(answer.checks.map((explanation, i) => describe(explanation, rights[i])).join(''));
  },
});

interface Written extends WantedRight {
  readonly text: string;
}

/** @throws Error for rights without an action */
function parseRights(words: readonly string[]): Written[] {
  const rights: Written[] = [];
  let action: WantedRight['action'] | undefined;
  for (const word of words) {
    if (word === 'read' || word === 'write') {
      action = word;
      continue;
    }
    if (action === undefined) throw new Error(`say read or write before ${JSON.stringify(word)}`);
    rights.push({ ...parseRight(action, word), text: `${action} ${word}` });
  }
  if (rights.length === 0) throw new Error('say what to explain, such as: write bucket:home');
  return rights;
}

type Organization = Pick<CheckJson['resource'], 'orgID' | 'org'>;

async function findOrganization(
  { send, config }: Session,
  values: { readonly org?: string | undefined; readonly 'org-id'?: string | undefined; readonly id?: string | undefined },
  rights: readonly Written[],
): Promise<Organization> {
  if (values['org-id'] !== undefined) return { orgID: values['org-id'] };
  if (values.org !== undefined) return { org: values.org };
  if (rights.every(({ isAnywhere }) => isAnywhere)) return {};
  const own = values.id === undefined ? await findOwn(send) : undefined;
  if (own !== undefined) return { orgID: own };
  if (config.org !== '') return { org: config.org };
  throw new Error('say which organization: --org NAME');
}

/** Of the token that asks; undefined for who comes with a password. */
async function findOwn(send: Session['send']): Promise<string | undefined> {
  return (await findOwnAuthorization(send))?.orgID;
}

function checkOf({ action, type, subject, isAnywhere }: Written, organization: Organization): CheckJson {
  const place = isAnywhere ? {} : organization;
  if (type === 'orgs' && subject === '') return { action, resource: { type, id: organization.orgID, name: organization.org } };
  if (subject === undefined) return { action, resource: { type, ...place } };
  if (/^[0-9a-f]{16}$/i.test(subject)) return { action, resource: { type, id: subject.toLowerCase(), ...place } };
  return { action, resource: { type, name: subject, ...place } };
}

const LACKS: Readonly<Record<string, string>> = {
  action: 'it is for the other action',
  resource: 'it is for another resource',
  organization: 'it is for another organization',
  points: 'it is for some points only',
};

function describe({ allowed, decidedBy, nearest, grantableBy }: ExplanationJson, right: Written | undefined): string {
  const lines = [`${allowed ? 'yes' : 'no '}  ${right?.text ?? ''}`];
  if (typeof decidedBy === 'string') lines.push(`     because: ${decidedBy}`);
  else lines.push(`     by: ${describePermissions([decidedBy]).join()}`);
  if (nearest !== undefined) {
    const lacks = nearest.lacks.map((lack) => LACKS[lack] ?? lack);
    lines.push(`     nearest: ${describePermissions([nearest.permission]).join()}${lacks.length === 0 ? '' : ` (${lacks.join(', ')})`}`);
  }
  if (grantableBy.length > 0) lines.push(`     could be given by: ${grantableBy.map(({ name }) => name).join(', ')}`);
  return `${lines.join('\n')}\n`;
}
