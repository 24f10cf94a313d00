/** After all other tests: no secret that they used stands in any log, or in any file of a data directory. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DERIVED_TOKEN_PATTERN, parseDerivedToken } from '../../src/auth/derived-tokens.js';
import { isPrefixedToken, PREFIXED_TOKEN_PATTERN } from '../../src/auth/prefixed-tokens.js';
import { artifactsDirectory, PLAIN_FILE, SECRETS_FILE } from '../support/artifacts.js';

function filesBelow(directory: string): string[] {
  const isPlain = existsSync(join(directory, PLAIN_FILE));
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return isPlain && name === 'data' ? [] : filesBelow(path);
    return [path];
  });
}

/** Finds many texts in one pass over the bytes, by their first three: the time does not grow with the number of texts. */
function finder(texts: Iterable<string>): (bytes: Buffer) => Set<string> {
  const starts = new Map<number, { text: string; bytes: Buffer }[]>();
  const isStart = new Uint8Array(1 << 24);
  for (const text of texts) {
    const bytes = Buffer.from(text);
    if (bytes.length < 3) throw new RangeError('a secret of less than three bytes would be found everywhere');
    const start = bytes.readUIntBE(0, 3);
    isStart[start] = 1;
    starts.set(start, [...(starts.get(start) ?? []), { text, bytes }]);
  }
  return (bytes) => {
    const found = new Set<string>();
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      start = ((start << 8) | (bytes[i] ?? 0)) & 0xffffff;
      if (isStart[start] === 0 || i < 2) continue;
      for (const one of starts.get(start) ?? []) {
        if (bytes.compare(one.bytes, 0, one.bytes.length, i - 2, Math.min(i - 2 + one.bytes.length, bytes.length)) === 0)
          found.add(one.text);
      }
    }
    return found;
  };
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

  it('are found by the search, wherever they begin and end', () => {
    const find = finder(['aab', 'abc', 'c==']);
    expect([...find(Buffer.from('aabc=='))].sort()).toEqual(['aab', 'abc', 'c==']);
    expect([...find(Buffer.from('ab'))]).toEqual([]);
    expect([...find(Buffer.from('aaab'))]).toEqual(['aab']);
  });

  it('stand nowhere, not even prefixed tokens that nobody noted', () => {
    const found = files.flatMap((file) => {
      const text = readFileSync(file, 'latin1');
      const tokens = text.match(new RegExp(PREFIXED_TOKEN_PATTERN, 'g')) ?? [];
      const derived = (text.match(new RegExp(DERIVED_TOKEN_PATTERN, 'g')) ?? []).filter((each) => parseDerivedToken(each) !== undefined);
      return [...tokens.filter(isPrefixedToken), ...derived].map((token) => `${token.slice(0, 8)}… in ${relative(root, file)}`);
    });
    expect(found).toEqual([]);
  });

  it('stand nowhere', { timeout: 120_000 }, () => {
    const find = finder(secrets.keys());
    const found: string[] = [];
    for (const file of files) {
      for (const hit of find(readFileSync(file))) found.push(`${secrets.get(hit)} in ${relative(root, file)}`);
    }
    expect(found).toEqual([]);
  });
});
