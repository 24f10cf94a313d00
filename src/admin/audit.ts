/** `sluiced audit verify`: checks the audit log of a data directory whose server is stopped. */
import { verifyAudit } from '../auth/audit-check.js';
import { deriveAuditKey } from '../auth/audit-key.js';
import { describeVerdict } from '../domain/audit-chain.js';
import { isOn, misused, readCommand, switchFlag, textFlag, textOf, withStore } from './offline.js';

const USAGE = `sluiced audit verify: checks that no record of the audit log was removed, changed or put elsewhere; names the first that was

Flags:
  --expect SEQUENCE:HASH a record that was noted before: it must be there
  --json                 as JSON
  --data-dir             data directory of the server; stop the server first

The exit code is 1 if something is wrong.
`;

/** @param argv what follows `audit` */
export async function runAudit(argv: readonly string[]): Promise<void> {
  const command = readCommand(argv, [switchFlag('json', ''), textFlag('expect', '')]);
  const { config, positionals, helpRequested } = command;
  if (helpRequested || positionals.length === 0) {
    process.stdout.write(USAGE);
    return;
  }
  if (positionals.length !== 1 || positionals[0] !== 'verify') {
    throw misused(`unknown command ${JSON.stringify(positionals.join(' '))} for "sluiced audit"`, 'audit');
  }
  const expected = readExpected(textOf(command, 'expect'));
  const verdict = await withStore(config, ({ store, directory }) =>
    verifyAudit(store, { seal: deriveAuditKey(directory.sealingKey).seal, expected }),
  );
  process.stdout.write(isOn(command, 'json') ? `${JSON.stringify(verdict)}\n` : describeVerdict(verdict));
  if (!verdict.intact) process.exitCode = 1;
}

function readExpected(text: string | undefined) {
  if (text === undefined) return undefined;
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined) throw misused('--expect must be SEQUENCE:HASH', 'audit');
  return { sequence: Number(sequence), hash };
}
