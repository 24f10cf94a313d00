/** The metadata of a backup as a store of this version, in a file of its own: the server restores it, the command line looks into it first. */
import { join } from 'node:path';
import type { Sealer } from '../auth/sealer.js';
import { invalid } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';
import type { FileStore } from '../domain/store-file.js';
import { asProblem } from '../import/findings.js';
import { importMetadata } from '../import/metadata.js';
import { openFile } from '../influxdb-files/byte-source.js';
import { openMetadata } from '../influxdb-files/metadata/metadata.js';
import type { Problem } from '../influxdb-files/problem.js';
import { refuseUnread } from './check-store.js';
import { withoutPath } from './faults.js';
import { recogniseSnapshot } from './format.js';

export interface SnapshotDependencies {
  /** Opens the store in a file, which is made where it is missing. */
  readonly openStore: (directory: string, name: string) => Promise<FileStore>;
  /** Opens one that came from elsewhere and brings it up to date; it throws for what is none. */
  readonly adoptStore: (directory: string, name: string) => Promise<FileStore>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Told what an InfluxDB has and this server does not. */
  readonly onLeftOut: (problems: readonly Problem[]) => void;
}

/**
 * @param folder where the file lies, and where another one may be made; both are changed
 * @throws DomainError `invalid` for what is no metadata, or damaged
 */
export async function prepareStore(folder: string, name: string, dependencies: SnapshotDependencies): Promise<FileStore> {
  const file = join(folder, name);
  switch (await recogniseSnapshot(file)) {
    case 'sluice':
      try {
        return await dependencies.adoptStore(folder, name);
      } catch (cause) {
        throw invalid('the metadata of the backup cannot be read: it is damaged, no store, or of a newer version', { cause });
      }
    case 'influxdb':
      return importInfluxdb(file, folder, dependencies);
    case 'unknown':
      throw invalid('this is no metadata of a backup: neither a store of Sluice nor the bolt file of an InfluxDB 2.x');
  }
}

async function importInfluxdb(
  file: string,
  folder: string,
  { openStore, sealer, clock, onLeftOut }: SnapshotDependencies,
): Promise<FileStore> {
  const prepared = await openStore(folder, 'prepared');
  try {
    const problems: Problem[] = [];
    const source = openFile(file);
    try {
      const metadata = openMetadata(source, (problem) => problems.push(problem));
      metadata.readEverything();
      // In the clear at first: who restores is told one, whose owner gave it to this server just now.
      const report = await importMetadata(metadata, undefined, prepared, { sealer, hashTokens: false, clock });
      refuseUnread(problems);
      problems.push(...[...report.leftOut, ...report.changed].map(asProblem));
      for (const { kind, count } of report.leftovers) problems.push({ kind, key: String(count), reason: 'they are not taken over' });
    } finally {
      source.close();
    }
    if (problems.length > 0) onLeftOut(problems);
    // They are among what came in another way than it was.
    await prepared.transaction((writer) => writer.putFact('narrowed permissions', 'told'));
    return prepared;
  } catch (error) {
    await prepared.close();
    throw withoutPath(error, file);
  }
}
