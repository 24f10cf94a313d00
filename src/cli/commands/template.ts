/** `template`: what templates have. */
import { defineCommand } from '../command.js';
import { checkOrganization, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printSummary, printSummaryJson, summaryForJson } from '../template/output.js';
import { ask, dryRunOf } from '../template/request.js';
import { findSources, sourceFlags } from '../template/sources.js';

export const command = defineCommand({
  description: 'Changes nothing.',
  examples: ['sluice template -f template.yml', 'sluice template -u https://example.com/template.yml --json'],
  flags: { ...sourceFlags, ...organizationFlags, ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const sources = findSources(values);
    const session = await openSession(invocation);
    const impact = await ask(session, await dryRunOf(session, values, sources), 'failed to summarize template');
    if (values.json) printSummaryJson(summaryForJson(impact));
    else printSummary(impact);
  },
});
