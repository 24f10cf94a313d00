/** What an install fetches, on whatever platform, is what was looked at: every package of the lock file has its digest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };
const packages = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);

describe('package-lock.json', () => {
  it('has a digest for every package, those of other platforms too', () => {
    expect(packages.length).toBeGreaterThan(400);
    expect(packages.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')).map(([path]) => path)).toEqual([]);
  });

  it('names no registry, and only the workspace as a link', () => {
    const resolved = Object.entries(lock.packages).filter((entry) => entry[1].resolved !== undefined);
    expect(resolved.map(([path, entry]) => [path, entry.resolved, entry.link])).toEqual([[expect.any(String), 'web', true]]);
  });
});
