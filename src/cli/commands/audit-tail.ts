/** `audit tail`: shows records as they come, until it is interrupted. */
import { listAudit, type AuditRecordJson } from '../../client/audit.js';
import { auditFlags, auditQueryOf } from '../audit-flags.js';
import { AUDIT_HEADERS, auditRow } from '../audit-output.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { integer, toggle } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { formatTable } from '../table.js';
import { writeOut } from '../terminal.js';

const LINES_DEFAULT = 10;
const INTERVAL_MS = 1000;
const PAGE_ROWS = 1000;

export const command = defineCommand({
  description: 'With --json, a JSON object a line.',
  examples: ['sluice audit tail', 'sluice audit tail --outcome refused --json'],
  flags: {
    ...auditFlags,
    lines: integer(`records that are there already (default: ${LINES_DEFAULT})`, LINES_DEFAULT, { short: 'n' }),
    once: toggle('only those that are there already'),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { send } = await openSession(invocation);
    const query = auditQueryOf(values);
    const read = (page: Parameters<typeof listAudit>[2]) => attempt('could not read the audit log', listAudit(send, query, page));
    const print = (records: readonly AuditRecordJson[], hidesHeaders: boolean): void => {
      if (values.json) writeOut(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      else if (records.length > 0 || !hidesHeaders) writeOut(formatTable(AUDIT_HEADERS, records.map(auditRow), hidesHeaders));
    };
    const { records } = await read({ limit: Math.max(1, values.lines), descending: true });
    let after = records[0]?.sequence ?? 0;
    print(records.slice(0, values.lines).toReversed(), values['hide-headers']);
    while (!values.once) {
      const next = (await read({ limit: PAGE_ROWS, after })).records;
      print(next, true);
      after = next.at(-1)?.sequence ?? after;
      if (next.length < PAGE_ROWS) await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  },
});
