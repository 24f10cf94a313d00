/** `v1 dbrp create`. */
import { createMapping } from '../../client/dbrps.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printMapping } from '../dbrp-output.js';
import { attempt } from '../failure.js';
import { requiredText, toggle } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice v1 dbrp create --db telegraf --rp autogen --bucket-id 0a1b2c3d4e5f6071 --default'],
  flags: {
    'bucket-id': requiredText('id of the bucket to map to', { value: 'id' }),
    db: requiredText('name of the database', { value: 'name' }),
    rp: requiredText('name of the retention policy', { value: 'name' }),
    default: toggle('use this mapping when no retention policy is given'),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const { db: database, rp, 'bucket-id': bucketID } = values;
    const mapping = { orgID, bucketID, database, retention_policy: rp, ...(values.default ? { default: true } : {}) };
    const what = `failed to create dbrp for bucket ${JSON.stringify(bucketID)}`;
    printMapping(values, await attempt(what, createMapping(session.send, mapping)));
  },
});
