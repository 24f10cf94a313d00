/** One folder for what the servers of a test run leave behind: their logs and data, and the secrets that were used on them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTIFACTS_VARIABLE } from './artifacts.js';

export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  process.env[ARTIFACTS_VARIABLE] = directory;
  return () => {
    rmSync(directory, { recursive: true, force: true });
  };
}
