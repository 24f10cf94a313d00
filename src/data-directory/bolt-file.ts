/** A file where InfluxDB would have its BoltDB: scripts around InfluxDB look whether it is there, and do nothing else with it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const BEGIN = 'This is no BoltDB file, but a sign for scripts that the server is set up. ';
/** A real one is large. */
const LENGTH_MAX = 10_000;

export function isOurBoltFile(path: string): boolean {
  try {
    const content = readFileSync(path);
    return content.length <= LENGTH_MAX && content.toString('utf8').startsWith(BEGIN);
  } catch {
    return false;
  }
}

export function writeOurBoltFile(path: string, dataDirectory: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${BEGIN}Sluice stores its data in ${dataDirectory}.\n`, { mode: 0o600 });
}
