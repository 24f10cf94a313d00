/** `template validate`: what is wrong with templates, if anything is. */
import { defineCommand } from '../command.js';
import { checkOrganization, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { ask, dryRunOf } from '../template/request.js';
import { findSources, sourceFlags } from '../template/sources.js';

export const command = defineCommand({
  description: 'Says nothing when nothing is wrong; changes nothing.',
  examples: ['sluice template validate -f template.yml', 'sluice template validate -R -f templates'],
  flags: { ...sourceFlags, ...organizationFlags, ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const sources = findSources(values);
    const session = await openSession(invocation);
    await ask(session, await dryRunOf(session, values, sources), 'failed to validate template');
  },
});
