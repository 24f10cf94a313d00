/** `sluiced series`: inspects and repairs the folder of points while the server is stopped. */
import { availableParallelism } from 'node:os';
import { holdDataDirectory } from '../data-directory/hold.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import { parseId, type BucketId } from '../domain/id.js';
import type { SeriesEngine } from '../domain/series.js';
import type { SeriesStorage } from '../domain/series-storage.js';
import type { Store } from '../domain/store.js';
import { checkPairing, findSeriesName, giveIdentity } from '../data-directory/pairing.js';
import { bucketKind } from '../kinds/buckets.js';
import { seriesFolders } from '../series/storage.js';
import { openSqliteStore } from '../store/sqlite.js';
import { misused, readCommand, textFlag, textOf, withStore, type Command } from './offline.js';
import { formatTable } from './table.js';
import { warnOfEngine } from './warn-of-engine.js';

/** The memory limit of DuckDB. */
const ENGINE_MEMORY_BYTES = 512 * 1024 * 1024;
const ALL_TIMES = { startNs: -(2n ** 63n), stopNs: 2n ** 63n - 1n };

const USAGE = `sluiced series: inspect and repair the points in the data directory; stop the server first

  sluiced series list                                        list the buckets that have points, with the number of values
  sluiced series adopt-orphan BUCKET --org ORG --name NAME   create a bucket for points of an unknown bucket
  sluiced series drop-orphan BUCKET                          delete the points of an unknown bucket
  sluiced series pair-anyway                                 pair the store with the points in this directory, even if their
                                                             identities differ or one of them is missing

Flags:
  --folder               for pair-anyway: the folder of points in the data directory, if there are several
  --data-dir             data directory of the server
`;

const FLAGS = [textFlag('org', ''), textFlag('name', ''), textFlag('folder', '')];

/** @param argv what follows `series` */
export async function runSeries(argv: readonly string[]): Promise<void> {
  const command = readCommand(argv, FLAGS);
  const [verb = '', bucket, ...more] = command.positionals;
  if (command.helpRequested || verb === '') {
    process.stdout.write(USAGE);
    return;
  }
  const takesBucket = verb === 'adopt-orphan' || verb === 'drop-orphan';
  if (more.length > 0 || takesBucket !== (bucket !== undefined))
    throw misused(`${verb} takes ${takesBucket ? 'one bucket' : 'no argument'}`, 'series');
  process.stdout.write(await run(verb, bucket ?? '', command));
}

function run(verb: string, bucket: string, command: Command): Promise<string> {
  switch (verb) {
    case 'list':
      return withPoints(command, list);
    case 'adopt-orphan':
      return withPoints(command, (store, engine) => adopt(store, engine, bucket, command));
    case 'drop-orphan':
      return withPoints(command, (store, engine) => drop(store, engine, bucket));
    case 'pair-anyway':
      return pairAnyway(command);
    default:
      throw misused(`unknown command ${JSON.stringify(verb)} for "sluiced series"`, 'series');
  }
}

const seriesIn = (dataDir: string): SeriesStorage =>
  seriesFolders(dataDir, { memoryLimitBytes: ENGINE_MEMORY_BYTES, threads: availableParallelism(), onEvent: warnOfEngine });

function withPoints(command: Command, work: (store: Store, engine: SeriesEngine) => Promise<string>): Promise<string> {
  return withStore(command.config, async ({ store, directory }) => {
    const points = seriesIn(directory.path);
    await checkPairing(store, points, directory.path);
    const engine = await points.open(await findSeriesName(store));
    try {
      return await work(store, engine);
    } finally {
      await engine.close();
    }
  });
}

async function list(store: Store, engine: SeriesEngine): Promise<string> {
  const removed = new Set((await store.listTombstones()).map(({ bucketId }) => bucketId));
  const rows: string[][] = [];
  for (const bucketId of await engine.listBuckets()) {
    const bucket = await store.resources(bucketKind).find(bucketId);
    const organization = bucket && ((await store.findOrganization(bucket.orgID))?.name ?? bucket.orgID);
    const place =
      bucket === undefined ? (removed.has(bucketId) ? '(deleted; points will be removed)' : '(orphan)') : `${organization}/${bucket.name}`;
    rows.push([bucketId, place, String(await countValues(engine, bucketId))]);
  }
  return rows.length === 0 ? 'There are no points.\n' : formatTable(['ID', 'Bucket', 'Values'], rows);
}

async function countValues(engine: SeriesEngine, bucketId: BucketId): Promise<bigint> {
  let count = 0n;
  const tables = engine.read({ bucketId, range: ALL_TIMES, reduction: { kind: 'aggregate', aggregate: 'count' } });
  for await (const { values } of tables) if (values.type === 'integer') for (const value of values.values) count += value;
  return count;
}

/** @throws DomainError when there are no points of it, or the store knows it */
async function findOrphan(store: Store, engine: SeriesEngine, text: string): Promise<BucketId> {
  const id = parseId<BucketId>(text);
  const bucket = await store.resources(bucketKind).find(id);
  if (bucket !== undefined) throw conflict(`bucket ${id} is not an orphan: its name is ${JSON.stringify(bucket.name)}`);
  if (!(await engine.listBuckets()).includes(id)) throw notFound(`there are no points of a bucket ${id}`);
  return id;
}

async function adopt(store: Store, engine: SeriesEngine, text: string, command: Command): Promise<string> {
  const [orgName, name] = [textOf(command, 'org'), textOf(command, 'name')];
  if (orgName === undefined || name === undefined) throw invalid('must provide --org and --name');
  const id = await findOrphan(store, engine, text);
  const organization = await store.findOrganizationByName(orgName);
  if (organization === undefined) throw notFound(`organization name ${JSON.stringify(orgName)} not found`);
  if ((await store.resources(bucketKind).findByName(organization.id, name)) !== undefined)
    throw conflict(`bucket with name ${name} already exists`);
  const bucket = bucketKind.build(
    { orgID: organization.id, name, description: '', retentionPolicyName: '', retentionRule: undefined },
    { id, orgID: organization.id, nowMs: Date.now(), newId: () => id },
  );
  await store.transaction((writer) => writer.resources(bucketKind).insert(bucket));
  return `The points of ${id} now belong to the bucket ${orgName}/${name}, which keeps them forever unless you set a retention period.\n`;
}

async function drop(store: Store, engine: SeriesEngine, text: string): Promise<string> {
  const id = await findOrphan(store, engine, text);
  const count = await countValues(engine, id);
  await engine.dropBucket(id);
  return `${count} values of ${id} were deleted.\n`;
}

/** For stores and points that were separated, or combined although they do not belong together. */
async function pairAnyway(command: Command): Promise<string> {
  // Whatever a library makes in the data directory is for its owner alone.
  process.umask(0o077);
  const directory = holdDataDirectory(command.config.dataDir);
  try {
    const points = seriesIn(directory.path);
    const folders = await points.list();
    const store = await openSqliteStore(directory.path);
    try {
      const named = await store.findFact('series directory');
      const isNew = !(await store.hasAnyUserOrOrganization());
      const folder = textOf(command, 'folder') ?? named ?? (isNew ? pickFolder(folders) : undefined) ?? (await findSeriesName(store));
      if (textOf(command, 'folder') !== undefined && !folders.includes(folder))
        throw notFound(`there are no points in ${points.placeOf(folder)}`);
      await store.transaction((writer) => writer.putFact('series directory', folder));
      await giveIdentity(store, points);
      return (
        `The store and the points in ${points.placeOf(folder)} are now paired.\n` +
        (isNew ? 'The store is new: the first client to call setup sets up the server.\n' : '') +
        'Points of buckets that the store does not know are kept: sluiced series list\n'
      );
    } finally {
      await store.close();
    }
  } finally {
    directory.release();
  }
}

function pickFolder(folders: readonly string[]): string | undefined {
  if (folders.length > 1) throw invalid(`there are several folders of points; choose one with --folder: ${folders.join(', ')}`);
  return folders[0];
}
