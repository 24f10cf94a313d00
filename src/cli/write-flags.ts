/** The flags of `write` and `write dryrun`. */
import { PRECISIONS } from '../client/data.js';
import type { Invocation } from './command.js';
import { organizationFlags, quietFlags } from './standard-flags.js';
import { choice, integer, parsed, text, texts, toggle } from './flags.js';
import { bucketFlags } from './target-flags.js';
import { openInput, type Input } from './write/input.js';
import { parseRateLimit } from './write/rate-limit.js';

const LINE_BYTES_MAX = 16_000_000;

export const writeFlags = {
  ...bucketFlags,
  ...organizationFlags,
  precision: choice('precision of the timestamps (default ns)', 'precision', PRECISIONS, { short: 'p', variable: 'INFLUX_PRECISION' }),
  format: choice('format of the input (default: csv for files ending in .csv, else lp)', 'format', ['lp', 'csv'] as const),
  file: texts('file to write; may be repeated', { short: 'f', value: 'path' }),
  header: texts('line to put before the input; may be repeated; means csv', { value: 'line' }),
  skipHeader: integer('skip so many lines of the input', 0),
  skipRowOnError: toggle('skip invalid rows and print a message'),
  'errors-file': text('write invalid rows to this file; implies --skipRowOnError', { value: 'path' }),
  compression: choice('compression of the input (default: gzip for files ending in .gz)', 'compression', ['none', 'gzip'] as const),
  encoding: parsed('character set of the input (default UTF-8)', 'UTF-8', (name) => name, { value: 'name' }),
  'rate-limit': parsed('how fast to write, as "5 MB / 5 min" or "17kBs"', 0, parseRateLimit, { value: 'rate' }),
  'max-line-length': integer('bytes of the longest line (default 16000000)', LINE_BYTES_MAX),
  debug: toggle('print how CSV columns are interpreted'),
  'dry-run': toggle('print the lines instead of writing them'),
  url: texts('', { short: 'u', isHidden: true }),
  xIgnoreDataTypeInColumnName: toggle('', { isHidden: true }),
  ...quietFlags,
};

export type WriteInvocation = Invocation<typeof writeFlags>;

export async function openWriteInput({ values, positionals, origins }: WriteInvocation): Promise<Input> {
  if (values.url.length > 0) {
    throw new Error('sluice fetches nothing: pipe it, as in `curl --fail --silent URL | sluice write --bucket NAME`');
  }
  const usesStdin = values.token === '-' && origins.get('token') === '--token';
  return openInput(
    {
      positionals,
      files: values.file,
      format: values.format,
      compression: values.compression,
      encoding: values.encoding,
      headers: values.header,
      skippedLines: values.skipHeader,
      skipsRows: values.skipRowOnError,
      ignoresTypesInNames: values.xIgnoreDataTypeInColumnName,
      showsColumns: values.debug,
      errorsFile: values['errors-file'],
      precision: values.precision ?? 'ns',
    },
    () => readStdin(usesStdin),
  );
}

function readStdin(isTaken: boolean): AsyncIterable<Buffer> {
  if (isTaken) throw new Error('standard input cannot hold the token and the points: use --token-file');
  if (process.stdin.isTTY) throw new Error('nothing to write: give lines as an argument, with --file, or on standard input');
  return process.stdin as AsyncIterable<Buffer>;
}
