/** `v1 dbrp list`. */
import { listMappings } from '../../client/dbrps.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printMappings } from '../dbrp-output.js';
import { attempt } from '../failure.js';
import { text, toggle } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';

export const command = defineCommand({
  description: 'Every bucket has a mapping by itself, a virtual one, which is made of its name; those cannot be changed.',
  examples: ['sluice v1 dbrp list', 'sluice v1 dbrp list --db telegraf --default'],
  flags: {
    id: text('only the mapping with this id', { value: 'id' }),
    db: text('only mappings of this database', { value: 'name' }),
    rp: text('only mappings of this retention policy', { value: 'name' }),
    'bucket-id': text('only mappings to this bucket', { value: 'id' }),
    default: toggle('only default mappings'),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const { id, db, rp, 'bucket-id': bucketID } = values;
    const filter = { ...organizationOf(session, values), id, db, rp, bucketID, default: values.default ? 'true' : undefined };
    printMappings(values, await attempt('failed to list dbrps', listMappings(session.send, filter)));
  },
});
