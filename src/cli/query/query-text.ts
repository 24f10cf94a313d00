/** The query, wherever it comes from. */
import { readFileSync } from 'node:fs';
import { describeFileFault } from '../failure.js';
import { readRest } from '../terminal.js';

/** @throws Error when no source gives the query, or two do */
export function readQuery(file: string | undefined, positionals: readonly string[], isStdinTaken: boolean): string {
  const query = readScript(file, positionals, isStdinTaken).trim();
  if (query === '') throw new Error('no query provided');
  return query;
}

/** As it is given. @throws Error when two sources give it */
export function readScript(file: string | undefined, positionals: readonly string[], isStdinTaken: boolean): string {
  if (positionals.length > 1) throw new Error(`at most 1 query string can be specified as an argument, got ${positionals.length}`);
  const [given] = positionals;
  if (given !== undefined && file !== undefined) {
    throw new Error('query can be specified as a CLI arg or passed in a file via flag, not both');
  }
  return file === undefined ? readArgument(given, isStdinTaken) : readFile(file);
}

function readArgument(given: string | undefined, isStdinTaken: boolean): string {
  if (given !== undefined && given !== '-') return given.startsWith('@') ? readFile(given.slice(1)) : given;
  if (isStdinTaken) throw new Error('standard input cannot hold the token and the query: use --token-file');
  return readRest();
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`failed to read query from ${JSON.stringify(path)}: open ${path}: ${describeFileFault(cause)}`, { cause });
  }
}
