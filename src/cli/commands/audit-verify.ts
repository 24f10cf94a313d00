/** `audit verify`: whether a record was removed, changed or put elsewhere, as the server or an export tells. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { verifyAudit } from '../../client/audit.js';
import { ChainCheck, describeVerdict, type AuditVerdict } from '../../domain/audit-chain.js';
import { decodeAuditRecord, parseExpectedRecord } from '../../wire/audit.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { printJson } from '../output.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  description:
    'The server checks every record, its seal and that the newest are there. Needs an operator token.\n' +
    'With --file an export is checked here, without its seals. The exit code is 1 if something is wrong.',
  examples: [
    'sluice audit verify',
    'sluice audit verify --json',
    `sluice audit verify --expect 1204:${'0123456789abcdef'.repeat(4)}`,
    'sluice audit verify --file audit.jsonl',
  ],
  flags: {
    file: text('check an export instead of the server', { value: 'path' }),
    expect: text('a record that was noted before, as SEQUENCE:HASH: it must be there', { value: 'record' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { file, expect } = values;
    const verdict =
      file === undefined
        ? await attempt('could not verify the audit log', verifyAudit((await openSession(invocation)).send, expect))
        : await attempt(`could not read ${file}`, verifyExport(file, expect));
    if (values.json) printJson(verdict);
    else writeOut(describeVerdict(verdict));
    if (!verdict.intact) throw new Error('the audit log is not intact');
  },
});

async function verifyExport(file: string, expect: string | undefined): Promise<AuditVerdict> {
  const check = new ChainCheck({ expected: expect === undefined ? undefined : parseExpectedRecord(expect) });
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number++;
    if (line === '') continue;
    try {
      check.add(decodeAuditRecord(JSON.parse(line)));
    } catch {
      throw new Error(`line ${number} is no record of an audit log`);
    }
  }
  return check.finish('not kept');
}
