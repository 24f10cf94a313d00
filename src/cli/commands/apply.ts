/** `apply`: makes what templates describe, all of it or nothing. */
import type { ApplyBody } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { text, texts, toggle } from '../flags.js';
import { printJson } from '../output.js';
import { checkOrganization, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { writeOut } from '../terminal.js';
import { printDiff, printSummary, printSummaryJson, summaryForJson } from '../template/output.js';
import { ask, dryRunOf, readPairs, readSkips } from '../template/request.js';
import { findSources, sourceFlags } from '../template/sources.js';

const FORCED: readonly string[] = ['yes', 'true', 'conflict'];

export const command = defineCommand({
  description:
    'Shows what would change, and asks. With a stack, what a template no longer has is deleted, and nothing is made\n' +
    'twice. Secrets and environment references that are missing are asked for on a terminal.',
  examples: [
    'sluice apply -f template.yml',
    'sluice apply -f templates -R --stack-id 0a1b2c3d4e5f6071 --force yes',
    'sluice apply -f template.yml --env-ref bucket=data --filter kind=Task',
  ],
  flags: {
    ...sourceFlags,
    'stack-id': text('stack that the template belongs to', { value: 'id' }),
    force: text('yes: do not ask', { value: 'yes' }),
    quiet: toggle('show nothing', { short: 'q' }),
    secret: texts('KEY=VALUE of a secret; stays in the shell history'),
    'env-ref': texts('KEY=VALUE of an environment reference'),
    filter: texts('kind=KIND or resource=KIND:NAME that is left as it is'),
    'disable-color': toggle('has no effect: there are no colors', { isHidden: true }),
    'disable-table-borders': toggle('has no effect: there are no borders', { isHidden: true }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    if (values.force !== undefined && !FORCED.includes(values.force)) {
      throw new Error(`invalid argument '--force ${values.force}', should use '--force yes'`);
    }
    const given = { envRefs: readPairs(values['env-ref'], 'env-ref'), secrets: readPairs(values.secret, 'secret') };
    const actions = readSkips(values.filter);
    const sources = findSources(values);
    const session = await openSession(invocation);
    const dry: ApplyBody = { ...(await dryRunOf(session, values, sources)), ...given, actions, stackID: values['stack-id'] };
    const first = await ask(session, dry, 'failed to check template impact');
    const body = { ...dry, ...(await askForMissing(dry, first.summary)) };
    const changed =
      body.envRefs === dry.envRefs && body.secrets === dry.secrets ? first : await ask(session, body, 'failed to check template impact');
    const isShown = !values.quiet;
    if (isShown && values.json) printSummaryJson(changed.diff);
    else if (isShown) printDiff(changed);
    if (values.force === undefined) {
      const { confirm } = await import('../prompt.js');
      if (!confirm('Confirm application of the above resources')) throw new Error('aborted application of template');
    }
    const done = await ask(session, { ...body, dryRun: false }, 'failed to apply template');
    if (!isShown) return;
    if (values.json) printJson({ stackID: done.stackID, Summary: summaryForJson(done) });
    else {
      printSummary(done);
      if (done.stackID !== '') writeOut(`Stack ID: ${done.stackID}\n`);
    }
  },
});

async function askForMissing(
  { envRefs, secrets }: ApplyBody,
  { missingEnvRefs, missingSecrets }: { readonly missingEnvRefs: readonly string[]; readonly missingSecrets: readonly string[] },
): Promise<Pick<ApplyBody, 'envRefs' | 'secrets'>> {
  const { ask: askLine, askSecret, isInteractive } = await import('../prompt.js');
  if (!isInteractive() || missingEnvRefs.length + missingSecrets.length === 0) return { envRefs, secrets };
  const [moreRefs, moreSecrets] = [{ ...envRefs }, { ...secrets }];
  for (const key of missingEnvRefs) moreRefs[key] = askLine(`Please provide environment reference value for key ${key}`);
  for (const key of missingSecrets) {
    const value = askSecret(`Please provide secret value for key ${key} (optional, press enter to skip)`);
    if (value !== '') moreSecrets[key] = value;
  }
  return { envRefs: moreRefs, secrets: moreSecrets };
}
