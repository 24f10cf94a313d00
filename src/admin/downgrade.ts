/**
 * `sluiced downgrade`: removes token hashes, as for an older InfluxDB. Tokens that are only stored as hashes can no longer be used;
 * a copy of the store, made first, allows undoing it.
 */
import { recordEvent } from '../auth/audit.js';
import { systemActor } from '../domain/actor.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { FileStore } from '../domain/store-file.js';
import type { Store, TokenCounts } from '../domain/store.js';
import { SQLITE_FILE } from '../store/sqlite.js';
import { VERSION } from '../version.js';
import { isOn, misused, readCommand, switchFlag, withStore, type Command } from './offline.js';
import { formatTable } from './table.js';

/** Versions of InfluxDB without token hashes that its own command accepts. */
const TARGETS = ['2.0', '2.1', '2.3', '2.4'];
const FETCH_ROWS = 1000;

const USAGE = `sluiced downgrade <${TARGETS.join('|')}>: erase the hashes of tokens, because versions of InfluxDB before 2.9 do not support them

Tokens that are stored as hashes are permanently refused afterwards; tokens in plain text keep working. A copy of the store is kept next to it.

Flags:
  --list-tokens          list the tokens to be erased
  --yes                  do not ask for confirmation
  --data-dir             data directory of the server; stop the server first
`;

/** @param argv what follows `downgrade` */
export async function runDowngrade(argv: readonly string[]): Promise<void> {
  const command = readCommand(argv, [switchFlag('list-tokens', ''), switchFlag('yes', '')]);
  if (command.helpRequested) {
    process.stdout.write(USAGE);
    return;
  }
  const [target = '', ...more] = command.positionals;
  if (command.positionals.length !== 1) throw misused(`accepts 1 arg(s), received ${target === '' ? 0 : more.length + 1}`, 'downgrade');
  if (!TARGETS.includes(target)) throw misused(`invalid argument ${JSON.stringify(target)} for "sluiced downgrade"`, 'downgrade');
  await withStore(command.config, ({ store, directory }) => downgrade(store, directory.path, target, command));
}

async function downgrade(store: FileStore, directory: string, target: string, command: Command): Promise<void> {
  const counts = await store.countTokens();
  const doomedCount = hashedCount(counts);
  process.stdout.write(
    `${tokens(doomedCount)} stored as a hash would be erased: clients that use ${doomedCount === 1 ? 'it' : 'them'} would be locked out.\n` +
      `${tokens(counts.plain)} in plain text would be kept.\n`,
  );
  if (doomedCount === 0) {
    process.stdout.write('There is nothing to erase.\n');
    return;
  }
  if (isOn(command, 'list-tokens')) process.stdout.write(await doomedTable(store));
  if (!isOn(command, 'yes') && !(await confirm(target))) {
    process.stdout.write('Nothing was changed.\n');
    return;
  }
  const copy = freeName(join(directory, `${SQLITE_FILE}.${VERSION}-pre-${target}-downgrade.backup`));
  await store.copyTo(copy);
  await store.transaction(async (writer) => {
    const erased = await writer.eraseTokenHashes();
    await recordEvent(writer, systemActor('downgrade'), Date.now(), {
      action: 'downgrade.completed',
      resource: { type: 'instance' },
      details: { target, erased },
    });
  });
  process.stdout.write(
    `${tokens(doomedCount)} erased. To undo this, put the copy back while the server is stopped:\n  mv ${copy} ${join(directory, SQLITE_FILE)}\n` +
      'A new operator token: sluiced recovery auth create-operator --username NAME --org NAME\n',
  );
}

const hashedCount = ({ hashed }: TokenCounts): number => Object.values(hashed).reduce((sum, count) => sum + count, 0);
const tokens = (count: number): string => `${count} ${count === 1 ? 'token' : 'tokens'}`;

async function doomedTable(store: Store): Promise<string> {
  const names = new Map((await store.listUsers({ readable: EVERYTHING }, WHOLE_LIST)).map(({ id, name }) => [id, name]));
  const rows: string[][] = [];
  let after: string | undefined;
  for (;;) {
    const filter = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING } as const;
    const page = await store.listAuthorizations(filter, { ...WHOLE_LIST, limit: FETCH_ROWS, after });
    for (const { id, userID, description, secret } of page) {
      const isDoomed = secret.kind === 'token' && secret.tokens.some(({ plainToken }) => plainToken === undefined);
      if (isDoomed) rows.push([id, names.get(userID) ?? '', description]);
    }
    if (page.length < FETCH_ROWS) return formatTable(['ID', 'User Name', 'Description'], rows);
    after = page.at(-1)?.id;
  }
}

async function confirm(target: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('tokens would be erased: confirm with --yes, because there is no terminal to ask on');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`Downgrade to ${target} and erase them? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** An earlier copy may be the one that is needed: it is never overwritten. */
function freeName(file: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? file : `${file}.${n}`;
    if (!existsSync(name)) return name;
  }
}
