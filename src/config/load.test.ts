/** Every source of configuration is read, in its order of precedence, and everything wrong stops the start with its name. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { ConfigError } from './config-error.js';
import { parseFlags } from './flags.js';
import { helpText } from './help.js';
import { loadConfig, resolveConfig } from './load.js';
import { OPTIONS, type Option, type OptionName } from './options.js';
import { configForApi, printConfig } from './print.js';

interface Case {
  readonly argv?: string[];
  readonly env?: Record<string, string>;
  /** By path; the working directory is /cwd, the home folder /home/ann. */
  readonly files?: Record<string, string>;
}

function load({ argv = [], env = {}, files = {} }: Case) {
  const readFile = (path: string): string => {
    const text = files[path];
    if (text !== undefined) return text;
    const isFolder = Object.keys(files).some((file) => file.startsWith(`${path}/`));
    throw Object.assign(new Error(`cannot read ${path}`), { code: isFolder ? 'EISDIR' : 'ENOENT' });
  };
  return loadConfig({ argv, env, cwd: '/cwd', homeDir: '/home/ann', readFile });
}

const messageOf = (input: Case): string => {
  try {
    load(input);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('it was accepted');
};

describe('defaults', () => {
  it('are those of InfluxDB, and ours', () => {
    const { values, ...config } = load({}).config;
    expect(config).toEqual({
      dataDir: '/home/ann/.sluice',
      httpBindAddress: { host: '', port: 8086 },
      httpReadHeaderTimeoutMs: 10_000,
      httpReadTimeoutMs: 0,
      httpWriteTimeoutMs: 0,
      httpBodyTimeoutMs: 60_000,
      httpIdleTimeoutMs: 180_000,
      trustedProxies: [],
      outgoingAllow: [],
      tls: undefined,
      useHashedTokens: true,
      tokenFormat: 'influxdb',
      tokenPepperFile: '',
      expiredTokenRetentionMs: 30 * 86_400_000,
      auditRetentionMs: 400 * 86_400_000,
      strongPasswords: false,
      sessionLengthMinutes: 60,
      sessionRenewDisabled: false,
      engineMemoryBytes: 0,
      queryMemoryBytes: 268_435_456,
      queryMaxMemoryBytes: 536_870_912,
      queryTimeoutMs: 600_000,
      queryThreads: Math.min(9, Math.max(3, availableParallelism() + 1)),
      queryQueueSize: 1024,
      writeBodyBytesMax: 52_428_800,
      logLevel: 'info',
      metricsDisabled: false,
      pidFile: '',
      overwritePidFile: false,
      uiDisabled: false,
    });
    expect(Object.keys(values)).toEqual(OPTIONS.map(({ name }) => name));
  });

  it('ignore nothing and read no file', () => {
    expect(load({})).toMatchObject({ ignored: [], filePath: undefined, helpRequested: false });
  });
});

describe('the table of options', () => {
  const names = OPTIONS.map(({ name }) => name);

  it('has each name once, in lower case', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  const valueOf = (option: Option): string => {
    switch (option.kind) {
      case 'bool':
        return option.default === 'true' || option.refused ? 'false' : 'true';
      case 'enum':
        return option.choices?.at(-1) ?? '';
      case 'address':
        return ':1';
      case 'cidrs':
      case 'places':
        return '::1';
      case 'map':
        return 'a=b';
      case 'path':
      case 'string':
        return '/x';
      case 'duration':
      case 'timeout':
        return '7s';
      case 'int':
      case 'size':
        return '7';
    }
  };

  it.each(OPTIONS.map((option): [string, Option] => [option.name, option]))('%s is a flag, two variables and a key', (name, option) => {
    const value = valueOf(option);
    const variable = name.toUpperCase().replaceAll('-', '_');
    const otherHalf = { 'tls-cert': ['--tls-key=/k'], 'tls-key': ['--tls-cert=/c'] }[name] ?? [];
    const byFlag = load({ argv: [...otherHalf, `--${name}=${value}`] });
    const dataDirBy = expect.any(String) as string;
    expect(load({ argv: otherHalf, env: { [`SLUICED_${variable}`]: value } })).toEqual({ ...byFlag, dataDirBy });
    expect(load({ argv: otherHalf, env: { [`INFLUXD_${variable}`]: value } })).toEqual({ ...byFlag, dataDirBy });
    expect(load({ argv: otherHalf, files: { '/cwd/config.yaml': `${name}: "${value}"` } })).toEqual({
      ...byFlag,
      dataDirBy,
      filePath: '/cwd/config.yaml',
    });
    expect(byFlag.ignored).toEqual(option.ignored ? [name] : []);
    const shown = byFlag.config.values[name as OptionName];
    if (!option.refused?.['true']) expect(shown).not.toEqual(load({}).config.values[name as OptionName]);
  });
});

describe('precedence', () => {
  const files = { '/cwd/config.yaml': 'session-length: 1' };
  it.each<[string, Case, number]>([
    ['the file over the default', { files }, 1],
    ['INFLUXD_ over the file', { files, env: { INFLUXD_SESSION_LENGTH: '2' } }, 2],
    ['SLUICED_ over INFLUXD_', { files, env: { SLUICED_SESSION_LENGTH: '3', INFLUXD_SESSION_LENGTH: '2' } }, 3],
    ['a flag over all', { files, env: { SLUICED_SESSION_LENGTH: '3' }, argv: ['--session-length=4'] }, 4],
    ['the last flag', { argv: ['--session-length=4', '--session-length', '5'] }, 5],
    ['no empty variable', { files, env: { SLUICED_SESSION_LENGTH: '', INFLUXD_SESSION_LENGTH: '' } }, 1],
  ])('%s', (_, input, minutes) => {
    expect(load(input).config.sessionLengthMinutes).toBe(minutes);
  });

  it('lets a false win over a true', () => {
    const env = { INFLUXD_USE_HASHED_TOKENS: 'false' };
    expect(load({ env }).config.useHashedTokens).toBe(false);
    expect(load({ env, argv: ['--use-hashed-tokens'] }).config.useHashedTokens).toBe(true);
    expect(load({ env: { INFLUXD_UI_DISABLED: '1' }, argv: ['--ui-disabled=F'] }).config.uiDisabled).toBe(false);
  });

  it('adds up lists that are given more than once as flags, and only those', () => {
    expect(load({ argv: ['--trusted-proxies=10.0.0.0/8,::1', '--trusted-proxies', '192.168.1.7'] }).config.trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1/128',
      '192.168.1.7/32',
    ]);
    expect(load({ env: { SLUICED_TRUSTED_PROXIES: '::1' }, argv: ['--trusted-proxies='] }).config.trustedProxies).toEqual([]);
    expect(load({ argv: ['--feature-flags=a=1,b=2', '--feature-flags=b=3'] }).config.values['feature-flags']).toEqual({ a: '1', b: '3' });
  });

  it('checks what is allowed of the winner only, so that an inherited value can be overruled', () => {
    const env = { INFLUXD_TLS_MIN_VERSION: '1.0', INFLUXD_SESSION_LENGTH: '0', INFLUXD_TESTING_ALWAYS_ALLOW_SETUP: 'true' };
    const argv = ['--tls-min-version=1.3', '--session-length=5', '--testing-always-allow-setup=false'];
    expect(load({ env, argv }).config.sessionLengthMinutes).toBe(5);
  });

  it('checks the form of a value also where another wins', () => {
    expect(messageOf({ env: { INFLUXD_SESSION_LENGTH: 'abc' }, argv: ['--session-length=5'] })).toContain('INFLUXD_SESSION_LENGTH');
  });
});

describe('values', () => {
  it.each<[string[], object]>([
    [['--http-read-timeout=1m30s'], { httpReadTimeoutMs: 90_000 }],
    [['--http-write-timeout=0'], { httpWriteTimeoutMs: 0 }],
    [['--query-timeout=1.0000001s'], { queryTimeoutMs: 1_001 }],
    [['--query-timeout=596h'], { queryTimeoutMs: 2_145_600_000 }],
    [['--engine-memory-bytes=1GiB'], { engineMemoryBytes: 1_073_741_824 }],
    [['--query-memory-bytes=1GiB'], { queryMemoryBytes: 1_073_741_824 }],
    [['--query-memory-bytes=9223372036854775807'], { queryMemoryBytes: 2 ** 63 }],
    [['--write-body-bytes-max=25m'], { writeBodyBytesMax: 25_000_000 }],
    [['--http-bind-address=127.0.0.1:0'], { httpBindAddress: { host: '127.0.0.1', port: 0 } }],
    [['--data-dir=data'], { dataDir: '/cwd/data' }],
    [['--data-dir=constructor'], { dataDir: '/cwd/constructor' }],
    [['--data-dir=~/data'], { dataDir: '/home/ann/data' }],
    [['--data-dir=~'], { dataDir: '/home/ann' }],
    [['--data-dir=/var/lib/sluice/'], { dataDir: '/var/lib/sluice' }],
    [['--log-level=DEBUG'], { logLevel: 'debug' }],
    [
      ['--tls-cert=cert.pem', '--tls-key=~/key.pem'],
      { tls: { certPath: '/cwd/cert.pem', keyPath: '/home/ann/key.pem', minVersion: '1.2', strictCiphers: false } },
    ],
    [
      ['--tls-cert=/c', '--tls-key=/k', '--tls-min-version=1.3', '--tls-strict-ciphers'],
      { tls: { certPath: '/c', keyPath: '/k', minVersion: '1.3', strictCiphers: true } },
    ],
    [['--tls-cert=', '--tls-key='], { tls: undefined }],
  ])('%j', (argv, expected) => {
    expect(load({ argv }).config).toMatchObject(expected);
  });

  it.each<[string, RegExp]>([
    ['--session-length=0', /^invalid argument "0" for "--session-length" flag: must be at least 1\n/],
    ['--session-length=-1', /must be at least 1/],
    ['--session-length=2147483648', /must be at most 2147483647/],
    ['--session-length=1.5', /must be a whole number/],
    ['--session-length=010', /must be a whole number/],
    ['--session-length=9007199254740993', /must be a whole number/],
    ['--query-memory-bytes=-1', /must be at least 0/],
    ['--query-concurrency=-1', /must be at least 0/],
    ['--write-body-bytes-max=0', /must be at least 1/],
    ['--write-body-bytes-max=8EB', /must be at most/],
    ['--storage-cache-max-memory-size=lots', /must be a number of bytes/],
    ['--http-idle-timeout=180ns', /must be 0 for none, or from 1ms to 596h31m23\.647s/],
    ['--http-idle-timeout=-1s', /must be 0 for none/],
    ['--http-idle-timeout=597h', /must be 0 for none/],
    ['--tls-min-version=1.0', /^invalid argument "1\.0" for "--tls-min-version" flag: it is obsolete and unsafe .*use 1\.2 or 1\.3/],
    ['--tls-min-version=1.1', /obsolete/],
    ['--tls-min-version=1.4', /must be one of 1\.2, 1\.3/],
    ['--tls-min-version=constructor', /must be one of/],
    ['--tls-cert=/c', /^invalid argument "\/c" for "--tls-cert" flag: it needs tls-key beside it/],
    ['--tls-key=/k', /^invalid argument "\/k" for "--tls-key" flag: it needs tls-cert beside it/],
    ['--data-dir=', /name a folder/],
    ['--http-bind-address=8086', /has no port/],
    ['--store=etcd', /must be one of disk, memory, bolt/],
    ['--testing-always-allow-setup', /^invalid argument "true" for "--testing-always-allow-setup" flag: it would let anyone take over/],
    ['--trusted-proxies=10.0.0.0/33', /must be networks/],
    ['--trusted-proxies=::1/129', /must be networks/],
    ['--trusted-proxies=proxy.example.org', /must be networks/],
    ['--trusted-proxies=fe80::1%eth0', /must be networks/],
    ['--trusted-proxies=10.0.0.0/8/8', /must be networks/],
    ['--outgoing-allow=https://example.com', /without a scheme/],
    ['--outgoing-allow=example.com/path', /must be hosts or networks/],
    ['--outgoing-allow=*', /0\.0\.0\.0\/0,::\/0 are all public addresses/],
    ['--outgoing-allow=*.', /must be hosts or networks/],
    ['--outgoing-allow=a.*.com', /must be hosts or networks/],
    ['--outgoing-allow=user@example.com', /must be hosts or networks/],
    ['--outgoing-allow=example.com:0', /ports from 1 to 65535/],
    ['--outgoing-allow=example.com:65536', /ports from 1 to 65535/],
    ['--outgoing-allow=10.0.0.0/33', /at most 32 bits/],
    ['--outgoing-allow=fe80::1%eth0', /must be hosts or networks/],
    ['--outgoing-allow=::ffff:10.0.0.0/104', /in the form 10\.0\.0\.0\/8/],
    ['--outgoing-allow=127.1', /must be hosts or networks/],
    ['--feature-flags=on', /name=value/],
    ['--feature-flags={"a":', /JSON object/],
    ['--feature-flags={"a":[]}', /simple values/],
  ])('refuses %s', (flag, message) => {
    expect(messageOf({ argv: [flag] })).toMatch(message);
  });

  it('refuses half a TLS pair by the name of its source', () => {
    expect(messageOf({ env: { INFLUXD_TLS_CERT: '/c' } })).toMatch(/"\/c" in the environment variable INFLUXD_TLS_CERT: it needs tls-key/);
  });

  it('refuses what is no flag', () => {
    expect(messageOf({ argv: ['serve'] })).toBe('unknown command "serve" for "sluiced"\nSee \'sluiced -h\' for help');
  });
});

describe('environment', () => {
  it.each<[Record<string, string>, string]>([
    [
      { INFLUXD_USE_HASHED_TOKENS: 'maybe' },
      'invalid value "maybe" in the environment variable INFLUXD_USE_HASHED_TOKENS: must be true or false',
    ],
    [
      { SLUICED_USE_HASHED_TOKEN: 'false' },
      'unknown environment variable: SLUICED_USE_HASHED_TOKEN (did you mean SLUICED_USE_HASHED_TOKENS?); ' +
        'correct the spelling or unset',
    ],
    [
      { INFLUXD_SESION_LENGTH: '5', SLUICED_QUUX: '1' },
      'unknown environment variables: INFLUXD_SESION_LENGTH (did you mean INFLUXD_SESSION_LENGTH?), SLUICED_QUUX; ' +
        'correct the spelling or unset',
    ],
    [{ SLUICED_PORT: '8086' }, 'unknown environment variable: SLUICED_PORT; correct the spelling or unset'],
    [
      { INFLUXD_NATS_PORT: 'tcp://10.0.0.1:1' },
      'invalid value "tcp://10.0.0.1:1" in the environment variable INFLUXD_NATS_PORT: must be a whole number',
    ],
    [
      { INFLUXD_TESTING_ALWAYS_ALLOW_SETUP: 'true' },
      'invalid value "true" in the environment variable INFLUXD_TESTING_ALWAYS_ALLOW_SETUP: ' +
        'it would let anyone take over this server by setting it up again: remove it',
    ],
  ])('refuses %j', (env, message) => {
    expect(messageOf({ env })).toBe(message);
  });

  it('leaves to others what is theirs', () => {
    const env = {
      DOCKER_INFLUXDB_INIT_MODE: 'setup',
      INFLUX_TOKEN: 'x',
      INFLUXDB_VERSION: '2.9.1',
      INFLUXD_INIT_PORT: '9999',
      INFLUXD_INIT_PING_ATTEMPTS: '600',
      SLUICED_PORT: 'tcp://10.0.0.1:8086',
      SLUICED_SERVICE_HOST: '10.0.0.1',
      SLUICED_SERVICE_PORT: '8086',
      SLUICED_SERVICE_PORT_HTTP: '8086',
      SLUICED_PORT_8086_TCP: 'tcp://10.0.0.1:8086',
      SLUICED_PORT_8086_TCP_PROTO: 'tcp',
      SLUICED_PORT_8086_TCP_PORT: '8086',
      SLUICED_PORT_8086_TCP_ADDR: '10.0.0.1',
      INFLUXD_BACKUP_SERVICE_HOST: '10.0.0.2',
      SLUICED_: '',
    };
    expect(load({ env }).config).toEqual(load({}).config);
  });

  it('reads feature flags as JSON, as InfluxDB does', () => {
    const env = { INFLUXD_FEATURE_FLAGS: '{"a":"x","b":true,"__proto__":"y"}' };
    expect(Object.entries(load({ env }).config.values['feature-flags'])).toEqual([
      ['a', 'x'],
      ['b', 'true'],
      ['__proto__', 'y'],
    ]);
  });
});

describe('configuration file', () => {
  it.each<[string, string]>([
    [
      'config.yaml',
      'session-length: 30\nui-disabled: true\nquery-timeout: 1m\ntrusted-proxies: [10.0.0.0/8, "::1"]\ntls-min-version: 1.3\n',
    ],
    [
      'config.yml',
      'Session-Length: "30"\nui-disabled: "T"\nquery-timeout: 60000000000\ntrusted-proxies: 10.0.0.0/8,::1\ntls-min-version: "1.3"',
    ],
    [
      'config.toml',
      'session-length = 30\nui-disabled = true\nquery-timeout = "1m"\ntrusted-proxies = ["10.0.0.0/8", "::1"]\ntls-min-version = 1.3',
    ],
    [
      'config.json',
      '{\n\t"session-length": 30,\n\t"ui-disabled": true,\n\t"query-timeout": 60000000000, "trusted-proxies": ["10.0.0.0/8", "::1"], "tls-min-version": "1.3"}',
    ],
  ])('%s in the working directory', (name, text) => {
    const { config, filePath } = load({ files: { [`/cwd/${name}`]: text } });
    expect(filePath).toBe(`/cwd/${name}`);
    expect(config).toMatchObject({
      sessionLengthMinutes: 30,
      uiDisabled: true,
      queryTimeoutMs: 60_000,
      trustedProxies: ['10.0.0.0/8', '::1/128'],
    });
    expect(config.values['tls-min-version']).toBe('1.3');
  });

  it.each([
    ['', 60],
    ['# nothing\n', 60],
    ['session-length:\n', 60],
    ['session-length: ~', 60],
    ['\uFEFFsession-length: 7', 7],
  ])('takes the YAML %j', (text, minutes) => {
    expect(load({ files: { '/cwd/config.yaml': text } }).config.sessionLengthMinutes).toBe(minutes);
  });

  it('keeps large integers exact', () => {
    for (const [name, text] of [
      ['yaml', 'query-memory-bytes: 9223372036854775807'],
      ['toml', 'query-memory-bytes = 9223372036854775807'],
      ['json', '{"query-memory-bytes": 9223372036854775807}'],
    ] as const) {
      expect(load({ files: { [`/cwd/config.${name}`]: text } }).config.values['query-memory-bytes']).toBe(2n ** 63n - 1n);
    }
  });

  it('is the first of json, toml, yaml and yml, in the working directory and in a named folder', () => {
    const texts: Record<string, string> = {
      'config.json': '{"session-length": 1}',
      'config.toml': 'session-length = 2',
      'config.yaml': 'session-length: 3',
      'config.yml': 'session-length: 4',
    };
    for (const [folder, env] of [
      ['/cwd', {}],
      ['/etc/sluice.d', { SLUICED_CONFIG_PATH: '/etc/sluice.d' }],
    ] as const) {
      const left = Object.entries(texts);
      for (let minutes = 1; minutes <= 4; minutes++) {
        const files = Object.fromEntries(left.map(([name, text]) => [`${folder}/${name}`, text]));
        expect(load({ env, files }).config.sessionLengthMinutes).toBe(minutes);
        left.shift();
      }
    }
  });

  it.each<[Record<string, string>, string]>([
    [{ SLUICED_CONFIG_PATH: '/etc/a.YAML' }, '/etc/a.YAML'],
    [{ INFLUXD_CONFIG_PATH: '/etc/b.toml' }, '/etc/b.toml'],
    [{ SLUICED_CONFIG_PATH: '/etc/a.YAML', INFLUXD_CONFIG_PATH: '/nowhere' }, '/etc/a.YAML'],
    [{ SLUICED_CONFIG_PATH: '', INFLUXD_CONFIG_PATH: '/etc/b.toml' }, '/etc/b.toml'],
    [{ INFLUXD_CONFIG_PATH: '/etc/influxdb.v2' }, '/etc/influxdb.v2/config.yml'],
    [{ INFLUXD_CONFIG_PATH: 'conf/c.json' }, '/cwd/conf/c.json'],
    [{}, '/cwd/config.yaml'],
  ])('is named by %j', (env, path) => {
    const files = {
      '/etc/a.YAML': '',
      '/etc/b.toml': '',
      '/etc/influxdb.v2/config.yml': '',
      '/cwd/conf/c.json': '{}',
      '/cwd/config.yaml': '',
    };
    expect(load({ env, files }).filePath).toBe(path);
  });

  it.each<[string, Record<string, string>, string]>([
    ['/etc/none.yaml', {}, 'the configuration /etc/none.yaml, named by the environment variable INFLUXD_CONFIG_PATH, does not exist'],
    ['/etc/none', {}, 'the configuration /etc/none, named by the environment variable INFLUXD_CONFIG_PATH, does not exist'],
    [
      '/etc/empty',
      { '/etc/empty/readme': '' },
      'the configuration /etc/empty, named by the environment variable INFLUXD_CONFIG_PATH, has no config.json, config.toml, config.yaml, config.yml',
    ],
    [
      '/etc/x.yaml',
      { '/etc/x.yaml/config.yaml': '' },
      'the configuration /etc/x.yaml, named by the environment variable INFLUXD_CONFIG_PATH, has no config.json, config.toml, config.yaml, config.yml',
    ],
    [
      '/etc/influxdb.conf',
      { '/etc/influxdb.conf': '' },
      'the configuration file /etc/influxdb.conf, named by the environment variable INFLUXD_CONFIG_PATH, must end in .json, .toml, .yaml, .yml',
    ],
  ])('named as %s that cannot be had stops the start', (path, files, message) => {
    expect(messageOf({ env: { INFLUXD_CONFIG_PATH: path }, files })).toBe(message);
  });

  it.each<[string, string, string]>([
    [
      'yaml',
      'sesion-length: 5\nquux: 1',
      'unknown keys in the configuration file PATH: sesion-length (did you mean session-length?), quux',
    ],
    ['yaml', 'quux: 1', 'unknown key in the configuration file PATH: quux'],
    ['toml', '[storage]\nwal-fsync-delay = "1s"', 'unknown key in the configuration file PATH: storage'],
    ['yaml', 'ui-disabled: maybe', 'invalid value "maybe" for ui-disabled in the configuration file PATH: must be true or false'],
    ['yaml', 'session-length: 5.5', 'invalid value "5.5" for session-length in the configuration file PATH: must be a whole number'],
    ['yaml', 'session-length: 0', 'invalid value "0" for session-length in the configuration file PATH: must be at least 1'],
    ['yaml', 'session-length: [5]', 'invalid value for session-length in the configuration file PATH: must be a single value'],
    ['yaml', 'session-length: {a: 5}', 'invalid value for session-length in the configuration file PATH: must be a single value'],
    ['toml', 'log-level = 2001-01-01', 'invalid value for log-level in the configuration file PATH: must be a single value'],
    ['yaml', 'trusted-proxies: [1, 2]', 'invalid value for trusted-proxies in the configuration file PATH: must be a single value'],
    [
      'yaml',
      'http-idle-timeout: 180',
      'invalid value "180ns" for http-idle-timeout in the configuration file PATH: ' +
        'must be 0 for none, or from 1ms to 596h31m23.647s (a number without a unit counts nanoseconds)',
    ],
    ['yaml', 'ui-disabled: true\nUI-Disabled: false', 'ui-disabled is given twice in the configuration file PATH'],
    ['yaml', 'ui-disabled: true\nui-disabled: false', 'the configuration file PATH is not valid YAML: line 2, column 1: duplicate key'],
    [
      'json',
      '{"ui-disabled": true, "ui-disabled": false}',
      'the configuration file PATH is not valid JSON: line 1, column 23: duplicate key',
    ],
    ['yaml', 'a: 1\n---\nb: 2', 'the configuration file PATH is not valid YAML: line 2, column 1: multiple docs'],
    ['toml', 'ui-disabled = tru', 'the configuration file PATH is not valid TOML: line 1, column 15'],
    ['yaml', '- ui-disabled', 'the configuration file PATH must hold option names and their values'],
    ['yaml', 'just text', 'the configuration file PATH must hold option names and their values'],
    ['yaml', 'ui-disabled: *gone', 'the configuration file PATH has an alias without its anchor, or too many'],
    ['yaml', `#${'x'.repeat(1_000_000)}`, 'the configuration file PATH is longer than 1000000 characters'],
  ])('refuses the %s %j', (extension, text, message) => {
    const path = `/cwd/config.${extension}`;
    expect(messageOf({ files: { [path]: text } })).toBe(message.replace('PATH', path));
  });

  it.each<[string, string, string]>([
    ['toml', 'reporting-disabled = true\n[meta]\ndir = "/var/lib/influxdb/meta"', 'meta.dir'],
    [
      'toml',
      'bind-address = "127.0.0.1:8088"\n[http]\nflux-enabled = false\n[data]\nindex-version = "inmem"',
      'bind-address,http.flux-enabled,data.index-version',
    ],
    ['toml', '[[graphite]]\nenabled = false', 'graphite'],
    ['yaml', 'shard-precreation: {a: {b: 1}}\nquux: 1', 'shard-precreation.a.b'],
    ['json', '{"Logging": {"level": "info"}}', 'Logging.level'],
  ])('refuses the 1.x %s %j', (extension, text, keys) => {
    expect(messageOf({ files: { [`/cwd/config.${extension}`]: text } })).toBe(
      `found flags from an InfluxDB 1.x configuration in config file at /cwd/config.${extension} - ` +
        'see https://docs.influxdata.com/influxdb/v2/reference/config-options/ for flags supported on this version of InfluxDB: ' +
        keys,
    );
  });

  it('stops the start where it may not be read', () => {
    const readFile = () => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    };
    expect(() => loadConfig({ argv: [], env: {}, cwd: '/cwd', homeDir: '/', readFile })).toThrow(
      new ConfigError('the configuration file /cwd/config.json cannot be read: EACCES'),
    );
  });
});

describe('real files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
    mkdirSync(join(folder, 'config.json'));
    writeFileSync(join(folder, 'config.toml'), 'session-length = 5');
    symlinkSync(join(folder, 'config.toml'), join(folder, 'linked.toml'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const loadIn = (env: Record<string, string>) => loadConfig({ argv: [], env, cwd: folder, homeDir: folder });

  it('are read; a folder of the name of one is passed over', () => {
    expect(loadIn({})).toMatchObject({ filePath: join(folder, 'config.toml'), config: { sessionLengthMinutes: 5 } });
    expect(loadIn({ SLUICED_CONFIG_PATH: 'linked.toml' }).config.sessionLengthMinutes).toBe(5);
    expect(loadIn({ SLUICED_CONFIG_PATH: folder }).config.sessionLengthMinutes).toBe(5);
  });

  it('stop the start where they are named and missing', () => {
    expect(() => loadIn({ SLUICED_CONFIG_PATH: 'missing.toml' })).toThrow(/missing\.toml, named by .*SLUICED_CONFIG_PATH, does not exist/);
    expect(() => loadIn({ SLUICED_CONFIG_PATH: 'config.toml/x' })).toThrow(/does not exist/);
    expect(() => loadIn({ SLUICED_CONFIG_PATH: 'config.json' })).toThrow(/has no config\.json/);
  });
});

describe('where the data lie', () => {
  const places: readonly [string, Parameters<typeof load>[0]][] = [
    [
      '/var/lib/influxdb2',
      { env: { INFLUXD_BOLT_PATH: '/var/lib/influxdb2/influxd.bolt', INFLUXD_ENGINE_PATH: '/var/lib/influxdb2/engine' } },
    ],
    [
      '/var/lib/influxdb',
      { files: { '/cwd/config.toml': 'bolt-path = "/var/lib/influxdb/influxd.bolt"\nengine-path = "/var/lib/influxdb/engine"' } },
    ],
    ['/home/ann/x', { argv: ['--engine-path=~/x/engine'] }],
    ['/cwd/y', { argv: ['--sqlite-path', 'y/influxd.sqlite'] }],
    ['/z', { argv: ['--bolt-path=/z/b', '--data-dir=/z/'], env: { INFLUXD_BOLT_PATH: '/other/b', SLUICED_SQLITE_PATH: '/z/s' } }],
    ['/home/ann/.sluice', { env: { INFLUXD_BOLT_PATH: '' } }],
  ];

  it.each(places)('is %s', (path, given) => {
    const { config, ignored } = load(given);
    expect([config.dataDir, config.values['data-dir'], ignored]).toEqual([path, path, []]);
  });

  it('is told with what decided it', () => {
    expect(load({}).dataDirBy).toBe('the default of --data-dir');
    expect(load({ argv: ['--bolt-path=/x/b'] }).dataDirBy).toBe('--bolt-path');
    expect(load({ env: { INFLUXD_ENGINE_PATH: '/x/e' } }).dataDirBy).toBe('the environment variable INFLUXD_ENGINE_PATH');
    expect(load({ files: { '/cwd/config.toml': 'sqlite-path = "/x/s"' } }).dataDirBy).toBe(
      'sqlite-path in the configuration file /cwd/config.toml',
    );
  });

  it('is one place, whoever names it', () => {
    const names = ['data-dir', 'bolt-path', 'engine-path', 'sqlite-path'] as const;
    for (const one of names) {
      for (const other of names) {
        if (one === other) continue;
        const env = { [`INFLUXD_${one.toUpperCase().replace('-', '_')}`]: '/one/x' };
        expect(() => load({ argv: [`--${other}=/other/x`], env })).toThrow(
          /the data would lie in \/.* by .*, and in \/.* by .*: take one of them away/,
        );
        expect(() => load({ argv: [`--${other}=/other/x`, `--${one}=/one/x`] })).toThrow(/the data would lie in/);
      }
    }
  });
});

describe('InfluxDB options without a meaning here', () => {
  it('are accepted from every source and named once', () => {
    const { ignored, config } = load({
      argv: ['--assets-path=/x', '--no-tasks', '--reporting-disabled', '--reporting-disabled', '--log-level=warn'],
      env: { INFLUXD_NO_TASKS: 'true', INFLUXD_QUERY_CONCURRENCY: '10' },
      files: { '/cwd/config.toml': 'assets-path = "y"\ne2e-testing = true' },
    });
    expect(ignored).toEqual(['assets-path', 'e2e-testing', 'no-tasks', 'query-concurrency', 'reporting-disabled']);
    expect(config.values['assets-path']).toBe('/x');
  });

  it('must be well formed', () => {
    expect(messageOf({ argv: ['--storage-write-timeout=long'] })).toMatch(/must be a duration/);
    expect(messageOf({ env: { INFLUXD_NO_TASKS: 'no' } })).toMatch(/INFLUXD_NO_TASKS: must be true or false/);
  });
});

describe('secrets', () => {
  const SECRET = 'hunter2-hunter2';
  const cases: [string, Case][] = [
    ['a flag', { argv: [`--vault-token=${SECRET}`, '--session-length=0'] }],
    ['a mistyped flag', { argv: [`--vault-tokn=${SECRET}`] }],
    ['a flag of one dash', { argv: [`-vault-token=${SECRET}`] }],
    ['a flag without dashes enough', { argv: [`---vault-token=${SECRET}`] }],
    ['a variable', { env: { INFLUXD_VAULT_TOKEN: SECRET, INFLUXD_SESSION_LENGTH: 'x' } }],
    ['a mistyped variable', { env: { INFLUXD_VAULT_TOKN: SECRET } }],
    ['a mistyped key', { files: { '/cwd/config.yaml': `vault-tokn: ${SECRET}` } }],
    ['a list', { files: { '/cwd/config.yaml': `vault-token: [${SECRET}]` } }],
    ['a map', { files: { '/cwd/config.yaml': `vault-token: {${SECRET}: ${SECRET}}` } }],
    ['broken YAML', { files: { '/cwd/config.yaml': `vault-token: "${SECRET}\n b: [` } }],
    ['an anchor', { files: { '/cwd/config.yaml': `vault-token: *${SECRET}` } }],
    ['broken JSON', { files: { '/cwd/config.json': `{"vault-token": "${SECRET}" x` } }],
    ['broken TOML', { files: { '/cwd/config.toml': `vault-token = "${SECRET}` } }],
    ['TOML given twice', { files: { '/cwd/config.toml': `vault-token = "${SECRET}"\nvault-token = "${SECRET}"` } }],
  ];

  it.each(cases)('stay out of the complaint about %s', (_, input) => {
    expect(messageOf(input)).not.toContain('hunter2');
  });

  it('are nowhere in the configuration, its YAML and its JSON', () => {
    const loaded = load({ argv: ['--vault-token', SECRET] });
    expect(loaded.config.values['vault-token']).toBe('[secret]');
    expect(loaded.ignored).toEqual(['vault-token']);
    const shown = [printConfig(loaded.config), printConfig(loaded.config, 'vault-token'), JSON.stringify(configForApi(loaded.config))];
    for (const text of shown) {
      expect(text).toContain('[secret]');
      expect(text).not.toContain('hunter2');
    }
    expect(load({}).config.values['vault-token']).toBe('');
  });
});

describe('frozen', () => {
  it('through and through', () => {
    const { config, ignored } = load({ argv: ['--tls-cert=/c', '--tls-key=/k', '--trusted-proxies=::1', '--feature-flags=a=b'] });
    const parts = [
      config,
      config.values,
      config.httpBindAddress,
      config.tls,
      config.trustedProxies,
      config.outgoingAllow,
      config.values['feature-flags'],
      ignored,
    ];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });
});

describe('printConfig', () => {
  it('prints every option as YAML in the order of names', () => {
    const text = printConfig(load({ argv: ['--trusted-proxies=::1', '--storage-cache-max-memory-size=1k'] }).config);
    const printed = parseYaml(text) as Record<string, unknown>;
    expect(Object.keys(printed)).toEqual(OPTIONS.map(({ name }) => name).sort());
    expect(printed).toMatchObject({
      'http-idle-timeout': '3m0s',
      'http-read-timeout': '0s',
      'storage-compact-full-write-cold-duration': '4h0m0s',
      'storage-cache-max-memory-size': 1000,
      'trusted-proxies': ['::1/128'],
      'feature-flags': {},
      'tls-min-version': '1.2',
      'data-dir': '/home/ann/.sluice',
      'bolt-path': '',
    });
  });

  it.each([
    ['http-bind-address', ':8086\n'],
    ['tls-cert', '""\n'],
    ['http-idle-timeout', '3m0s\n'],
    ['session-length', '60\n'],
    ['use-hashed-tokens', 'true\n'],
    ['write-body-bytes-max', '52428800\n'],
    ['feature-flags', '{}\n'],
  ])('prints %s alone', (name, text) => {
    expect(printConfig(load({}).config, name)).toBe(text);
  });

  it('is a configuration file that gives the same configuration', () => {
    const argv = [
      '--query-timeout=90s',
      '--trusted-proxies=::1,10.0.0.0/8',
      '--feature-flags=a=b',
      '--query-memory-bytes=9223372036854775807',
    ];
    const { config } = load({ argv });
    expect(load({ files: { '/cwd/config.yaml': printConfig(config) } }).config).toEqual(config);
  });

  it.each(['nope', '', 'Log-Level', 'toString'])('does not know %j', (name) => {
    expect(() => printConfig(load({}).config, name)).toThrow(new ConfigError(`failed to print config: key "${name}" not found in config`));
  });
});

describe('configForApi', () => {
  it('has the keys and types of InfluxDB 2.9, and our own', () => {
    const { config } = configForApi(load({}).config);
    expect(Object.keys(config).sort()).toEqual(OPTIONS.map(({ name }) => name).sort());
    expect(config).toMatchObject({
      'http-bind-address': ':8086',
      'http-read-header-timeout': 10_000_000_000,
      'http-idle-timeout': 180_000_000_000,
      'session-length': 60,
      'use-hashed-tokens': true,
      'log-level': 'info',
      'feature-flags': null,
      'query-memory-bytes': 268_435_456,
      'query-concurrency': 1024,
      'storage-cache-max-memory-size': 1_073_741_824,
      'storage-write-timeout': 10_000_000_000,
      'storage-retention-check-interval': '30m0s',
      'vault-client-timeout': 0,
      'write-body-bytes-max': 52_428_800,
    });
  });

  it('shows what is in force, also of what is ignored', () => {
    const argv = ['--session-length', '1', '--session-renew-disabled', '--feature-flags=a=b', '--storage-wal-fsync-delay=5ms'];
    expect(configForApi(load({ argv }).config).config).toMatchObject({
      'session-length': 1,
      'session-renew-disabled': true,
      'feature-flags': { a: 'b' },
      'storage-wal-fsync-delay': '5ms',
    });
  });

  it('is a configuration file that gives the same configuration', () => {
    const { config } = load({ argv: ['--query-timeout=90s', '--trusted-proxies=::1'] });
    expect(load({ files: { '/cwd/config.json': JSON.stringify(configForApi(config).config) } }).config).toEqual(config);
  });
});

describe('help', () => {
  it('lists our options with their defaults, and not those without effect', () => {
    const text = helpText();
    for (const option of OPTIONS as readonly Option[]) expect(text.includes(`--${option.name} `)).toBe(!option.ignored);
    expect(text).toMatch(/^ {2}--session-length NUMBER +minutes that a session lives \(default 60\)$/m);
    expect(text).toMatch(/^ {2}--ui-disabled +do not serve the web pages$/m);
    expect(text).toContain("InfluxDB's other options are accepted and ignored.");
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('can be had where environment and file are broken', () => {
    expect(load({ argv: ['-h'], env: { SLUICED_QUUX: '1' }, files: { '/cwd/config.yaml': '[' } }).helpRequested).toBe(true);
  });
});

describe('resolveConfig', () => {
  it('serves a subcommand with flags and arguments of its own', () => {
    const own: Option[] = [{ name: 'yes', kind: 'bool', default: 'false' }];
    const flags = parseFlags(['2.4', '--yes', '--data-dir', '/d'], [...OPTIONS, ...own]);
    expect(flags.positionals).toEqual(['2.4']);
    expect(flags.given.find(({ option }) => option.name === 'yes')?.value).toBe(true);
    expect(resolveConfig(flags, { env: {}, cwd: '/nowhere', homeDir: '/' }).config.dataDir).toBe('/d');
  });
});
