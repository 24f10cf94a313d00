/** Where tests put what a server leaves behind, and the list of secrets that must be found nowhere in it. */
import { appendFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

export const ARTIFACTS_VARIABLE = 'SLUICE_TEST_ARTIFACTS';
export const SECRETS_FILE = 'secrets.jsonl';
/** Stands beside `data` where a server was run with hashing off, and so keeps tokens in the clear. */
export const PLAIN_FILE = 'plain';

export function artifactsDirectory(): string {
  const directory = process.env[ARTIFACTS_VARIABLE];
  if (directory === undefined) throw new Error(`${ARTIFACTS_VARIABLE} is not set: run the tests with vitest`);
  return directory;
}

/** A folder for one server: its data lie in `data`, its log is `log`. */
export const newServerDirectory = (): string => mkdtempSync(join(artifactsDirectory(), 'server-'));

/** @param where for the report, when it is found where it should not be */
export function noteSecret(secret: string, where: string): string {
  appendFileSync(join(artifactsDirectory(), SECRETS_FILE), `${JSON.stringify({ secret, where })}\n`);
  return secret;
}
