/** A script that has been parsed and whose types have been checked: the only form in which scripts reach the evaluator. */
import { BoundedMap } from '../../../bounded/bounded-map.js';
import { invalid } from '../../../domain/errors.js';
import type { File, Position, SourceLocation } from './ast.js';
import type { Diagnostic } from './flux-lsp.js';
import { fluxParser } from './parser.js';

export interface Script {
  readonly file: File;
  /** Statements that stand before the script's own, as a client sent them in `extern`. */
  readonly extern: File | undefined;
}

/** Scripts that have passed are remembered: a dashboard asks the same few over and over, and a check costs a millisecond. */
const SCRIPTS_CACHED_MAX = 512;
const CACHED_SCRIPT_LENGTH_MAX = 64 * 1024;
/** Room for scripts that a program has written, without letting one occupy the parser for long. */
export const SCRIPT_LENGTH_MAX = 1024 * 1024;

/** The number of errors that are reported; the first ones explain the rest. */
const ERRORS_MAX = 50;

const cache = new BoundedMap<string, Script>(SCRIPTS_CACHED_MAX);

/**
 * Parses and checks a script.
 *
 * @throws DomainError `invalid` with InfluxDB's messages: `compilation failed: error @1:1-1:7: ...` for syntax, `error @1:1-1:7: ...` for
 *   names and types
 */
export async function loadScript(text: string, extern?: File): Promise<Script> {
  checkLength(text);
  const prefix = extern === undefined ? '' : await fluxParser.format(withDefaults(extern));
  const cacheKey = prefix === '' ? text : `${prefix}\0${text}`;
  const known = cache.use(cacheKey);
  if (known !== undefined) return known;
  const file = await fluxParser.parse(text);
  const script = { file, extern: prefix === '' ? undefined : await fluxParser.parse(prefix) };
  await checkScript(text, file, prefix);
  if (cacheKey.length <= CACHED_SCRIPT_LENGTH_MAX) cache.set(cacheKey, script);
  return script;
}

/** What is wrong with the syntax of a script; types are not looked at, as InfluxDB's analyze does not. */
export async function findSyntaxErrors(text: string): Promise<readonly SyntaxFault[]> {
  checkLength(text);
  const file = await fluxParser.parse(text);
  return syntaxDiagnostics(file, await fluxParser.check(text)).map(toFault);
}

export interface SyntaxFault {
  readonly location: SourceLocation;
  readonly message: string;
}

/** The tree of a script, sound or not, with the place and text of every node. */
export async function parseScript(text: string): Promise<File> {
  checkLength(text);
  return fluxParser.parseFully(text);
}

function checkLength(text: string): void {
  if (text.length > SCRIPT_LENGTH_MAX) throw invalid(`the script is longer than ${SCRIPT_LENGTH_MAX} characters; split it up`);
}

async function checkScript(text: string, file: File, prefix: string): Promise<void> {
  const inserted = insertAfterImports(text, file, prefix);
  const diagnostics = await fluxParser.check(inserted.text);
  if (diagnostics.length === 0) return;
  const describe = (diagnostic: Diagnostic): string => {
    const { location, message } = toFault(diagnostic);
    const { start, end } = inserted.restore(location);
    return `error @${start.line}:${start.column}-${end.line}:${end.column}: ${message}`;
  };
  const syntax = syntaxDiagnostics(file, diagnostics);
  const describeAll = (found: readonly Diagnostic[]): string => found.slice(0, ERRORS_MAX).map(describe).join('\n\n');
  if (syntax.length > 0) throw invalid(`compilation failed: ${describeAll(syntax)}`);
  throw invalid(describeAll(diagnostics));
}

/** Puts the statements of `extern` where they are in scope: right behind the package clause and the imports, which come first. */
function insertAfterImports(
  text: string,
  file: File,
  prefix: string,
): { text: string; restore: (location: SourceLocation) => SourceLocation } {
  if (prefix === '') return { text, restore: (location) => location };
  const { line, column } = (file.imports?.at(-1) ?? file.package)?.location?.end ?? { line: 1, column: 1 };
  const lines = text.split('\n');
  const split = Buffer.from(lines[line - 1] ?? '');
  const head = [...lines.slice(0, line - 1), split.subarray(0, column - 1).toString()];
  const inserted = prefix.split('\n');
  const rest = [split.subarray(column - 1).toString(), ...lines.slice(line)];
  const restLine = line + inserted.length + 1;
  const move = (place: Position): Position => {
    if (place.line <= line) return place;
    if (place.line < restLine) return { line, column };
    return { line: place.line - restLine + line, column: place.line === restLine ? place.column + column - 1 : place.column };
  };
  return {
    text: [...head, ...inserted, ...rest].join('\n'),
    restore: ({ start, end }) => ({ start: move(start), end: move(end) }),
  };
}

const SYNTAX_MESSAGE = /^(invalid (statement|expression): |cannot mix implicit |string literal key |Program is nested too deep)/;

function syntaxDiagnostics(file: File, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const messages = new Set<string>();
  collectParserMessages(file, messages);
  return diagnostics.filter(({ message }) => messages.has(cleanMessage(message)) || SYNTAX_MESSAGE.test(message));
}

function collectParserMessages(node: unknown, into: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collectParserMessages(item, into);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'errors' && Array.isArray(value)) for (const { msg } of value as { msg: string }[]) into.add(cleanMessage(msg));
      else if (key !== 'location') collectParserMessages(value, into);
    }
  }
}

/** Some messages name the file that the checker was given. */
const cleanMessage = (message: string): string => message.replace(/\S*script\.flux@/, '@');

function toFault({ message, range: { start, end } }: Diagnostic): SyntaxFault {
  return {
    message: cleanMessage(message),
    location: { start: { line: start.line + 1, column: start.character + 1 }, end: { line: end.line + 1, column: end.character + 1 } },
  };
}

/** The text of a query that came as a tree: a package, whose files are one script. @throws DomainError `invalid` for what is no tree */
export async function textOfPackage(tree: unknown): Promise<string> {
  const files = typeof tree === 'object' && tree !== null && 'files' in tree && Array.isArray(tree.files) ? (tree.files as File[]) : [];
  if (files.length === 0) throw invalid('ast must be a Flux syntax tree of type Package, with its files');
  const imports = files.flatMap((file) => file.imports ?? []);
  const body = files.flatMap((file) => (file as Partial<File>).body ?? []);
  return fluxParser.format({ ...files[0], type: 'File', imports, body });
}

/** Trees from clients leave out what the formatter insists on. */
function withDefaults(file: File): unknown {
  return { ...file, imports: file.imports ?? [], body: file.body };
}
