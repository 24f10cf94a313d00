/** `query`: Flux, answered by tables or by annotated CSV as it comes. */
import { TextDecoder } from 'node:util';
import { runQuery } from '../../client/data.js';
import { defineCommand } from '../command.js';
import { organizationFlags, quietFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text, texts, toggle } from '../flags.js';
import { profilersExtern } from '../query/profilers.js';
import { readQuery } from '../query/query-text.js';
import { readResultRows } from '../query/result-rows.js';
import { ResultTable } from '../query/result-table.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';
import { writeOut } from '../terminal.js';

/** Characters that are gathered before they are written. */
const PIECE_LENGTH = 64 * 1024;

export const command = defineCommand({
  description: 'The query comes as an argument, from a file, or from standard input.',
  positionals: '[query | @file | -]',
  examples: [
    `sluice query 'from(bucket: "data") |> range(start: -1h)'`,
    'sluice query --file report.flux --raw > report.csv',
    `sluice query --profilers query,operator 'from(bucket: "data") |> range(start: -1h)'`,
  ],
  flags: {
    file: text('file with the query', { short: 'f', value: 'path' }),
    raw: toggle('print annotated CSV', { short: 'r' }),
    profilers: texts('comma-separated list of profilers to enable', { short: 'p', value: 'names' }),
    ...organizationFlags,
    ...quietFlags,
  },
  async run(invocation) {
    const { values, positionals, origins } = invocation;
    checkOrganization(values);
    const query = readQuery(values.file, positionals, values.token === '-' && origins.get('token') === '--token');
    const session = await openSession(invocation);
    const organization = organizationOf(session, values);
    const profilers = values.profilers.flatMap((names) => names.split(','));
    const extern = profilers.length === 0 ? undefined : profilersExtern(profilers);
    const answer = await attempt('failed to execute query', runQuery(session.send, organization, { query, extern }));
    await attempt('failed to execute query', values.raw ? printRaw(answer) : printTables(answer));
  },
});

async function printRaw(answer: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of answer) writeOut(piece);
}

async function printTables(answer: AsyncIterable<Uint8Array>): Promise<void> {
  const table = new ResultTable();
  let piece = '';
  try {
    for await (const row of readResultRows(decode(answer))) {
      piece += table.format(row);
      if (piece.length < PIECE_LENGTH) continue;
      writeOut(piece);
      piece = '';
    }
  } finally {
    if (piece !== '') writeOut(piece);
  }
}

async function* decode(answer: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of answer) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}
