/** The second part of the metadata. InfluxDB stores notebooks, annotations and remotes in it; Sluice the key of the sealed values. */
import { join } from 'node:path';
import { resealRemote } from '../../auth/sealed-remote.js';
import type { Sealer } from '../../auth/sealer.js';
import type { Secret } from '../../auth/secret.js';
import { authorizeOperator } from '../../auth/operator.js';
import type { Actor } from '../../domain/actor.js';
import { invalid } from '../../domain/errors.js';
import type { Clock } from '../../domain/id.js';
import { WHOLE_LIST } from '../../domain/page.js';
import { EVERYTHING } from '../../domain/permission.js';
import type { Store } from '../../domain/store.js';
import { asProblem } from '../../import/findings.js';
import { importSqlMetadata } from '../../import/metadata.js';
import { openFile } from '../../influxdb-files/byte-source.js';
import { SqlMetadata } from '../../influxdb-files/metadata/sqlite-records.js';
import { remoteKind } from '../../kinds/remotes.js';
import { withoutPath } from '../../snapshot/faults.js';
import { readStart, recogniseSnapshot } from '../../snapshot/format.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import type { TellRestore } from './event.js';
import { receive, type Upload } from './upload.js';

/** The sealed key is small: what is longer is something else. */
const SEALED_KEY_BYTES_MAX = 4096;

export interface KeyRestoreDependencies {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly directory: string;
  readonly onEvent: TellRestore;
}

export function createKeyRestore({ store, sealer, clock, directory, onEvent }: KeyRestoreDependencies) {
  /** @param key undefined: the values cannot be opened */
  async function resealAll(actor: Actor, key: Sealer | undefined): Promise<void> {
    let lostCount = 0;
    for (const { id } of await store.listOrganizations({ readable: EVERYTHING }, WHOLE_LIST)) {
      for (const name of await store.listSecretKeys(id)) {
        const context = `${id}/${name}`;
        const sealed = await store.findSealedSecret(id, name);
        const value = sealed === undefined ? undefined : key?.tryOpen(sealed, context);
        if (value === undefined) lostCount++;
        else await store.transaction((writer) => writer.putSecret(id, name, sealer.seal(value, context)));
      }
    }
    for (const remote of await store.resources(remoteKind).list({ readable: EVERYTHING }, WHOLE_LIST)) {
      if (remote.sealedToken === '') continue;
      const resealed = resealRemote(remote, key, sealer);
      if (resealed === undefined) lostCount++;
      else await store.transaction((writer) => writer.resources(remoteKind).update(resealed));
    }
    if (lostCount > 0) onEvent(actor, { kind: 'secrets stay sealed', count: lostCount });
  }

  /** Notebooks, annotations, remotes and replications of an InfluxDB whose first part has been restored before. A store of Sluice has nothing of them. */
  async function importSql(actor: Actor, file: string): Promise<void> {
    const source = openFile(file);
    const sql = new SqlMetadata(source);
    try {
      const problems = (await importSqlMetadata(sql, store, { sealer, hashTokens: true, clock })).map(asProblem);
      if (problems.length > 0) onEvent(actor, { kind: 'left out', part: 'second part of the metadata', problems });
    } catch (error) {
      throw withoutPath(error, file);
    } finally {
      sql.close();
      source.close();
    }
  }

  /** @param token what the request came with */
  return async (actor: Actor, upload: Upload, token: Secret | undefined): Promise<void> => {
    authorizeOperator(actor);
    await withTemporaryFolder(directory, async (folder) => {
      const file = join(folder, 'upload');
      await receive(upload, file);
      const isSqlite = (await recogniseSnapshot(file)) === 'sluice';
      const key = isSqlite ? undefined : sealer.unwrapKey(await readStart(file, SEALED_KEY_BYTES_MAX), token);
      if (key === 'unknown form') throw invalid('this is no second part of a backup: neither SQLite nor the sealed key of a Sluice');
      authorizeOperator(await upload.confirm());
      if (isSqlite) await importSql(actor, file);
      else if (key !== 'own') await resealAll(actor, key);
    });
  };
}
