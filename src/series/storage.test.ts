import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type { SeriesStorage } from '../domain/series-storage.js';
import { seriesFolders } from './storage.js';

const IDENTITY = '0123456789abcdef0123456789abcdef';

describe('folders of points', () => {
  let directory: string;
  let points: SeriesStorage;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'storage-'));
    points = seriesFolders(directory, { memoryLimitBytes: 2 ** 27, threads: 1, onEvent: () => undefined });
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('are used once an engine was opened, and not by an identity alone', async () => {
    await points.putIdentity('series', IDENTITY);
    expect(await points.isUsed('series')).toBe(false);
    expect(await points.list()).toEqual([]);
    const engine = await points.open('series-2');
    expect(await engine.listBuckets()).toEqual([]);
    expect(await engine.fieldType('0000000000000001' as BucketId, 'm', 'f')).toBeUndefined();
    await engine.close();
    expect(await points.list()).toEqual(['series-2']);
    await points.remove('series-2');
    expect(await points.list()).toEqual([]);
    expect(readdirSync(directory)).toEqual(['series']);
  });

  it('carry an identity for their owner alone, and say when it is damaged', async () => {
    expect(await points.findIdentity('series')).toEqual({ kind: 'none' });
    await points.putIdentity('series', IDENTITY);
    expect(await points.findIdentity('series')).toEqual({ kind: 'known', identity: IDENTITY });
    for (const name of ['', 'identity']) expect(statSync(join(directory, 'series', name)).mode & 0o077).toBe(0);
    writeFileSync(join(directory, 'series', 'identity'), IDENTITY.slice(1));
    expect(await points.findIdentity('series')).toEqual({ kind: 'damaged' });
  });

  it('are those whose names say so, in a directory that may be missing', async () => {
    for (const name of ['other', 'series.old', 'series-3']) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'log-1'), '');
    }
    expect(await points.list()).toEqual(['series-3']);
    const missing = seriesFolders(join(directory, 'missing'), { memoryLimitBytes: 2 ** 27, threads: 1, onEvent: () => undefined });
    expect(await missing.list()).toEqual([]);
    expect(await missing.isUsed('series')).toBe(false);
  });
});
