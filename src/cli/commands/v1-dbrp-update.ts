/** `v1 dbrp update`. */
import { updateMapping } from '../../client/dbrps.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printMapping } from '../dbrp-output.js';
import { attempt } from '../failure.js';
import { requiredText, text, toggle } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';

export const command = defineCommand({
  examples: ['sluice v1 dbrp update --id 0a1b2c3d4e5f6071 --default'],
  flags: {
    id: requiredText('id of the mapping', { value: 'id' }),
    rp: text('new name of the retention policy', { value: 'name' }),
    default: toggle('use this mapping when no retention policy is given'),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const { id, rp } = values;
    const change = { retention_policy: rp, default: values.default || undefined };
    const what = `failed to update DBRP mapping ${JSON.stringify(id)}`;
    printMapping(values, await attempt(what, updateMapping(session.send, id, organizationOf(session, values), change)));
  },
});
