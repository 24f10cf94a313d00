/** Package `csv`: a text as tables. Files stay out of reach. */
import { DomainError } from '../../../../domain/errors.js';
import { decodeAnnotatedCsv } from '../../../../wire/annotated-csv-decoder.js';
import { fluxError, wrapError } from '../../language/errors.js';
import { TableStream } from '../../execute/table-stream.js';
import type { RunContext } from '../../execute/run-context.js';
import type { SourceTable } from '../../execute/runnable-node.js';
import { chunkBytes } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Package } from '../native.js';
import { FluxPackage, flux, native } from '../native.js';

const BYTE_ORDER_MARK = '\ufeff';

const from = native((args, context) => {
  if (args.has('file')) throw fluxError('csv.from() failed to read file: this server lets no script read files; pass the text as csv');
  if (!args.has('csv')) throw fluxError('must provide csv raw text or filename');
  const mode = args.string('mode', 'annotations');
  if (mode !== 'annotations' && mode !== 'raw') throw fluxError(`mode must be annotations or raw, was "${mode}"`);
  const text = args.string('csv');
  return new TableStream({
    spec: { kind: 'source' },
    inputs: [],
    site: context.site,
    bounds: undefined,
    produce: (run) => tablesOf(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, mode === 'raw', run),
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- a source that has nothing to wait for
async function* tablesOf(text: string, raw: boolean, { memory }: RunContext): AsyncIterable<SourceTable> {
  let result: string | undefined;
  try {
    for (const table of decodeAnnotatedCsv(text, { raw })) {
      result ??= table.result;
      if (table.result !== result) throw fluxError('csv.from() can only parse 1 result');
      const chunk = { key: new GroupKey(table.key), columns: table.columns, rowCount: table.rowCount };
      memory.hold(chunkBytes(chunk));
      yield { chunk, last: true };
    }
  } catch (error) {
    throw error instanceof DomainError ? wrapError(error, 'error in csv.from()') : error;
  }
}

export const csv: Package = { from };

/** Package `experimental/csv`: the text that a URL answers. */
export const experimentalCsv = new FluxPackage(flux`
import "csv"
import "experimental/http"

from = (url) => csv.from(csv: string(v: http.get(url: url).body))
`);
