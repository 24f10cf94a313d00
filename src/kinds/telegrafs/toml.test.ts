import { describe, expect, it } from 'vitest';
import { JsonObject } from '../../wire/json.js';
import { bucketsIn, configurationFromPlugins } from './toml.js';

describe('the buckets in a configuration', () => {
  it('are those of its influxdb_v2 outputs', () => {
    const output = (bucket: string): string => `[[outputs.influxdb_v2]]\n  token = "$INFLUX_TOKEN"\n  bucket = "${bucket}"\n`;
    expect(bucketsIn(`[agent]\n${output('a')}${output('')}[[outputs.file]]\n  bucket = "no"\n${output('b')}`)).toEqual(['a', 'b']);
    expect(bucketsIn('')).toEqual([]);
    expect(bucketsIn('[[inputs.cpu]]\n')).toEqual([]);
  });

  it.each([
    ['[agent', /^the configuration is not TOML: line 1, column \d+: /],
    ['[[outputs.influxdb_v2]]\n  bucket = 1\n', 'the bucket of an influxdb_v2 output must be a string'],
    ['outputs = 1', 'no plugins in config to get buckets'],
    ['[outputs.influxdb_v2]\n', 'influxdb_v2 output has no config'],
  ])('are refused in %j', (configuration, message) => {
    expect(() => bucketsIn(configuration)).toThrow(message);
  });

  it('does not quote a token in an error', () => {
    const refuse = (): unknown => bucketsIn('[[outputs.influxdb_v2]]\n  token = "very-secret" nonsense\n');
    expect(refuse).toThrow('not TOML');
    expect(refuse).not.toThrow('very-secret');
  });
});

describe('a configuration from a list of plugins', () => {
  const plugins = (...list: object[]): JsonObject[] => list.map((plugin) => new JsonObject(plugin as Record<string, unknown>));

  it('has a section for each', () => {
    const output = { type: 'output', name: 'influxdb_v2', config: { urls: ['http://a'], token: null, bucket: 'data' } };
    const configuration = configurationFromPlugins(plugins({ type: 'input', name: 'cpu' }, output));
    expect(bucketsIn(configuration)).toEqual(['data']);
    expect(configuration).toMatch(/\[agent\][^]*\[\[inputs\.cpu\]\][^]*\[\[outputs\.influxdb_v2\]\]\nurls = \[ "http:\/\/a" \]/);
  });

  it('refuses what no agent has', () => {
    expect(() => configurationFromPlugins(plugins({ type: 'aggregator', name: 'x' }))).toThrow(
      'unsupported telegraf plugin type aggregator',
    );
    expect(() => configurationFromPlugins(plugins({ type: 'input', name: ']]' }))).toThrow('unsupported telegraf plugin ]], type input');
  });
});
