/** The data folder of a real InfluxDB, where it lies at the place of ours: it is moved in deliberately, or left alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { SQLITE_FILE } from '../store/sqlite.js';
import { isOurBoltFile } from './bolt-file.js';

/**
 * To be asked before anything is made in the data directory.
 *
 * @throws Error where there is an InfluxDB and no store yet
 */
export function refuseInfluxdbFolder({ dataDir, values }: Pick<Config, 'dataDir' | 'values'>): void {
  if (existsSync(join(dataDir, SQLITE_FILE))) return;
  const found = [values['bolt-path'], join(dataDir, 'influxd.bolt'), join(dataDir, 'engine', 'data')].find(
    (path) => path !== '' && existsSync(path) && !isOurBoltFile(path),
  );
  if (found === undefined) return;
  throw new Error(
    `${dataDir} holds the data of an InfluxDB (${found}), and nothing of this server yet. To move it in, leaving its files as they are: ` +
      `sluiced import --influxdb ${dataDir} --data-dir ${dataDir}. To start with nothing, give another --data-dir`,
  );
}
