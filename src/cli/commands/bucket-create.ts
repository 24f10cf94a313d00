/** `bucket create`. */
import { createBucket, type RetentionRuleJson } from '../../client/buckets.js';
import { printBucket } from '../bucket-output.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { readSeconds } from '../duration.js';
import { attempt } from '../failure.js';
import { choice, requiredText, text } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice bucket create --name data --org acme', 'sluice bucket create --name week --retention 7d'],
  flags: {
    name: requiredText('name of the bucket', { short: 'n', variable: 'INFLUX_BUCKET_NAME', value: 'name' }),
    description: text('description of the bucket', { short: 'd' }),
    retention: text('retention period such as 72h or 30d; 0 keeps data forever (default)', { short: 'r', value: 'duration' }),
    'shard-group-duration': text('duration of a shard group', { value: 'duration' }),
    'schema-type': choice('only implicit is supported', 'schema type', ['implicit', 'explicit']),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    if (values['schema-type'] === 'explicit') throw new Error('explicit schemas are only supported by InfluxDB Cloud');
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const bucket = await attempt(
      'failed to create bucket',
      createBucket(session.send, {
        orgID,
        name: values.name,
        description: values.description,
        retentionRules: readRules(values.retention, values['shard-group-duration']),
      }),
    );
    printBucket(values, bucket);
  },
});

/** None where nothing was said: older servers take it for ever. */
function readRules(retention: string | undefined, shardGroupDuration: string | undefined): RetentionRuleJson[] {
  const everySeconds = readSeconds(retention);
  const shardGroupDurationSeconds = readSeconds(shardGroupDuration);
  if (everySeconds === 0 && shardGroupDurationSeconds === 0) return [];
  return [{ type: 'expire', everySeconds, ...(shardGroupDurationSeconds === 0 ? {} : { shardGroupDurationSeconds }) }];
}
