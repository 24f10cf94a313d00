/** `audit list`. */
import { listAudit } from '../../client/audit.js';
import { auditFlags, auditQueryOf } from '../audit-flags.js';
import { AUDIT_HEADERS, auditRow } from '../audit-output.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { integer, toggle } from '../flags.js';
import { printJson, printTable } from '../output.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';

const LIMIT_DEFAULT = 100;

export const command = defineCommand({
  description: 'Shows the newest records, the oldest of them first. Operators see all; owners what happened in their organization.',
  examples: [
    'sluice audit list',
    'sluice audit list --resource 0a1b2c3d4e5f6071 --json',
    'sluice audit list --action created --since 7d',
    'sluice audit list --request 5f2b6f0e-2d1e-4b56-9c52-0f5a4b8a7f11',
  ],
  flags: {
    ...auditFlags,
    limit: integer(`records at the most (default: ${LIMIT_DEFAULT}, at most 1000)`, LIMIT_DEFAULT),
    oldest: toggle('the oldest records instead of the newest'),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { send } = await openSession(invocation);
    const page = { limit: values.limit, descending: !values.oldest };
    const { records } = await attempt('could not read the audit log', listAudit(send, auditQueryOf(values), page));
    const shown = values.oldest ? records : records.toReversed();
    if (values.json) printJson(shown);
    else printTable(values, AUDIT_HEADERS, shown.map(auditRow));
  },
});
