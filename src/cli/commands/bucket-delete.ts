/** `bucket delete`. */
import { deleteBucket, listBuckets } from '../../client/buckets.js';
import { printDeletedBucket } from '../bucket-output.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';

export const command = defineCommand({
  description: 'Its points go with it.',
  examples: ['sluice bucket delete --name old --org acme', 'sluice bucket delete --id 0a1b2c3d4e5f6071'],
  flags: {
    name: text('name of the bucket', { short: 'n', value: 'name' }),
    id: text('id of the bucket', { short: 'i', value: 'id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { id, name } = values;
    if (id === undefined && name === undefined) throw new Error('must specify bucket ID or bucket name');
    const session = await openSession(invocation);
    const filter =
      id === undefined
        ? { name, ...organizationOf(session, values, 'must specify org ID or org name when deleting a bucket by name') }
        : { id };
    const quoted = JSON.stringify(id ?? name);
    const [bucket] = await attempt(`failed to find bucket ${quoted}`, listBuckets(session.send, filter));
    if (bucket === undefined) throw new Error(`bucket ${quoted} not found`);
    await attempt(`failed to delete bucket ${quoted}`, deleteBucket(session.send, bucket.id));
    printDeletedBucket(values, bucket);
  },
});
