/** `audit export`: all records as JSON lines, which `audit verify --file` checks anywhere. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readAudit } from '../../client/audit.js';
import { auditFlags, auditQueryOf } from '../audit-flags.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession } from '../session.js';
import { quietFlags } from '../standard-flags.js';

export const command = defineCommand({
  description: 'A JSON object a line, the oldest first. An export with a filter has gaps, which a check of its chain reports.',
  examples: [
    'sluice audit export > audit.jsonl',
    'sluice audit export --file audit.jsonl',
    'sluice audit export --since 30d --file month.jsonl',
  ],
  flags: {
    ...auditFlags,
    file: text('file to write, which must not exist yet (default: standard output)', { value: 'path' }),
    ...quietFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { send } = await openSession(invocation);
    async function* lines() {
      for await (const record of readAudit(send, auditQueryOf(values))) yield `${JSON.stringify(record)}\n`;
    }
    const target = values.file === undefined ? process.stdout : createWriteStream(values.file, { flags: 'wx', mode: 0o600 });
    await attempt('could not export the audit log', pipeline(Readable.from(lines()), target, { end: values.file !== undefined }));
  },
});
