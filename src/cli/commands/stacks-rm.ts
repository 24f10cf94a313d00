/** `stacks rm`. */
import { listStacks, removeStack } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { texts, toggle } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printStack } from '../template/output.js';

export const command = defineCommand({
  description: 'Deletes everything that the stacks have, buckets with their points included, and asks first.',
  examples: ['sluice stacks rm --stack-id 0a1b2c3d4e5f6071'],
  flags: {
    'stack-id': texts('id of the stack; may be repeated', { value: 'id', isRequired: true }),
    force: toggle('do not ask'),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const filter = { orgID, stackID: values['stack-id'], name: [] };
    for (const stack of await attempt('failed to look up stacks', listStacks(session.send, filter))) {
      printStack(values, stack);
      if (!values.force) {
        const { confirm } = await import('../prompt.js');
        if (!confirm(`Confirm removal of the stack[${stack.id}] and all associated resources`)) continue;
      }
      await attempt(`failed to delete stack ${JSON.stringify(stack.id)}`, removeStack(session.send, stack.id, orgID));
    }
  },
});
