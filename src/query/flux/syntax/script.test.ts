/** Scripts on their way into the server: parsed and checked. Those that are made to do harm are in `workers/query-pool.test.ts`. */
import { describe, expect, it } from 'vitest';
import { analyzeScript } from '../tools/analysis.js';
import { functionSuggestion, functionSuggestions } from '../tools/suggestions.js';
import { syntaxTreeOf } from '../tools/syntax-tree.js';
import type { File } from './ast.js';
import { SCRIPT_LENGTH_MAX, loadScript, textOfPackage } from './script.js';

const failureOf = (script: string, extern?: File): Promise<string | undefined> =>
  loadScript(script, extern).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );

/** `option v = {a: 1}` */
const EXTERN: File = {
  type: 'File',
  body: [
    {
      type: 'OptionStatement',
      assignment: {
        type: 'VariableAssignment',
        id: { type: 'Identifier', name: 'v' },
        init: {
          type: 'ObjectExpression',
          properties: [{ type: 'Property', key: { type: 'Identifier', name: 'a' }, value: { type: 'IntegerLiteral', value: '1' } }],
        },
      },
    },
  ],
} as unknown as File;

describe('a script', () => {
  it.each([
    ['from(', 'compilation failed: error @1:'],
    ['frob', 'error @1:1-1:5: undefined identifier frob'],
    ['x = 1\n\ny = x + "a"', 'error @3:9-3:12: expected int but found string'],
    ['x = "ö" + frob', 'error @1:12-1:16: undefined identifier frob'],
    ['sum(', 'compilation failed: error @1:'],
    ['import "frob"', 'error @1:1-1:14: invalid import path frob'],
    ['range(start: 1)', 'error @1:1-1:16: missing required argument tables'],
  ])('%j is refused with its place', async (script, message) => {
    expect(await failureOf(script)).toContain(message);
  });

  it('is checked along with what stands before it, and its own places stay', async () => {
    expect(await failureOf('x = v.a + 1', EXTERN)).toBeUndefined();
    expect(await failureOf('import "strings"\nx = v.a + 1\ny = v.b', EXTERN)).toMatch(/^error @3:5-3:\d+: record is missing label b/);
    expect(await failureOf('import "strings" x = v.a + 1 y = v.b\nz = v.c', EXTERN)).toMatch(
      /^error @1:34-1:\d+: record is missing label b.*\n\nerror @2:5-2:\d+: record is missing label c/,
    );
    expect(await failureOf('package main\nx = v.a + 1', EXTERN)).toBeUndefined();
    expect(await failureOf('x = 1', { type: 'File', body: [{}] } as unknown as File)).toBe('the tree is no Flux syntax tree');
    expect(await failureOf('x = v.a + 1')).toBe('error @1:5-1:6: undefined identifier v');
  });

  it('may come as a tree, in several files', async () => {
    const { ast } = await syntaxTreeOf('import "strings" f = (r, n=<-) => ({r with a: "x${r.b}", c: [1, 2][0]}) y = 1h');
    const { ast: other } = await syntaxTreeOf('import "math" z = math.pi');
    const text = await textOfPackage({ ...ast, files: [...ast.files, ...other.files] });
    const { body, imports } = (await loadScript(text)).file;
    expect(imports?.map(({ path }) => path.value)).toEqual(['strings', 'math']);
    expect(body).toHaveLength(3);
    await expect(textOfPackage({ files: 3 })).rejects.toThrow('ast must be a Flux syntax tree of type Package');
    await expect(textOfPackage({ files: [{ body: [{ type: 'frob' }] }] })).rejects.toThrow('the tree is no Flux syntax tree');
  });

  it('is not too long', async () => {
    expect(await failureOf('x'.repeat(SCRIPT_LENGTH_MAX + 1))).toContain('longer than');
  });

  it('is parsed once', async () => {
    expect(await loadScript('x = 1 + 1')).toBe(await loadScript('x = 1 + 1'));
  });
});

describe('tools', () => {
  it('show the tree of a script, with the type of every node', async () => {
    const { ast } = await syntaxTreeOf('import s "strings"\nf = (a=<-) => a |> s.title()');
    const text = JSON.stringify(ast);
    expect(ast).toMatchObject({
      type: 'Package',
      package: 'main',
      files: [{ type: 'File', imports: [{ path: { type: 'StringLiteral' }, as: { type: 'Identifier' } }] }],
    });
    expect(text).toContain('"source":"s.title()"');
    const objects = text.match(/\{"[a-z]+":/gi) ?? [];
    expect(new Set(objects)).toEqual(new Set(['{"type":', '{"start":', '{"line":']));
  });

  it('find faults of syntax, not of names', async () => {
    expect(await analyzeScript('frob()')).toEqual({ errors: [] });
    expect((await analyzeScript('from(bucket: "a") |> range(start: ')).errors).toMatchObject([
      { line: 1, character: 0 },
      { line: 1, character: 0 },
    ]);
  });

  it('suggest functions', async () => {
    expect(await functionSuggestion('sum')).toEqual({ name: 'sum', params: { tables: 'stream', column: 'string' } });
    expect(await functionSuggestion('range')).toEqual({ name: 'range', params: { tables: 'stream', start: 'invalid', stop: 'invalid' } });
    expect(await functionSuggestion('aggregateWindow')).toMatchObject({
      params: { fn: 'function', every: 'duration', location: 'object' },
    });
    expect(await functionSuggestion('true')).toBeUndefined();
    expect((await functionSuggestions()).length).toBeGreaterThan(90);
  });
});
