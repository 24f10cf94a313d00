/** After all other tests: no secret that they used stands in any log, or in any file of a data directory. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artifactsDirectory, PLAIN_FILE, SECRETS_FILE } from '../support/artifacts.js';

/** What the server generates: 64 bytes in base64. */
const GENERATED = /[A-Za-z0-9_-]{86}==/g;

function filesBelow(directory: string): string[] {
  const isPlain = existsSync(join(directory, PLAIN_FILE));
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return isPlain && name === 'data' ? [] : filesBelow(path);
    return [path];
  });
}

describe('the secrets of all tests', () => {
  const root = artifactsDirectory();
  const list = join(root, SECRETS_FILE);
  const secrets = new Map<string, string>();
  for (const line of existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : []) {
    const { secret, where } = JSON.parse(line) as { secret: string; where: string };
    secrets.set(secret, where);
  }
  const files = filesBelow(root).filter((file) => file !== list);

  it('are many, and so are the places where they could be', () => {
    expect(secrets.size).toBeGreaterThan(100);
    expect(files.some((file) => file.endsWith('/log'))).toBe(true);
    expect(files.some((file) => file.endsWith('sluice.sqlite'))).toBe(true);
  });

  it('stand nowhere', () => {
    const chosen = [...secrets.keys()].filter((secret) => !secret.match(GENERATED));
    const found: string[] = [];
    for (const file of files) {
      const bytes = readFileSync(file);
      const hits = [
        ...(bytes.toString('latin1').match(GENERATED) ?? []).filter((text) => secrets.has(text)),
        ...chosen.filter((secret) => bytes.includes(secret)),
      ];
      found.push(...hits.map((hit) => `${secrets.get(hit)} in ${relative(root, file)}`));
    }
    expect(found).toEqual([]);
  });
});
