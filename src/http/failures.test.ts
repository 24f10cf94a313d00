import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { DomainError, notFound } from '../domain/errors.js';
import { describeFailure, FailureLog } from './failures.js';

const TOKEN = 'sT9nUqEoW0aZ4kq8x2vYbH7cPzLr5mJdF1gXtB3iCwVyNeQhKuOjRsAlDfGpMzTxUvWqYb6nEoI8rLkJhGfDsA==';

function systemError(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28, syscall: 'write' });
}

describe('a described failure', () => {
  it('has every cause with its code, errno and places in the code', () => {
    const error = new DomainError('internal error', 'the write-ahead log is broken', {
      cause: new Error('cannot sync', { cause: systemError() }),
    });
    expect(describeFailure(error)).toMatchObject([
      { name: 'DomainError', code: 'internal error', message: 'the write-ahead log is broken' },
      { name: 'Error', message: 'cannot sync' },
      { code: 'ENOSPC', errno: -28, syscall: 'write', message: 'ENOSPC: no space left on device, write' },
    ]);
    expect(describeFailure(error)[0]?.at[0]).toContain('failures.test.ts');
  });

  it('ends where causes go in a circle', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(describeFailure(error)).toHaveLength(2);
  });

  it.each([
    ['what a JSON parser quotes', () => JSON.parse(`{"password": hunter2-passw0rd}`) as unknown],
    ['a statement', () => fail(`near "hunter2-passw0rd": syntax error in INSERT INTO users VALUES ('hunter2-passw0rd')`)],
    ['a value', () => fail(`Conversion Error: Could not convert string 'hunter2-passw0rd' to INT64`)],
    ['a quote without an end', () => fail(`Received "hunter2-passw0rd and more`)],
    ['a token', () => fail(`no row for ${TOKEN}`)],
    ['a token within a word', () => fail(`hash=${TOKEN};`)],
    ['members of the error', () => fail('failed', { sql: `'hunter2-passw0rd'`, body: TOKEN })],
    ['something that is no error', () => fail(undefined, 'hunter2-passw0rd')],
    ['a stack', () => fail(`first\n    hunter2-passw0rd\n'hunter2-passw0rd'`)],
  ])('tells nothing of %s', (_, work) => {
    let thrown: unknown;
    try {
      work();
    } catch (error) {
      thrown = new DomainError('internal error', 'it failed', { cause: error });
    }
    const text = JSON.stringify(describeFailure(thrown));
    expect(text).toContain('it failed');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(TOKEN.slice(0, 20));
  });

  it('keeps the paths of files', () => {
    expect(describeFailure(new Error('cannot open "/var/lib/sluice/series/x.db" now'))[0]?.message).toBe(
      'cannot open "/var/lib/sluice/series/x.db" now',
    );
  });
});

function fail(message: string | undefined, more?: unknown): never {
  if (message === undefined) throw more;
  throw Object.assign(new Error(message), more);
}

describe('the log of failures', () => {
  function open() {
    const lines: Record<string, unknown>[] = [];
    const log = new FailureLog(
      pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }),
    );
    return { log, lines };
  }
  const place = { requestId: 'r1', method: 'POST', path: '/api/v2/write' };

  it('leaves out what clients did wrong', () => {
    const { log, lines } = open();
    for (const error of [notFound('bucket not found'), new DomainError('too many requests', 'x')]) log.report(error, place);
    log.close();
    expect(lines).toEqual([]);
  });

  it('tells a flood of one kind by its number', () => {
    const { log, lines } = open();
    for (let i = 0; i < 1000; i++) log.report(systemError(), place);
    log.report(new DomainError('unavailable', 'the disk is full'), place);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ level: 50, ...place, causes: [{ errno: -28 }] });
    log.close();
    expect(lines).toHaveLength(7);
    expect(lines[6]).toMatchObject({ level: 50, method: place.method, path: place.path, more: 995 });
  });

  it('holds a bounded number of kinds', () => {
    const { log, lines } = open();
    for (let i = 0; i < 5000; i++) log.report(Object.assign(new Error('x'), { code: `E${i}` }), place);
    expect(lines.length).toBeLessThan(1100);
    log.close();
    expect(lines.at(-1)).toHaveProperty('more');
  });
});
