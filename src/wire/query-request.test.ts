/** Requests to run a query: their two forms, their defaults, and what is refused. */
import { describe, expect, it } from 'vitest';
import { decodeAnalyzeRequest, decodeQueryRequest } from './query-request.js';

const json = (body: unknown, contentType: string | undefined = 'application/json') => decodeQueryRequest(contentType, JSON.stringify(body));

const PLAIN = { header: true, delimiter: ',', annotations: [] };

describe('a request', () => {
  it('is a script when its type says so', () => {
    expect(decodeQueryRequest('application/vnd.flux; charset=utf-8', 'x = 1')).toEqual({
      query: 'x = 1',
      dialect: PLAIN,
      nowNs: undefined,
      extern: undefined,
    });
  });

  it('is JSON otherwise', () => {
    expect(json({ query: 'x = 1' })).toEqual({ query: 'x = 1', dialect: PLAIN, nowNs: undefined, extern: undefined });
    expect(json({ query: 'x = 1', type: 'flux', params: { a: 1 } }, undefined).query).toBe('x = 1');
  });

  it('has a dialect, a time and statements before its own', () => {
    const extern = { type: 'File', imports: [], body: [{ type: 'OptionStatement' }] };
    const dialect = { header: false, delimiter: ';', annotations: ['group', 'datatype'], commentPrefix: '#', dateTimeFormat: 'RFC3339' };
    expect(json({ query: 'q', dialect, now: '2024-01-01T00:00:00.5Z', extern })).toEqual({
      query: 'q',
      dialect: { header: false, delimiter: ';', annotations: ['group', 'datatype'] },
      nowNs: 1_704_067_200_500_000_000n,
      extern,
    });
  });

  it('may be a tree instead of a text', () => {
    const ast = { type: 'Package', files: [] };
    expect(json({ ast })).toMatchObject({ query: '', ast });
    expect(json({ ast, query: 'x = 1' })).toMatchObject({ query: 'x = 1', ast: undefined });
  });

  it('to analyze may be empty', () => {
    expect(decodeAnalyzeRequest('{"type": "flux", "query": ""}')).toBe('');
    expect(decodeAnalyzeRequest('{}')).toBe('');
    expect(() => decodeAnalyzeRequest('{"type": "influxql"}')).toThrow('failed to decode request body: unknown query type: influxql');
  });

  it.each([[{ imports: [], body: [] }], [{ type: 'File', imports: null, body: null }], [{}]])(
    'may leave out what is empty in the statements before its own: %j',
    (extern) => {
      expect(json({ query: 'q', extern }).extern).toEqual({ type: 'File', imports: [], body: [] });
      expect(json({ query: 'q', extern: null }).extern).toBeUndefined();
    },
  );

  it.each([
    [{}, 'request body requires either query or AST'],
    [{ query: '' }, 'request body requires either query or AST'],
    [{ query: 'q', type: 'influxql' }, 'unknown query type: influxql'],
    [{ query: 'q', dialect: { delimiter: ',,' } }, 'invalid dialect delimeter: must be length 1'],
    [{ query: 'q', dialect: { delimiter: 'ö' } }, 'invalid dialect delimeter: must be length 1'],
    [{ query: 'q', dialect: { annotations: ['frob'] } }, 'unknown dialect annotation type: frob'],
    [{ query: 'q', dialect: { commentPrefix: '##' } }, 'invalid dialect comment prefix: must be length 0 or 1'],
    [{ query: 'q', dialect: { dateTimeFormat: 'x' } }, 'unknown dialect date time format: x'],
    [{ query: 'q', dialect: { header: 'yes' } }, 'json: cannot unmarshal header into a bool'],
    [{ query: 7 }, 'json: cannot unmarshal query into a string'],
    [{ query: 'q', extern: [] }, 'extern must be a Flux syntax tree of type File'],
    [{ query: 'q', extern: 'option a = 1' }, 'extern must be a Flux syntax tree of type File'],
    [{ query: 'q', now: 'soon' }, 'parsing time "soon" as'],
    [[], 'json: cannot unmarshal the body into an object'],
  ])('%j is refused', (body, message) => {
    expect(() => json(body)).toThrow(`failed to decode request body: ${message}`);
  });

  it('of broken JSON is refused', () => {
    expect(() => decodeQueryRequest('application/json', '{')).toThrow(/^failed to decode request body: /);
    expect(() => decodeQueryRequest('application/vnd.flux', '')).toThrow(
      'failed to decode request body: request body requires either query or AST',
    );
  });
});
