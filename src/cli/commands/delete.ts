/** `delete`: points, by time and predicate. */
import { deletePoints } from '../../client/data.js';
import { defineCommand } from '../command.js';
import { organizationFlags, quietFlags } from '../standard-flags.js';
import { attempt, messageOf } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { parseGoTime, RFC3339_NANO } from '../go-time.js';
import { organizationOf, openSession } from '../session.js';
import { bucketFlags, bucketOf } from '../target-flags.js';

export const command = defineCommand({
  examples: [
    'sluice delete --bucket data --start 2023-11-01T00:00:00Z --stop 2023-12-01T00:00:00Z',
    `sluice delete --bucket data --start 1970-01-01T00:00:00Z --stop 2030-01-01T00:00:00Z --predicate '_measurement="cpu" AND host="a"'`,
  ],
  flags: {
    start: requiredText('start time, such as 2009-01-02T23:00:00Z', { value: 'time' }),
    stop: requiredText('stop time, such as 2009-01-02T23:00:00Z', { value: 'time' }),
    predicate: text(`only points that match this predicate, such as 'tag1="v1" and tag2="v2"'`, { short: 'p' }),
    ...bucketFlags,
    ...organizationFlags,
    ...quietFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const session = await openSession(invocation);
    const { org, orgID } = organizationOf(session, values);
    const target = { ...(orgID === undefined ? { org } : { orgID }), ...bucketOf(values) };
    const [start, stop] = [checkTime('start', values.start), checkTime('stop', values.stop)];
    await attempt('failed to delete data', deletePoints(session.send, target, { start, stop, predicate: values.predicate }));
  },
});

function checkTime(name: string, time: string): string {
  try {
    parseGoTime(RFC3339_NANO, time);
  } catch (cause) {
    throw new Error(`${name} time ${JSON.stringify(time)} cannot be parsed as RFC3339Nano: ${messageOf(cause)}`, { cause });
  }
  return time;
}
