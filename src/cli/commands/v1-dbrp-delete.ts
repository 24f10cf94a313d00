/** `v1 dbrp delete`. */
import { deleteMapping, findMapping } from '../../client/dbrps.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printMapping } from '../dbrp-output.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';

export const command = defineCommand({
  examples: ['sluice v1 dbrp delete --id 0a1b2c3d4e5f6071'],
  flags: { id: requiredText('id of the mapping', { value: 'id' }), ...organizationFlags, ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    const { id } = values;
    checkOrganization(values);
    const session = await openSession(invocation);
    const organization = organizationOf(session, values);
    const quoted = JSON.stringify(id);
    const found = await attempt(`failed to find DBRP mapping ${quoted}`, findMapping(session.send, id, organization));
    await attempt(`failed to delete DBRP mapping ${quoted}`, deleteMapping(session.send, id, organization));
    printMapping(values, found);
  },
});
