/** `json`: what InfluxDB 1.x answers to a query, as tables: one for each column of each series. */
import { parseTime } from '../../../../domain/time.js';
import type { SourceTable } from '../../execute/runnable-node.js';
import type { RunContext } from '../../execute/run-context.js';
import { TableStream } from '../../execute/table-stream.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { chunkBytes, columnOf, keyColumns } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Cell, ColumnType } from '../../table/vector.js';
import { vectorOf } from '../../table/vector.js';
import { native } from '../native.js';

/** What a letter of JSON can become: an element of an array takes two letters there and a place here. */
const BYTES_PER_LETTER = 8;
const TIME_COLUMN = 'time';

interface Series {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export const json = native((args, context) => {
  const text = args.string('json', '');
  const file = args.string('file', '');
  if (text === '' && file === '') throw fluxError('must provide json raw text or filename');
  if (text !== '' && file !== '') throw fluxError('must provide exactly one of the parameters json or file');
  if (file !== '') throw fluxError('failed to stat json file: this server lets no script read files; pass the text as json');
  return new TableStream({
    spec: { kind: 'source' },
    inputs: [],
    site: context.site,
    bounds: undefined,
    produce: (run) => tablesOf(text, run),
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- a source that has nothing to wait for
async function* tablesOf(text: string, { memory, turn }: RunContext): AsyncIterable<SourceTable> {
  memory.hold(text.length * BYTES_PER_LETTER);
  turn.check(text.length);
  for (const series of seriesOf(text)) {
    for (const [at, label] of series.columns.entries()) {
      if (label === TIME_COLUMN) continue;
      const chunk = tableOf(series, at, label);
      if (chunk === undefined) continue;
      memory.hold(chunkBytes(chunk));
      yield { chunk, last: true };
    }
  }
  memory.release(text.length * BYTES_PER_LETTER);
}

/** The values of one column that are there; undefined where there are none. */
function tableOf({ name, tags, columns, rows }: Series, at: number, field: string): Chunk | undefined {
  const present = rows.filter((row) => (row[at] ?? null) !== null);
  const [first] = present;
  if (first === undefined) return undefined;
  const type = typeOf(first[at]);
  const timeAt = columns.indexOf(TIME_COLUMN);
  const key = new GroupKey([
    ...(name === '' ? [] : [{ label: '_measurement', type: 'string' as const, value: name }]),
    ...[...tags.keys()].sort().map((label) => ({ label, type: 'string' as const, value: tags.get(label) ?? '' })),
    { label: '_field', type: 'string' as const, value: field },
  ]);
  const times =
    timeAt < 0
      ? []
      : [
          columnOf(
            '_time',
            vectorOf(
              'time',
              present.map((row) => timeOf(row[timeAt])),
            ),
          ),
        ];
  const values = columnOf(
    '_value',
    vectorOf(
      type,
      present.map((row) => {
        if (typeOf(row[at]) !== type) throw fluxError(`column "${field}" is both of type ${type} and ${typeOf(row[at])}`);
        return row[at] as Cell;
      }),
    ),
  );
  return { key, columns: [...times, ...keyColumns(key, present.length), values], rowCount: present.length };
}

function typeOf(value: unknown): ColumnType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float';
  throw fluxError('the values of a series must be numbers, texts, booleans or null');
}

function timeOf(value: unknown): bigint {
  if (typeof value !== 'string') throw fluxError('the times of a series must be texts in RFC3339');
  const ns = parseTime(value);
  if (ns === undefined) throw fluxError(`cannot parse time "${value}"; expected RFC3339`);
  return ns;
}

/** The series of the first result; more than one result is not read, as in InfluxDB. */
function seriesOf(text: string): readonly Series[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw fluxError(`invalid JSON: ${(error as Error).message}`);
  }
  const failure = member(answer, 'error');
  if (typeof failure === 'string' && failure !== '') throw fluxError(failure);
  const [result] = listOf(member(answer, 'results'));
  const refused = member(result, 'error');
  if (typeof refused === 'string' && refused !== '') throw fluxError(refused);
  if (result === undefined) throw fluxError('the JSON has no results');
  return listOf(member(result, 'series')).map((one) => ({
    name: textOf(member(one, 'name') ?? ''),
    tags: new Map(Object.entries(member(one, 'tags') ?? {}).map(([label, value]) => [label, textOf(value)])),
    columns: listOf(member(one, 'columns')).map(textOf),
    rows: listOf(member(one, 'values')).map(listOf),
  }));
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw fluxError('the JSON is no answer of InfluxDB 1.x');
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw fluxError('the JSON is no answer of InfluxDB 1.x');
  return value;
}
