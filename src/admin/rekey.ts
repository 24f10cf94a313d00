/** `sluiced tokens rekey`: puts the hashes of tokens under the current key of `--token-pepper-file`, also while the server runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deriveAuditKey } from '../auth/audit-key.js';
import { rekeyTokens, type RekeyReport } from '../auth/rekey.js';
import { TokenHasher } from '../auth/token-hasher.js';
import { DirectoryInUseError, holdDataDirectory, readSealingKey } from '../data-directory/hold.js';
import { prependToPepperFile, readPepperFile } from '../data-directory/token-pepper.js';
import type { Config } from '../config/config.js';
import { openSqliteStore, SQLITE_FILE } from '../store/sqlite.js';
import { isOn, misused, readCommand, switchFlag } from './offline.js';

const USAGE = `sluiced tokens rekey: stores the hashes of all tokens under the current key of --token-pepper-file

The first line of the file is the current key, the others are older keys, which are still accepted. The server may run: it reads the file
again by itself. The command can be interrupted and run again.

Flags:
  --new-key              puts a new key before the others first; makes the file if there is none
  --plain                puts "none" before the keys: from then on a token is stored without a key when it is used next
  --token-pepper-file    the file, as for the server
  --data-dir             data directory of the server, which may be running
`;

/** @param argv what follows `tokens` */
export async function runRekey(argv: readonly string[]): Promise<void> {
  const command = readCommand(argv, [switchFlag('new-key', ''), switchFlag('plain', '')]);
  const { config, helpRequested } = command;
  if (helpRequested) {
    process.stdout.write(USAGE);
    return;
  }
  const { tokenPepperFile: file, dataDir } = config;
  const [newKey, plain] = [isOn(command, 'new-key'), isOn(command, 'plain')];
  if (file === '') throw misused('name the file of the keys with --token-pepper-file', 'tokens');
  if (newKey && plain) throw misused('give --new-key or --plain, not both', 'tokens');
  if (!existsSync(join(dataDir, SQLITE_FILE))) {
    throw new Error(`there is no store in ${dataDir}; give the directory of the server with --data-dir`);
  }
  // Whatever a library makes in the data directory is for its owner alone.
  process.umask(0o077);
  const release = holdUnlessServed(dataDir);
  try {
    const store = await openSqliteStore(dataDir, SQLITE_FILE, deriveAuditKey(readSealingKey(dataDir)).seal);
    try {
      if (release === undefined && (await store.findFact('follows a file of keys')) === undefined) {
        throw new Error(
          'the server was started without --token-pepper-file and would refuse all tokens: start it again with the file first',
        );
      }
      if (newKey || plain) prependToPepperFile(file, newKey ? 'key' : 'none');
      const pepper = readPepperFile(file);
      const report = await rekeyTokens({
        store,
        clock: Date.now,
        hasher: new TokenHasher(() => pepper),
        onProgress: (count) => {
          process.stderr.write(`${count} tokens\n`);
        },
      });
      process.stdout.write(describe(report, pepper.current?.id, config));
    } finally {
      await store.close();
    }
  } finally {
    release?.();
  }
}

/** Undefined: a server runs. */
function holdUnlessServed(dataDir: string): (() => void) | undefined {
  try {
    const held = holdDataDirectory(dataDir);
    return () => {
      held.release();
    };
  } catch (error) {
    if (error instanceof DirectoryInUseError) return undefined;
    throw error;
  }
}

function describe({ rekeyedCount, countByOlderKey }: RekeyReport, key: string | undefined, { dataDir }: Config): string {
  const lines =
    key === undefined
      ? ['Tokens are stored without a key when they are used next: what is stored under a key cannot be undone without the token.']
      : [`${rekeyedCount} ${rekeyedCount === 1 ? 'hash was' : 'hashes were'} put under the key ${key}; all tokens are under it now.`];
  for (const [id, count] of Object.entries(countByOlderKey)) {
    lines.push(`${count} still need the key ${id}, each until its token is used: keep its line in the file until none does.`);
  }
  if (key !== undefined) lines.push(`Copies of the store (backups, and sluice.sqlite.* in ${dataDir}) keep the hashes that they had.`);
  return `${lines.join('\n')}\n`;
}
