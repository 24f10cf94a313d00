/** `sluiced tokens plan`: what the next start would do with the tokens of a store. It may be asked while the server runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCounts } from '../domain/store.js';
import { lookIntoSqliteStore, SQLITE_FILE } from '../store/sqlite.js';
import { runRekey } from './rekey.js';
import { isOn, misused, readCommand, switchFlag } from './offline.js';

const USAGE = `sluiced tokens plan: shows what the next start with these flags, this environment and configuration file would do with the tokens

Flags:
  --json                 as JSON
  --data-dir             data directory of the server, which may be running
  --use-hashed-tokens    the value for the next start

sluiced tokens rekey: puts the hashes of tokens under a key that is not in the store (sluiced tokens rekey -h)
`;

/** @param argv what follows `tokens` */
export async function runTokens(argv: readonly string[]): Promise<void> {
  if (argv[0] === 'rekey') {
    await runRekey(argv.slice(1));
    return;
  }
  const { config, positionals, helpRequested, ...command } = readCommand(argv, [switchFlag('json', '')]);
  if (helpRequested || positionals.length === 0) {
    process.stdout.write(USAGE);
    return;
  }
  if (positionals.length !== 1 || positionals[0] !== 'plan') {
    throw misused(`unknown command ${JSON.stringify(positionals.join(' '))} for "sluiced tokens"`, 'tokens');
  }
  const file = join(config.dataDir, SQLITE_FILE);
  if (!existsSync(file)) throw new Error(`there is no store in ${config.dataDir}; give the directory of the server with --data-dir`);
  const { counts, purges } = await lookIntoSqliteStore(file, async (store) => ({
    counts: await store.countTokens(),
    purges: (await store.findFact('has held plain tokens')) !== undefined,
  }));
  const hashes = config.useHashedTokens;
  const plan = { useHashedTokens: hashes, ...counts, wouldHash: hashes ? counts.plain : 0, wouldPurge: hashes && purges };
  process.stdout.write(isOn({ config, positionals, helpRequested, ...command }, 'json') ? `${JSON.stringify(plan)}\n` : describe(plan));
}

function describe(
  plan: TokenCounts & { readonly useHashedTokens: boolean; readonly wouldHash: number; readonly wouldPurge: boolean },
): string {
  const hashed = Object.entries(plan.hashed).map(([variant, count]) => `${count} as ${variant} hashes`);
  const lines = [
    `Tokens: ${[`${plan.plain} in plain text`, ...hashed, ...(plan.erased > 0 ? [`${plan.erased} erased by a downgrade`] : [])].join(', ')}.`,
    `Hashing is ${plan.useHashedTokens ? 'on' : 'off'} (use-hashed-tokens: ${plan.useHashedTokens}).`,
  ];
  if (plan.wouldHash > 0)
    lines.push(`The next start hashes ${plan.wouldHash}; they keep working, but their values cannot be shown any more.`);
  else lines.push(`The next start changes no token.`);
  if (plan.wouldPurge) lines.push('It rewrites the store, so that no value remains in its files.');
  if (!plan.useHashedTokens) lines.push('Hashed tokens stay hashed; new tokens are stored in plain text.');
  return `${lines.join('\n')}\n`;
}
