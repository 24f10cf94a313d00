/** Answers are those of InfluxDB 2.9.1, byte for byte. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../domain/errors.js';
import { parseLineProtocol } from '../../wire/line-protocol.js';
import { askInfluxql, DATA_BUCKET } from '../../../test/support/influxql.js';
import { MemoryEngine } from '../../../test/support/memory-engine.js';
import { parseQuery } from './syntax/statements.js';

const read = (name: string): string => readFileSync(path.join(import.meta.dirname, 'golden', name), 'utf8');

/** `> query`, the request's other parameters, and the answer, up to an empty line. */
const casesOf = (name: string) =>
  read(name)
    .trim()
    .split('\n\n')
    .map((text) => {
      const [question = '', ...lines] = text.split('\n');
      const parameters = lines[0]?.startsWith('  with ') === true ? (lines.shift() as string).slice(7) : '';
      return { query: question.slice(2), parameters, answer: lines.join('\n') };
    });

async function answerOf(engine: MemoryEngine, query: string, parameters: string, pushesDown: boolean): Promise<string> {
  const { accept, ...rest } = Object.fromEntries(parameters.split('&').flatMap((pair) => (pair === '' ? [] : [pair.split(/=(.*)/s, 2)])));
  try {
    return (await askInfluxql(engine, { ...rest, q: query }, { accept, pushesDown })).trimEnd();
  } catch (error) {
    if (error instanceof DomainError) return `ERR ${error.message}`;
    throw error;
  }
}

describe.each([
  ['of usual points', 'points.txt', 'answers.txt'],
  ['of windows across changes of clocks', 'clocks-points.txt', 'clocks-answers.txt'],
  ['of points at one time, and of fields of several types', 'ties-points.txt', 'ties-answers.txt'],
])('queries %s are answered as InfluxDB answers them', (_, points, answers) => {
  const engine = new MemoryEngine();
  const cases = casesOf(answers);

  beforeAll(async () => {
    await engine.write(DATA_BUCKET, parseLineProtocol(Buffer.from(read(points)), 'ns', 0n));
  });

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)('$query $parameters', async ({ query, parameters, answer }) => {
    expect(await answerOf(engine, query, parameters, true)).toBe(answer);
    expect(await answerOf(engine, query, parameters, false)).toBe(answer);
  });
});

describe('texts that are no queries are refused in the words of InfluxDB', () => {
  const lines = read('errors.txt').trimEnd().split('\n');
  const refusals = Array.from({ length: lines.length / 2 }, (_, i) => [JSON.parse(lines[2 * i] as string), lines[2 * i + 1]?.slice(2)]);

  it.each(refusals as [string, string][])('%j', (text, message) => {
    expect(() => parseQuery(text, new Map())).toThrow(new DomainError('invalid', message));
  });
});
