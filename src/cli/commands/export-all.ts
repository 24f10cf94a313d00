/** `export all`: an organization as a template. */
import { exportTemplate } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text, texts } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { writeTemplate } from '../template/output.js';

export const command = defineCommand({
  description: 'What the token may not read is left out.',
  examples: ['sluice export all -f acme.yml', 'sluice export all --filter kind=Dashboard --filter labelName=blue'],
  flags: {
    file: text('file to write to; .json for JSON, and else YAML', { short: 'f', value: 'path' }),
    filter: texts('kind=KIND or labelName=NAME; may be repeated'),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const [byLabel, byResourceKind]: [string[], string[]] = [[], []];
    for (const filter of values.filter) {
      const [key = '', value = '', ...more] = filter.split('=');
      if (value === '' || more.length > 0) throw new Error(`invalid filter ${JSON.stringify(filter)}, must have format \`type=example\``);
      if (key === 'labelName') byLabel.push(value);
      else if (key === 'kind' || key === 'resourceKind') byResourceKind.push(value);
      else throw new Error(`invalid filter provided ${JSON.stringify(filter)}; filter must be 1 in [labelName, resourceKind]`);
    }
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const request = { orgIDs: [{ orgID, resourceFilters: { byLabel, byResourceKind } }] };
    await writeTemplate(values.file, await attempt('failed to export template', exportTemplate(session.send, request)));
  },
});
