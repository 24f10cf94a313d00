import { describe, expect, it } from 'vitest';
import { decodeDelete } from './delete-request.js';

const decode = (value: unknown) => decodeDelete(Buffer.from(JSON.stringify(value)));
const stop = '2020-01-02T00:00:00Z';

describe('the body of a delete request', () => {
  it('has two times and a predicate', () => {
    const body = { start: '1970-01-01T00:00:00.000000001Z', stop: '1970-01-01T01:00:01+01:00', predicate: 'a=b' };
    expect(decode(body)).toEqual({ startNs: 1n, stopNs: 1_000_000_000n, predicate: 'a=b' });
  });

  it.each([{}, { predicate: null }, { predicate: '' }])('means everything without a predicate: %j', (rest) => {
    expect(decode({ start: stop, stop, ...rest }).predicate).toBe('');
  });

  it('takes blanks for what they are: a predicate', () => {
    expect(decode({ start: stop, stop, predicate: ' ' }).predicate).toBe(' ');
  });

  it.each([
    undefined,
    null,
    '',
    '2020-01-01',
    '2020-01-01T00:00:00',
    '2020-01-01 00:00:00Z',
    '2020-01-01t00:00:00Z',
    '2020-01-01T00:00:00z',
    '2020-01-01T00:00:00+25:00',
    '2020-01-01T00:00:00+01:61',
    '2020-01-01T24:00:00Z',
    '2020-02-30T00:00:00Z',
    ' 2020-01-01T00:00:00Z',
    '2020-01-01T00:00:00Z ',
    '1577836800000000000',
  ])('refuses %j as a time', (time) => {
    const message = (field: string, day: string) =>
      `error decoding json body: invalid RFC3339Nano for field ${field}, please format your time with RFC3339Nano format, example: 2009-01-${day}T23:00:00Z`;
    expect(() => decode({ start: time, stop })).toThrow(expect.objectContaining({ code: 'invalid', message: message('start', '02') }));
    expect(() => decode({ start: stop, stop: time })).toThrow(expect.objectContaining({ code: 'invalid', message: message('stop', '01') }));
  });

  it('takes the first and the last time that a point may have, and refuses those beyond', () => {
    const [first, last] = ['1677-09-21T00:12:43.145224194Z', '2262-04-11T23:47:16.854775806Z'];
    expect(decode({ start: first, stop: last })).toMatchObject({ startNs: -(2n ** 63n) + 2n, stopNs: 2n ** 63n - 2n });
    expect(() => decode({ start: '1677-09-21T00:12:43.145224193Z', stop })).toThrow(
      `error decoding json body: invalid start time, start time must not be before ${first}`,
    );
    expect(() => decode({ start: first, stop: '2262-04-11T23:47:16.854775807Z' })).toThrow(
      `error decoding json body: invalid stop time, stop time must not be after ${last}`,
    );
  });

  it.each([{ start: 1 }, { start: stop, stop: true }, { start: stop, stop, predicate: ['a=b'] }])('refuses other types: %j', (body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
