/** The file that `--pid-file` names: service managers and scripts find the process by it. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** World-readable: a service manager need not own the data. */
const MODE = 0o644;

/**
 * @returns takes the file away again
 * @throws Error where the file names another process that runs; InfluxDB refuses also what a crash left behind
 */
export function writePidFile(path: string, mayOverwrite: boolean): () => void {
  const found = readPid(path);
  if (!mayOverwrite && found !== undefined && found !== process.pid && isRunning(found))
    throw new Error(
      `the file ${path} that --pid-file names belongs to process ${found}, which is running; --overwrite-pid-file takes it over`,
    );
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, `${process.pid}\n`);
    chmodSync(path, MODE);
  } catch (cause) {
    throw new Error(`the file ${path} that --pid-file names cannot be written`, { cause });
  }
  return () => {
    if (readPid(path) === process.pid) rmSync(path, { force: true });
  };
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There it is, though not ours.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
