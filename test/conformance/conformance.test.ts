/** Holds the recorded conversations with the built server. What differs is listed in differences.json, step by step, with the reason. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { newServerDirectory, noteSecret, PLAIN_FILE } from '../support/artifacts.js';

const HERE = import.meta.dirname;
const PROJECT = join(HERE, '../..');
const CASES = join(HERE, 'cases');
const TIMEOUT_MS = 10 * 60_000;
const SECOND_TRIES_MAX = 5;

interface CaseReport {
  readonly name: string;
  readonly checked: number;
  readonly failures: readonly { readonly step: string; readonly why: string }[];
}

/** Case -> number of the step -> why it differs. */
const differences = JSON.parse(readFileSync(join(HERE, 'differences.json'), 'utf8')) as Record<string, Record<string, string>>;
const names = readdirSync(CASES).map((file) => file.replace(/\.json$/, ''));

describe('recorded conversations with InfluxDB 2.9.1', () => {
  const reports = new Map<string, CaseReport>();

  /** It exits with 1 when a step differs; which ones may is decided below. */
  async function replay(...args: string[]): Promise<void> {
    const directory = newServerDirectory();
    const file = join(directory, 'report.json');
    const program = [join(HERE, 'replay.mjs'), '--target', join(HERE, 'target.json'), '--quiet', '--keep', directory, '--report', file];
    await promisify(execFile)(process.execPath, [...program, ...args, CASES], { cwd: PROJECT }).catch(() => undefined);
    for (const report of JSON.parse(readFileSync(file, 'utf8')) as CaseReport[]) reports.set(report.name, report);
    // It shows answers, those that hold a token included.
    rmSync(file);
    noteSecretsOf(directory);
  }

  const hasUnexpected = ({ name, failures }: CaseReport): boolean =>
    failures.some(({ step }) => differences[name]?.[/^\d+/.exec(step)?.[0] ?? step] === undefined);

  beforeAll(async () => {
    await replay('--jobs', '3');
    // Some wait a fixed time for something that the server does by itself, which a busy machine may not manage: those have a second try, alone.
    const again = [...reports.values()].filter(hasUnexpected).slice(0, SECOND_TRIES_MAX);
    for (const { name } of again) await replay('--jobs', '1', '--only', name);
  }, TIMEOUT_MS);

  it.each(names)('%s', (name) => {
    const report = reports.get(name);
    const differing = new Map(report?.failures.map(({ step, why }) => [/^\d+/.exec(step)?.[0] ?? step, `${step}: ${why}`]));
    const expected = differences[name] ?? {};
    expect([...differing].filter(([step]) => expected[step] === undefined).map(([, why]) => why)).toEqual([]);
    // A difference that is gone must leave the list, too.
    expect(Object.keys(expected).filter((step) => !differing.has(step))).toEqual([]);
    expect(report?.checked).toBeGreaterThan(0);
  });

  it('lists no difference of a case that does not exist', () => {
    expect(Object.keys(differences).filter((name) => !names.includes(name))).toEqual([]);
  });
});

/** For the test that looks for them in logs and data when all is done. */
function noteSecretsOf(directory: string): void {
  for (const name of readdirSync(directory)) {
    const file = join(directory, name, 'secrets.json');
    if (!existsSync(file)) continue;
    const { mayBePlain, secrets } = JSON.parse(readFileSync(file, 'utf8')) as { mayBePlain: boolean; secrets: string[] };
    // Where the command line keeps tokens for its user, in the clear.
    for (const place of [file, join(directory, name, 'home'), join(directory, name, 'cli')])
      rmSync(place, { recursive: true, force: true });
    for (const secret of secrets) noteSecret(secret, `a conversation in ${name}`);
    if (mayBePlain) writeFileSync(join(directory, name, PLAIN_FILE), '');
  }
}
