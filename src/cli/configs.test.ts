/** The file of connections: what is written is read again, for its owner alone, as a whole. */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activateConfig,
  activeConfig,
  DEFAULT_CONFIG,
  findConfig,
  putConfig,
  readConfigs,
  removeConfig,
  writeConfigs,
  type Config,
} from './configs.js';

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'sluice-configs-')), 'deep', 'configs');
const config = (name: string, more: Partial<Config> = {}): Config => ({ ...DEFAULT_CONFIG, name, isActive: false, ...more });
const all = (...configs: Config[]) => new Map(configs.map((each) => [each.name, each]));

describe('the file of connections', () => {
  it('is written as influx writes it, for its owner alone', async () => {
    const file = newFile();
    writeConfigs(
      file,
      all(config('b', { url: 'http://b', token: 't"\\', org: 'o', isPrevious: true }), config('a b', { isActive: true, cookie: 'eA==' })),
    );
    expect(readFileSync(file, 'utf8')).toBe(
      '["a b"]\n  url = "http://localhost:8086"\n  token = ""\n  org = ""\n  active = true\n  cookie = "eA=="\n' +
        '\n[b]\n  url = "http://b"\n  token = "t\\"\\\\"\n  org = "o"\n  previous = true\n',
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(file, '..'))).toEqual(['configs']);
    chmodSync(file, 0o644);
    writeConfigs(file, await readConfigs(file));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('gives back what was written', async () => {
    const file = newFile();
    const anyText = fc.string({ unit: 'binary' });
    const anyConfig = fc.record({
      url: anyText,
      token: anyText,
      org: anyText,
      isActive: fc.boolean(),
      isPrevious: fc.boolean(),
      cookie: anyText,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          anyText.filter((name) => name !== '' && name !== '__proto__' && !/^(-|list|update|set|delete|switch|create)$/.test(name)),
          anyConfig,
        ),
        async (sections) => {
          const configs = new Map(Object.entries(sections).map(([name, section]) => [name, { ...section, name }]));
          writeConfigs(file, configs);
          const read = await readConfigs(file);
          expect([...read.values()].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
            [...configs.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps a link a link', () => {
    const [file, link] = [newFile(), `${newFile()}-link`];
    writeConfigs(file, all(config('a')));
    writeConfigs(link.replace('-link', ''), new Map());
    symlinkSync(file, link);
    writeConfigs(link, all(config('b')));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('[b]');
  });

  it('is empty where it is not there, and says what is wrong without what is in it', async () => {
    const file = newFile();
    expect(await readConfigs(file)).toEqual(new Map());
    writeConfigs(file, new Map());
    writeFileSync(file, '[a]\ntoken = "very-secret\n');
    await expect(readConfigs(file)).rejects.toThrow(`the configs file ${file} is not valid TOML at line 2, column`);
    await expect(readConfigs(file)).rejects.not.toThrow('very-secret');
    writeFileSync(file, '[a]\ntoken = 7\n');
    await expect(readConfigs(file)).rejects.toThrow('a token of a that is no string');
    writeFileSync(file, 'token = "x"\n');
    await expect(readConfigs(file)).rejects.toThrow('has token outside of any configuration');
  });

  it('refuses names that are commands', () => {
    for (const name of ['-', 'list', 'set', 'create']) {
      expect(() => {
        writeConfigs(newFile(), all(config(name)));
      }).toThrow(`"${name}" is not a valid config name`);
    }
  });
});

describe('switching', () => {
  const three = all(config('a', { isActive: true }), config('b'), config('c'));

  it('remembers the one before', () => {
    const switched = activateConfig(three, 'c');
    expect(activeConfig(switched).name).toBe('c');
    expect(findConfig(switched, '-').name).toBe('a');
    expect(() => findConfig(three, '-')).toThrow('previous  activated config is not found');
    expect(() => findConfig(new Map(), '-')).toThrow('config "" is not found');
    expect(() => findConfig(three, 'x')).toThrow('config "x" is not found');
  });

  it('goes back when the active one is removed, and to the first where there is none before', () => {
    expect(activeConfig(removeConfig(activateConfig(three, 'c'), 'c')).name).toBe('a');
    expect(activeConfig(removeConfig(three, 'a')).name).toBe('b');
    expect(activeConfig(removeConfig(three, 'b')).name).toBe('a');
    expect(activeConfig(removeConfig(all(config('a', { isActive: true })), 'a'))).toBe(DEFAULT_CONFIG);
    expect(putConfig(three, config('d')).size).toBe(4);
  });
});
