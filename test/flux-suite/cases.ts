/** The test cases of a checkout of InfluxData's `*_test.flux` files, each as a script of its own. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { File, ImportDeclaration, SourceLocation, Statement } from '../../src/query/flux/syntax/ast.js';
import { fluxParser } from '../../src/query/flux/syntax/parser.js';

export interface TestCase {
  /** `module/path/of/file_test.flux#case`. */
  readonly id: string;
  readonly name: string;
  readonly imports: readonly string[];
  /** Statements, without the imports. */
  readonly body: string;
  readonly tags: readonly string[];
}

interface Located {
  readonly location?: SourceLocation;
}

type TestCaseStatement = Extract<Statement, { type: 'TestCaseStatement' }> & {
  readonly id: { readonly name: string };
  readonly extends?: { readonly value: string } | null;
  readonly block: { readonly body: readonly Statement[] };
};

interface ParsedFile {
  readonly text: Buffer;
  readonly lineStarts: readonly number[];
  readonly file: File;
}

/** A folder with tests and the name by which cases of other folders extend them. */
export class TestModule {
  readonly name: string;
  private readonly folder: string;
  private readonly files = new Map<string, Promise<ParsedFile>>();

  constructor(folder: string) {
    this.folder = folder;
    this.name = moduleName(readFileSync(join(folder, 'fluxtest.root'), 'utf8'));
  }

  paths(): readonly string[] {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('_test.flux'))
      .sort();
  }

  open(path: string): Promise<ParsedFile> {
    let file = this.files.get(path);
    if (file === undefined) {
      file = parseFile(join(this.folder, path));
      this.files.set(path, file);
    }
    return file;
  }
}

/** A name, or a JSON object with one. */
const moduleName = (root: string): string => (root.trimStart().startsWith('{') ? (JSON.parse(root) as { name: string }).name : root.trim());

async function parseFile(path: string): Promise<ParsedFile> {
  const text = readFileSync(path);
  const lineStarts = [0];
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lineStarts.push(at + 1);
  return { text, lineStarts, file: await fluxParser.parseFully(text.toString('utf8')) };
}

/** All cases of some modules, in the order of files. */
export async function* testCases(modules: readonly TestModule[]): AsyncGenerator<TestCase> {
  for (const module of modules) {
    for (const path of module.paths()) {
      const parsed = await module.open(path);
      for (const statement of parsed.file.body) {
        if (statement.type === 'TestCaseStatement') yield await caseOf(module, path, parsed, statement as TestCaseStatement, modules);
      }
    }
  }
}

async function caseOf(
  module: TestModule,
  path: string,
  parsed: ParsedFile,
  { id, extends: parent, block }: TestCaseStatement,
  modules: readonly TestModule[],
): Promise<TestCase> {
  const own = { imports: parsed.file.imports ?? [], preamble: preambleOf(parsed) };
  const inherited = parent === undefined || parent === null ? undefined : await findParent(parent.value, modules);
  const statements = block.body.flatMap((statement) => (isSuper(statement) ? (inherited?.body ?? []) : [textOf(parsed, statement)]));
  const body = [...own.preamble, ...(inherited?.preamble ?? []), ...statements].join('\n');
  return {
    id: `${module.name}/${path}#${id.name}`,
    name: id.name,
    imports: importsOf(own.imports, inherited?.imports ?? []),
    body,
    tags: [...body.matchAll(/option testing\.tags\s*=\s*\[([^\]]*)\]/g)].flatMap(([, list]) => (list ?? '').match(/\w+/g) ?? []),
  };
}

const preambleOf = (parsed: ParsedFile): string[] =>
  parsed.file.body.filter(({ type }) => type !== 'TestCaseStatement').map((statement) => textOf(parsed, statement));

/** @param reference `module/path/of/file_test.case` */
async function findParent(reference: string, modules: readonly TestModule[]) {
  const [, moduleName, path, name] = /^([^/]+)\/(.*)\.([^.]+)$/.exec(reference) ?? [];
  const module = modules.find((one) => one.name === moduleName);
  if (module === undefined) throw new Error(`${reference}: the folder of module ${moduleName} is not among those of --stdlib`);
  const parsed = await module.open(`${path}.flux`);
  const found = parsed.file.body.find(
    (statement): statement is TestCaseStatement =>
      statement.type === 'TestCaseStatement' && (statement as TestCaseStatement).id.name === name,
  );
  if (found === undefined) throw new Error(`${reference}: no such case`);
  return {
    imports: parsed.file.imports ?? [],
    preamble: preambleOf(parsed),
    body: found.block.body.map((statement) => textOf(parsed, statement)),
  };
}

const isSuper = (statement: Statement): boolean =>
  statement.type === 'ExpressionStatement' &&
  statement.expression.type === 'CallExpression' &&
  statement.expression.callee.type === 'Identifier' &&
  statement.expression.callee.name === 'super';

/** A file may import a package under two names; what it inherits comes only where it has nothing of the package. */
function importsOf(own: readonly ImportDeclaration[], inherited: readonly ImportDeclaration[]): readonly string[] {
  const paths = new Set(own.map(({ path }) => path.value));
  return [...own, ...inherited.filter(({ path }) => !paths.has(path.value))].map(
    ({ path, as }) => `import ${as ? `${as.name} ` : ''}${JSON.stringify(path.value)}`,
  );
}

function textOf({ text, lineStarts }: ParsedFile, { location }: Located): string {
  if (location === undefined) throw new Error('a statement without a place');
  const offsetOf = ({ line, column }: SourceLocation['start']): number => (lineStarts[line - 1] as number) + column - 1;
  return text.subarray(offsetOf(location.start), offsetOf(location.end)).toString('utf8');
}
