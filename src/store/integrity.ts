/** Looks for damage in the file of the metadata store, in a thread of its own: a large store takes seconds. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Lines that are told of one check. */
const FAULTS_MAX = 10;
/** At the lowest priority: nothing waits for it. */
const NICENESS = 19;

const SCRIPT = `
const { parentPort, workerData } = require('node:worker_threads');
if (process.platform === 'linux') require('node:os').setPriority(0, ${NICENESS});
const Sqlite = require(workerData.sqlite);
let faults;
try {
  const database = new Sqlite(workerData.file, { readonly: true });
  faults = database.pragma('quick_check(${FAULTS_MAX})').map((row) => row.quick_check).filter((text) => text !== 'ok');
  database.close();
} catch (error) {
  faults = [error.message];
}
parentPort.postMessage(faults);
`;

export interface IntegrityCheck {
  /** What SQLite finds wrong, in its words; nothing where all is well, and where the check was stopped. */
  readonly faults: Promise<readonly string[]>;
  stop(): Promise<void>;
}

export function checkIntegrity(file: string): IntegrityCheck {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  const worker = new Worker(SCRIPT, { eval: true, workerData: { file, sqlite } });
  worker.unref();
  const faults = new Promise<readonly string[]>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => {
      resolve([]);
    });
  });
  return {
    faults,
    async stop() {
      await worker.terminate();
    },
  };
}
