/** `auth apply`: makes the tokens of an organization as a file says; shows what it is going to do, asks, and does it. */
import { readFileSync } from 'node:fs';
import { findOwnAuthorization } from '../../client/authorizations.js';
import { TOKEN_FORMATS } from '../../domain/token-format.js';
import { defineCommand, type Invocation } from '../command.js';
import { describeFileFault } from '../failure.js';
import { choice, requiredText, text, texts, toggle, type Flag } from '../flags.js';
import { confirmEndOfOperator } from '../operator-guard.js';
import { printJson } from '../output.js';
import { checkOrganization, findOrganizationId, openSession, type Session } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { readRest, writeError, writeOut } from '../terminal.js';
import { carryOut } from '../token-file/carry-out.js';
import { intoDirectory, onStandardOutput, type Delivery } from '../token-file/delivery.js';
import { lookUp, type Holdings } from '../token-file/look-up.js';
import { isAwaiting, makePlan, UNDELIVERED, type Plan } from '../token-file/plan.js';
import { formatPlan, formatSteps, isEmpty, summarizePlan } from '../token-file/plan-output.js';
import { parseTokenFile, type TokenFile, type WantedToken } from '../token-file/token-file.js';

const flags = {
  file: requiredText('file of tokens; - reads it from standard input', { short: 'f', value: 'path' }),
  'secrets-dir': text('directory for the values of new tokens, a file each (default: standard output)', { value: 'path' }),
  'dry-run': toggle('show what would be done, and do nothing'),
  prune: toggle('delete the tokens with a name that are not in the file'),
  rotate: texts('rotate the secret of this token now; may be repeated', { value: 'name' }),
  'rotate-all': toggle('rotate the secrets of all tokens of the file now'),
  'token-format': choice('form of new values (default: what the server prefers)', 'token format', TOKEN_FORMATS),
  yes: toggle('do not ask', { short: 'y' }),
  ...organizationFlags,
  ...commonFlags,
} satisfies Record<string, Flag<unknown>>;

type ApplyInvocation = Invocation<typeof flags>;

export const command = defineCommand({
  description:
    'Creates tokens, replaces those whose rights differ, rotates old secrets, and with --prune deletes the others.\n' +
    'Values of new tokens go into --secrets-dir, or to standard output, once. The old ones stay valid for a grace time.\n' +
    'It can be stopped at any moment, and run again: it goes on where it was.',
  examples: [
    'sluice auth apply --file tokens.yaml --dry-run',
    'sluice auth apply --file tokens.yaml --secrets-dir secrets',
    'sluice auth apply --file tokens.yaml --secrets-dir secrets --prune --yes',
    'sluice auth apply --file tokens.yaml --secrets-dir secrets --rotate telegraf',
  ],
  flags,
  run: apply,
});

async function apply(invocation: ApplyInvocation): Promise<void> {
  const { values } = invocation;
  checkOrganization(values);
  const file = await readTokenFile(values.file);
  const rotated = new Set(values.rotate);
  for (const name of rotated) {
    if (!file.tokens.some((token) => token.name === name)) throw new Error(`--rotate ${name}: the file has no such token`);
  }
  const session = await openSession(invocation);
  const orgID = await findOrganizationId(session, file.org === undefined ? values : { org: file.org, 'org-id': undefined });
  checkGivenOrganization(invocation, file.org, orgID);
  const delivery =
    values['secrets-dir'] === undefined || values['dry-run'] ? onStandardOutput(values.json) : intoDirectory(values['secrets-dir']);
  try {
    const holdings = await lookUp(session.send, orgID);
    const arrived = await findArrived(file.tokens, holdings, delivery, session);
    const plan = makePlan({
      wanted: file.tokens,
      ...holdings,
      nowMs: Date.now(),
      arrived,
      prunes: values.prune,
      rotates: (name) => values['rotate-all'] || rotated.has(name),
    });
    if (values['dry-run']) show(plan, holdings, values.json);
    else await carryOutIfWanted(plan, holdings, delivery, session, invocation);
    noteMissing(file.tokens, plan, delivery);
  } finally {
    delivery.close();
  }
}

/** The file counts, also before the environment; a flag that says something else is a mistake. */
function checkGivenOrganization({ values, origins }: ApplyInvocation, inFile: string | undefined, orgID: string): void {
  const isFlag = (name: string): boolean => origins.get(name)?.startsWith('--') === true;
  const isOther = (isFlag('org') && values.org !== inFile) || (isFlag('org-id') && values['org-id'] !== orgID);
  if (inFile !== undefined && isOther)
    throw new Error(`the file is for the organization ${JSON.stringify(inFile)}, and you name another one`);
}

async function readTokenFile(path: string): Promise<TokenFile> {
  if (path === '-') return parseTokenFile(readRest());
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`cannot read ${JSON.stringify(path)}: ${describeFileFault(cause)}`, { cause });
  }
  return parseTokenFile(content);
}

/** Only where an earlier run was stopped: of which tokens the value is where it belongs. */
async function findArrived(
  wanted: readonly WantedToken[],
  { authorizations }: Holdings,
  delivery: Delivery,
  { send }: Session,
): Promise<Set<string>> {
  const open = new Set(
    authorizations
      .filter((each) => each.name !== undefined && (each.name.endsWith(UNDELIVERED) || isAwaiting(each)))
      .map(({ name }) => name),
  );
  const arrived = new Set<string>();
  for (const token of wanted) {
    if (!open.has(token.name) && !open.has(token.name + UNDELIVERED)) continue;
    const id = await delivery.findArrived(token, send);
    if (id !== undefined) arrived.add(id);
  }
  return arrived;
}

function show(plan: Plan, { directory }: Holdings, asJson: boolean): void {
  if (asJson) printJson(formatSteps(plan));
  else writeOut(formatPlan(plan, directory));
}

async function carryOutIfWanted(
  plan: Plan,
  { directory }: Holdings,
  delivery: Delivery,
  session: Session,
  { values }: ApplyInvocation,
): Promise<void> {
  // Standard output is for values alone.
  writeError(formatPlan(plan, directory));
  if (isEmpty(plan)) return;
  const ownId = (await findOwnAuthorization(session.send))?.id;
  for (const { authorization, isPruned } of plan.removals) {
    if (isPruned && authorization.id === ownId)
      throw new Error(`token ${authorization.name ?? ''} is the one that you ask with: add it to the file`);
    if (isPruned) await confirmEndOfOperator(session, authorization, 'Delete it?');
  }
  if (!values.yes) {
    if (values.file === '-') throw new Error('the file came from standard input: give --yes, or --dry-run');
    const { confirm } = await import('../prompt.js');
    if (!confirm('Do this?')) throw new Error('canceled: nothing was changed');
  }
  await carryOut(plan, { send: session.send, delivery, directory, ownId, tokenFormat: values['token-format'] });
  writeError(`Done: ${summarizePlan(plan)}.\n`);
}

/** Values cannot be had again: a new machine has none of them. */
function noteMissing(wanted: readonly WantedToken[], plan: Plan, delivery: Delivery): void {
  const NAMES_MAX = 5;
  const stepped = new Set(plan.steps.map((step) => step.wanted.name));
  const missing = wanted.filter((token) => !stepped.has(token.name) && delivery.has(token) === false).map(({ name }) => name);
  if (missing.length === 0) return;
  const names = missing.slice(0, NAMES_MAX).join(', ') + (missing.length > NAMES_MAX ? ` and ${missing.length - NAMES_MAX} more` : '');
  writeError(`The directory of secrets has no value of ${names}: --rotate makes a new one.\n`);
}
