/** `stacks`: lists stacks. */
import { listStacks } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { texts } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printStacks } from '../template/output.js';

export const command = defineCommand({
  examples: ['sluice stacks', 'sluice stacks --stack-name mine --json'],
  flags: {
    'stack-id': texts('only the stack with this id; may be repeated', { value: 'id' }),
    'stack-name': texts('only stacks with this name; may be repeated', { value: 'name' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const filter = { orgID, stackID: values['stack-id'], name: values['stack-name'] };
    printStacks(values, await attempt('failed to list stacks', listStacks(session.send, filter)));
  },
});
