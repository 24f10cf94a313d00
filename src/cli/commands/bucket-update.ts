/** `bucket update`. */
import { updateBucket } from '../../client/buckets.js';
import { printBucket } from '../bucket-output.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { readSeconds } from '../duration.js';
import { attempt } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice bucket update --id 0a1b2c3d4e5f6071 --retention 30d', 'sluice bucket update --id 0a1b2c3d4e5f6071 --name month'],
  flags: {
    id: requiredText('id of the bucket', { short: 'i', value: 'id' }),
    name: text('new name', { short: 'n', variable: 'INFLUX_BUCKET_NAME', value: 'name' }),
    description: text('description of the bucket', { short: 'd' }),
    retention: text('retention period; 0 keeps data forever', { short: 'r', value: 'duration' }),
    'shard-group-duration': text('duration of a shard group; 0 lets the server choose', { value: 'duration' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { id, name, description, retention, 'shard-group-duration': shardGroupDuration } = invocation.values;
    const { send } = await openSession(invocation);
    const rule = {
      type: 'expire' as const,
      everySeconds: retention === undefined ? undefined : readSeconds(retention),
      shardGroupDurationSeconds: shardGroupDuration === undefined ? undefined : readSeconds(shardGroupDuration),
    };
    const retentionRules = retention === undefined && shardGroupDuration === undefined ? undefined : [rule];
    const updated = await attempt(
      `failed to update bucket ${JSON.stringify(id)}`,
      updateBucket(send, id, { name, description, retentionRules }),
    );
    printBucket(invocation.values, updated);
  },
});
