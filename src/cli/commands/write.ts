/** `write`: line protocol or annotated CSV, in batches, so that memory stays small however long the input is. */
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { writeLines, type Target } from '../../client/data.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { isErrorTerminal } from '../prompt.js';
import { checkOrganization, openSession, organizationOf, type Session } from '../session.js';
import { bucketOf } from '../target-flags.js';
import { openWriteInput, writeFlags, type WriteInvocation } from '../write-flags.js';
import { batchLines, BATCH_LIMITS } from '../write/batches.js';
import { showProgress, SILENCE } from '../write/progress.js';
import { throttle } from '../write/rate-limit.js';
import { printLines } from '../write/print-lines.js';

/** Fast: the way is rarely longer than the work. */
const GZIP_LEVEL = 1;
const pack = promisify(gzip);

export const command = defineCommand({
  description: 'Points come as an argument, from files, or from standard input.',
  positionals: '[points | @file | -]',
  examples: [
    `sluice write --bucket data 'cpu,host=a usage=1.5'`,
    'sluice write --bucket data --precision s --file points.lp',
    `sluice write --bucket data --header '#constant measurement,cpu' --header 'host|tag,usage|double,time|dateTime:RFC3339' --skipHeader=1 --file usage.csv`,
  ],
  flags: writeFlags,
  run: write,
});

async function write(invocation: WriteInvocation): Promise<void> {
  const { values } = invocation;
  if (values['dry-run']) {
    await printLines((await openWriteInput(invocation)).lines);
    return;
  }
  checkOrganization(values);
  const session = await openSession(invocation);
  const target: Target = { ...organizationOf(session, values), ...bucketOf(values) };
  const { lines, sizeBytes } = await openWriteInput(invocation);
  const throttled = values['rate-limit'] === 0 ? lines : throttle(lines, values['rate-limit']);
  await attempt('failed to write data', writeBatches(session, target, throttled, sizeBytes, values));
}

/** One batch is on its way while the next is made ready. */
async function writeBatches(
  { send }: Session,
  target: Target,
  lines: AsyncIterable<Buffer>,
  sizeBytes: number | undefined,
  { precision = 'ns', 'max-line-length': lineBytesMax }: WriteInvocation['values'],
): Promise<void> {
  const progress = isErrorTerminal() ? showProgress(sizeBytes) : SILENCE;
  let underWay: Promise<void> = Promise.resolve();
  try {
    for await (const batch of batchLines(lines, { ...BATCH_LIMITS, lineBytesMax })) {
      const packed = await pack(batch.lines, { level: GZIP_LEVEL });
      await underWay;
      underWay = writeLines(send, target, precision, packed).then(() => {
        progress.add(batch.lineCount, batch.lines.length);
      });
      // It is waited for before the next goes; until then a failure is no unhandled one.
      underWay.catch(() => undefined);
    }
    await underWay;
  } finally {
    progress.end();
  }
}
