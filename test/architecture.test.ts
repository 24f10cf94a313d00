/** Enforces the rules of ARCHITECTURE.md: which imports are forbidden in each directory, and which files may use dangerous calls. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** Directory -> the directories whose files it may import. Files outside of these, and `server/`, may import everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bounded: [],
  domain: [],
  kinds: ['domain', 'wire'],
  auth: ['domain', 'kinds'],
  templates: ['domain', 'kinds', 'wire'],
  services: ['domain', 'auth', 'kinds', 'query', 'influxdb-files', 'import', 'snapshot', 'templates', 'workers'],
  tasks: ['domain', 'auth', 'kinds', 'services'],
  workers: ['domain', 'query', 'wire'],
  import: ['domain', 'auth', 'influxdb-files', 'kinds', 'wire'],
  snapshot: ['domain', 'auth', 'influxdb-files', 'import', 'kinds'],
  admin: ['domain', 'auth', 'kinds', 'services', 'store', 'series', 'import', 'influxdb-files', 'config', 'data-directory'],
  'data-directory': ['domain', 'auth', 'store', 'config'],
  store: ['domain'],
  series: ['domain'],
  query: ['domain'],
  'influxdb-files': ['domain'],
  wire: ['domain'],
  http: ['domain', 'auth', 'kinds', 'services', 'templates', 'wire'],
  config: ['domain'],
  outgoing: ['domain'],
  replication: ['domain', 'kinds', 'wire'],
  client: ['kinds', 'wire'],
  cli: ['client', 'wire', 'snapshot'],
};

/** Data structures and helpers that import nothing of this project. */
const OPEN_TO_ALL = ['bounded'];

/** Files that may be imported by directories that may import nothing else of theirs. */
const SHARED_FILES: Readonly<Record<string, readonly string[]>> = {
  'version.js': ['cli', 'admin'],
  'config/near-names.js': ['cli'],
  // csv.from() reads what a query answers.
  'wire/annotated-csv-decoder.js': ['query'],
  'domain/duration.js': ['cli'],
  'domain/zone-offset.js': ['cli'],
  // Tokens are derived without a server.
  'auth/derived-tokens.js': ['cli'],
  'auth/secret.js': ['cli'],
  'domain/token-format.js': ['cli', 'client'],
  'domain/token-lifetime.js': ['cli'],
  // An export of the audit log is checked where it lies.
  'domain/audit-chain.js': ['cli', 'client'],
  // The command line looks into a backup with the store that a server would open it with.
  'store/sqlite.js': ['snapshot'],
};

/** Directories that are only imported through these files: the rest, such as folders of points, is internal. */
const ENTRY_FILES: Readonly<Record<string, readonly string[]>> = {
  series: ['series/storage.js', 'series/switchable.js', 'series/memory.js'],
};

/** Package -> the only places that know it. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  croner: ['domain/schedule.ts'],
  fastify: ['http/app.ts', 'http/admission.ts', 'http/framework.ts', 'http/handlers.ts', 'http/responder.ts', 'server/listen.ts'],
  kysely: ['store/'],
  'better-sqlite3': ['store/', 'data-directory/hold.ts', 'influxdb-files/metadata/sqlite-records.ts'],
  '@duckdb/node-api': ['series/'],
  '@influxdata/flux-lsp-node': ['query/'],
  '@node-rs/argon2': ['auth/passwords.ts'],
  '@node-rs/bcrypt': ['auth/passwords.ts'],
  'prom-client': ['http/metrics.ts', 'http/metrics/'],
};

/** The only places where a secret comes out of its cover: to be hashed, compared, sealed, checked, stored in the clear, or answered. */
const MAY_REVEAL = [
  'admin/recovery.ts',
  'auth/authenticate.ts',
  'auth/authorizations.ts',
  'auth/derived-tokens.ts',
  'auth/find-token.ts',
  'auth/password-checks.ts',
  'auth/passwords.ts',
  'auth/plain-tokens.ts',
  'auth/sealer.ts',
  'auth/secret.ts',
  'auth/token.ts',
  'cli/commands/auth-derive.ts',
  'http/routes/authorizations.ts',
  'http/routes/backup.ts',
  'http/routes/sessions.ts',
  'http/routes/setup.ts',
  'services/flux.ts',
  'services/remote-writes.ts',
  'services/setup.ts',
];

/** Lines of the longest file: what is longer has more than one reason to change. */
const LINES_MAX = 400;
const SERVER_LINES_MAX = 120;

/** What compares an actor's permissions with something, or makes a permission to be compared. */
const DECIDES: readonly RegExp[] = [
  /\bpermissionsOf\(/,
  /\.(covers|allows|reaches|firstMissing)\(/,
  /\b(actor|identity)\.(permissions|status)\b/,
  /\bnew PermissionSet\b/,
  /\b(permissionFor|permissionById|permissionInOrganization|globalPermission)\(/,
  /\b(operator|owner|member)Permissions\(/,
  /\bfirstMissingOperatorPermission\(/,
];

const LISTS_EVERYTHING = /import \{[^}]*\bEVERYTHING\b[^}]*\} from '[^']*\/permission\.js'|everything: true/;

/** Who may ask a store for everything of a type, whoever asks: the server itself, and what filters afterwards by `auth/`. */
const MAY_LIST_EVERYTHING = [
  'admin/',
  'server/',
  'snapshot/',
  // For an operator.
  'services/backup.ts',
  'services/restore/sealed-key.ts',
  // What is shown of them is filtered by `readableAmong`.
  'services/dbrps.ts',
  // All active tasks are scheduled, whoever owns them.
  'tasks/scheduler.ts',
  // The server's own housekeeping.
  'services/retention.ts',
  'services/replications.ts',
  'services/scrapers.ts',
];

/** Services that change the store other than by `transactionBy`, for which an actor must have been asked. */
const MAY_CHANGE_UNASKED = [
  // Nobody is there yet who could be asked.
  'services/setup.ts',
  'services/retention.ts',
  // The numbers of shards, for an operator.
  'services/backup.ts',
  'services/restore/metadata.ts',
  'services/restore/sealed-key.ts',
];

/** Services that change points; each asks first (`test/matrix/`). */
const MAY_CHANGE_POINTS = [
  'services/body-write.ts',
  'services/buckets.ts',
  'services/organizations.ts',
  'services/retention.ts',
  'services/templates/one-transaction.ts',
];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), 'utf8') }));

const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|import\('([^']+)'\)/gms)].map(([, a, b]) => a ?? b ?? '');
/** Files of ours, as they stand in an import: `domain/id.js`. */
const filesImportedBy = (file: string, text: string): string[] =>
  importsOf(text)
    .filter((target) => target.startsWith('.'))
    .map((target) => relative(SRC, resolve(SRC, dirname(file), target)));

/** The files that import each other in a circle, or lie between two circles: what is left when all that leads nowhere is taken away. */
function findCircles(importsByFile: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map([...importsByFile].map(([file, targets]) => [file, new Set(targets)]));
  for (let size = Infinity; left.size < size;) {
    size = left.size;
    const imported = new Set([...left.values()].flatMap((targets) => [...targets]));
    for (const [file, targets] of left) {
      for (const target of targets) if (!left.has(target)) targets.delete(target);
      if (targets.size === 0 || !imported.has(file)) left.delete(file);
    }
  }
  return [...left].map(([file, targets]) => `${file} -> ${[...targets].join(', ')}`);
}

/** Composes all directories. */
const COMPOSITION = 'server';
const roomOf = (file: string): string | undefined => (file.includes('/') ? file.split('/')[0] : undefined);
const isIn = (file: string, places: readonly string[]): boolean =>
  places.some((place) => file === place || (place.endsWith('/') && file.startsWith(place)));

describe('the architecture', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it('lets directories import only what they may', () => {
    const wrong = files.flatMap(({ file, text }) => {
      const room = roomOf(file);
      const allowed = room === undefined || room === COMPOSITION ? undefined : MAY_IMPORT[room];
      if (allowed === undefined) return [];
      return filesImportedBy(file, text)
        .filter(
          (target) =>
            !(room !== undefined && SHARED_FILES[target]?.includes(room)) &&
            roomOf(target) !== room &&
            ![...allowed, ...OPEN_TO_ALL].includes(roomOf(target) ?? ''),
        )
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('imports a directory only through its public files', () => {
    const wrong = files.flatMap(({ file, text }) =>
      importsOf(text)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(SRC, resolve(SRC, dirname(file), target)))
        .filter((target) => {
          const room = roomOf(target) ?? '';
          return roomOf(file) !== room && ENTRY_FILES[room]?.includes(target) === false;
        })
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no circle of imports, those of types included', () => {
    const importsByFile = new Map(files.map(({ file, text }) => [file.replace(/\.ts$/, '.js'), filesImportedBy(file, text)]));
    expect([...importsByFile.values()].flat().length).toBeGreaterThan(1000);
    expect(findCircles(importsByFile)).toEqual([]);
    expect(
      findCircles(
        new Map([
          ['a', ['b']],
          ['b', ['c', 'd']],
          ['c', ['a']],
          ['d', []],
          ['e', ['a']],
        ]),
      ),
    ).toEqual(['a -> b', 'b -> c', 'c -> a']);
  });

  it('has no file that is too long, and a composition that can be read at a glance', () => {
    const lengths = files.map(({ file, text }) => ({ file, lineCount: text.split('\n').length - 1 }));
    const tooLong = lengths.filter(({ lineCount }) => lineCount > LINES_MAX).map(({ file }) => file);
    expect(tooLong).toEqual([]);
    expect(lengths.find(({ file }) => file === 'server.ts')?.lineCount).toBeLessThan(SERVER_LINES_MAX);
  });

  it('knows every directory', () => {
    const rooms = new Set(files.map(({ file }) => roomOf(file)).filter((room) => room !== undefined));
    expect([...rooms].filter((room) => room !== COMPOSITION && !(room in MAY_IMPORT))).toEqual([]);
  });

  it('keeps each package where it belongs', () => {
    const wrong = files.flatMap(({ file, text }) =>
      importsOf(text)
        .filter((target) => target in ONLY_IN && !isIn(file, ONLY_IN[target] ?? []))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reveals secrets only where it must', () => {
    expect(
      files
        .filter(({ text }) => text.includes('.reveal()'))
        .map(({ file }) => file)
        .filter((file) => !MAY_REVEAL.includes(file)),
    ).toEqual([]);
  });

  it('decides about rights in auth/ alone', () => {
    const others = files.filter(({ file }) => !isIn(file, ['auth/', 'domain/']));
    const wrong = others.flatMap(({ file, text }) =>
      DECIDES.flatMap((pattern) => (pattern.exec(text) ?? []).slice(0, 1).map((word) => `${file}: ${word}`)),
    );
    expect(wrong).toEqual([]);
    const auth = files.filter(({ file }) => file.startsWith('auth/')).map(({ text }) => text);
    for (const pattern of DECIDES) expect(auth.some((text) => pattern.test(text))).toBe(true);
  });

  it('lists everything, and changes anything without a clearance, only where it must', () => {
    const listing = files.filter(({ file, text }) => !isIn(file, ['auth/', 'domain/']) && LISTS_EVERYTHING.test(text));
    expect(listing.map(({ file }) => file).filter((file) => !isIn(file, MAY_LIST_EVERYTHING))).toEqual([]);
    const services = files.filter(({ file }) => file.startsWith('services/'));
    const changing = services.filter(({ text }) => /\.transaction\(/.test(text)).map(({ file }) => file);
    expect(changing.sort()).toEqual([...MAY_CHANGE_UNASKED].sort());
    const points = services.filter(({ text }) => /\bengine\.(write|delete|dropBucket|dropBefore)\(/.test(text)).map(({ file }) => file);
    expect(points.sort()).toEqual([...MAY_CHANGE_POINTS].sort());
  });

  it('reaches points for an actor only by what the actor may reach of them', () => {
    const asking = files.filter(({ file }) => isIn(file, ['services/', 'workers/', 'tasks/', 'http/', 'server/', 'auth/', 'snapshot/']));
    const reading = asking.filter(({ text }) => /\bengine\.(read|series|schema)\(/.test(text)).map(({ file }) => file);
    // Backups are for operators.
    expect(reading).toEqual(['services/backup.ts']);
    const making = files.filter(({ text }) => text.includes('new PointAccess(')).map(({ file }) => file);
    expect(making).toEqual(['auth/data-access.ts']);
  });

  it('has a first line in every file that says what it promises, and no file called utils', () => {
    expect(files.filter(({ text }) => !text.startsWith('/**')).map(({ file }) => file)).toEqual([]);
    expect(files.filter(({ file }) => /util|helper|misc|common/.test(file)).map(({ file }) => file)).toEqual([]);
  });

  it('opens connections from the server only in the gate, and starts no process', () => {
    // The command line is not the server.
    const server = files.filter(({ file }) => !isIn(file, ['cli/', 'client/']));
    // Types open nothing, and neither does what only looks at a certificate or an address.
    const HARMLESS =
      /import type [^;]+;|import \{ createSecureContext, type SecureContextOptions \} from 'node:tls';|import \{ (BlockList|SocketAddress|isIP|isIPv6|, )+ \} from 'node:net';/g;
    const opening = server.filter(({ text }) =>
      /\bfetch\(|\bWebSocket\b|node:child_process|(from |import\(|require\()'((node:)?(http|https|http2|net|tls|dgram|dns|dns\/promises)|undici)'/.test(
        text.replace(HARMLESS, ''),
      ),
    );
    expect(opening.map(({ file }) => file).sort()).toEqual(['outgoing/exchange.ts', 'outgoing/resolve.ts']);
    // Nothing but the gate uses what connects, and nothing but the composition makes a gate.
    const using = (target: string): string[] =>
      files.filter(({ file, text }) => filesImportedBy(file, text).includes(target)).map(({ file }) => file);
    expect(using('outgoing/exchange.js')).toEqual(['outgoing/gate.ts']);
    expect(using('outgoing/resolve.js').sort()).toEqual(['outgoing/exchange.ts', 'outgoing/gate.ts']);
    expect(using('outgoing/gate.js')).toEqual(['server/open-gate.ts']);
  });
});
