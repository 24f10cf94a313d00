/**
 * `sluiced import`: moving in from an InfluxDB 2.x whose server is stopped. Everything keeps its id, every client its token, and nothing that
 * is here already is changed.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveAuditKey } from '../auth/audit-key.js';
import { Sealer, SEALING_KEY_BYTES } from '../auth/sealer.js';
import { holdDataDirectory, type DataDirectory } from '../data-directory/hold.js';
import type { SeriesEngine } from '../domain/series.js';
import type { Finding } from '../import/findings.js';
import { importAll, type ImportReport, type ImportStep, type Writable } from '../import/import.js';
import { openImportSource, type ImportSource } from '../import/source.js';
import { usualEngineMemoryBytes } from '../series/memory.js';
import { seriesFolders } from '../series/storage.js';
import { TEMPORARY_PREFIX } from '../services/temporary-folder.js';
import { checkPairing, findSeriesName, pairStores, refuseLostStore } from '../data-directory/pairing.js';
import { openSqliteStore, SQLITE_FILE } from '../store/sqlite.js';
import { isOn, misused, readCommand, switchFlag, textFlag, textOf, type Command } from './offline.js';
import { formatTable } from './table.js';
import { warnOfEngine } from './warn-of-engine.js';

const REHEARSAL_FILE = 'rehearsal.sqlite';

const USAGE = `sluiced import: import the data of InfluxDB 2.x, from its data folder or from a backup; stop both servers first

  sluiced import --influxdb DIR      the data folder (/var/lib/influxdb2, ~/.influxdbv2), the influxd.bolt in it,
                                     or a folder created by "influx backup"

Organizations, users with their passwords, memberships, buckets, labels, DBRP mappings, secrets, tokens and v1 authorizations keep their
ids. All points in the folder or backup are imported. Everything is checked before the first write, and either everything is imported or nothing.

Flags:
  --dry-run              report what would be imported, and change nothing
  --json                 the report as JSON
  --engine-path          folder of InfluxDB's points, if it is not "engine" next to its influxd.bolt
  --merge-points         also import points into buckets that already have some; for the same time, InfluxDB's point is kept
  --use-hashed-tokens    false: tokens that InfluxDB stores in plain text stay in plain text
  --data-dir             data directory of this server; it is created if it is missing
`;

const FLAGS = [
  textFlag('influxdb', ''),
  textFlag('engine-path', ''),
  switchFlag('dry-run', ''),
  switchFlag('json', ''),
  switchFlag('merge-points', ''),
];

/** @param argv what follows `import` */
export async function runImport(argv: readonly string[]): Promise<void> {
  const command = readCommand(argv, FLAGS);
  if (command.helpRequested) {
    process.stdout.write(USAGE);
    return;
  }
  if (command.positionals.length > 0) throw misused(`accepts 0 arg(s), received ${command.positionals.length}`, 'import');
  const path = textOf(command, 'influxdb');
  if (path === undefined) throw misused('must provide --influxdb', 'import');
  const isDryRun = isOn(command, 'dry-run');
  const report = await importFrom(path, command, isDryRun);
  process.stdout.write(isOn(command, 'json') ? `${JSON.stringify(forJson(report, isDryRun))}\n` : describe(report, isDryRun));
}

async function importFrom(path: string, command: Command, isDryRun: boolean): Promise<ImportReport> {
  const { dataDir } = command.config;
  // Whatever a library makes is for its owner alone.
  process.umask(0o077);
  // Where there is no store yet, nothing is made before it is known that all will come.
  const hasStore = existsSync(join(dataDir, SQLITE_FILE));
  const directory = hasStore ? holdDataDirectory(dataDir) : undefined;
  try {
    const workFolder = await mkdtemp(hasStore ? join(dataDir, TEMPORARY_PREFIX) : join(tmpdir(), 'sluice-import-'));
    try {
      const source = await openImportSource(path, textOf(command, 'engine-path'), workFolder);
      try {
        return await importSource(source, { command, isDryRun, workFolder, directory });
      } finally {
        source.close();
      }
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  } finally {
    directory?.release();
  }
}

interface Surroundings {
  readonly command: Command;
  readonly isDryRun: boolean;
  readonly workFolder: string;
  /** Undefined: there is no store yet. */
  readonly directory: DataDirectory | undefined;
}

async function importSource(source: ImportSource, { command, isDryRun, workFolder, directory }: Surroundings): Promise<ImportReport> {
  const { config } = command;
  const closing: (() => unknown)[] = [];
  try {
    // The store itself is left alone until all has been tried on a copy.
    if (directory !== undefined) copyStore(directory.path, join(workFolder, REHEARSAL_FILE));
    const rehearsal = await openSqliteStore(workFolder, REHEARSAL_FILE);
    closing.push(() => rehearsal.close());
    const points = seriesFolders(config.dataDir, {
      memoryLimitBytes: config.engineMemoryBytes || usualEngineMemoryBytes(),
      threads: availableParallelism(),
      onEvent: warnOfEngine,
    });
    await refuseLostStore(config.dataDir, points);
    if (directory !== undefined) await checkPairing(rehearsal, points, directory.path);
    const seriesName = await findSeriesName(rehearsal);
    const openEngine = async (): Promise<SeriesEngine> => {
      const engine = await points.open(seriesName);
      closing.push(() => engine.close());
      return engine;
    };
    const hasPoints = directory !== undefined && (await points.isUsed(seriesName));
    const engine = hasPoints ? await openEngine() : undefined;
    const openWritable = async (): Promise<Writable> => {
      const held = directory ?? holdDataDirectory(config.dataDir);
      if (directory === undefined) {
        closing.push(() => {
          held.release();
        });
      }
      const store = await openSqliteStore(held.path, SQLITE_FILE, deriveAuditKey(held.sealingKey).seal);
      closing.push(() => store.close());
      await pairStores(store, points, held.path);
      const options = { sealer: new Sealer(held.sealingKey), hashTokens: config.useHashedTokens, clock: Date.now };
      return { store, engine: engine ?? (await openEngine()), options };
    };
    return await importAll(source, {
      rehearsal,
      rehearsalOptions: { sealer: new Sealer(randomBytes(SEALING_KEY_BYTES)), hashTokens: true, clock: Date.now },
      engine,
      openWritable: isDryRun ? undefined : openWritable,
      mergesPoints: isOn(command, 'merge-points'),
      onShard: process.stderr.isTTY ? showProgress : undefined,
    });
  } finally {
    for (const step of closing.reverse()) await step();
  }
}

function copyStore(dataDir: string, copy: string): void {
  for (const suffix of ['', '-wal']) {
    const file = join(dataDir, `${SQLITE_FILE}${suffix}`);
    if (existsSync(file)) copyFileSync(file, `${copy}${suffix}`);
  }
}

function showProgress(step: ImportStep, number: number, count: number): void {
  process.stderr.write(`\r${step === 'check' ? 'checking' : 'writing'} shard ${number} of ${count}${number === count ? '\n' : ''}`);
}

const WHY_LEFT = 'they are not taken over';

const forJson = ({ leftovers, ...report }: ImportReport, dryRun: boolean): object => ({
  dryRun,
  changesAnything: addsAnything(report),
  ...report,
  leftovers: leftovers.map((leftover) => ({ ...leftover, reason: WHY_LEFT })),
});

const addsAnything = ({ counts, points }: Pick<ImportReport, 'counts' | 'points'>): boolean =>
  Object.values(counts).some(({ added }) => added > 0) || points.some(({ valueCount }) => valueCount > 0);

function describe(report: ImportReport, isDryRun: boolean): string {
  const { source, counts, points, changed, leftOut, leftovers } = report;
  const rows = Object.entries(counts)
    .filter(([, { added, present }]) => added + present > 0)
    .map(([noun, { added, present }]) => [noun, String(added), String(present)]);
  const sections = [formatTable([isDryRun ? 'Would come' : 'Came', 'Added', 'Here already'], rows)];
  if (points.length > 0) {
    const pointRows = points.map(({ organization, bucket, shardCount, valueCount, outcome }) => [
      `${organization}/${bucket}`,
      String(shardCount),
      outcome === 'added' ? String(valueCount) : 'left as here: it holds points already (see --merge-points)',
    ]);
    sections.push(formatTable(['Points of', 'Shards', 'Values'], pointRows));
  } else {
    sections.push(`This ${source} has no points that could come.\n`);
  }
  if (changed.length > 0) sections.push(`Came otherwise than it was:\n${changed.map(describeFinding).join('')}`);
  if (leftOut.length > 0) sections.push(`Did not come:\n${leftOut.map(describeFinding).join('')}`);
  if (leftovers.length > 0) {
    sections.push(`Stays behind, since ${WHY_LEFT}: ${leftovers.map(({ kind, count }) => `${count} ${kind}`).join(', ')}.\n`);
  }
  if (isDryRun) sections.push('This was a dry run: nothing was changed.\n');
  else if (!addsAnything(report)) sections.push('Nothing was changed: all of it is here already.\n');
  return sections.join('\n');
}

function describeFinding({ kind, reason, count, examples }: Finding): string {
  const more = count > examples.length ? ', ...' : '';
  return `  ${count} x ${kind}: ${reason} (${examples.join(', ')}${more})\n`;
}
