/** Requests of `GET|POST /query`: parameters in the query string, in a form, or InfluxQL as the body. */
import { Busboy } from '@fastify/busboy';
import { DomainError, invalid } from '../domain/errors.js';

/** A value of a bound parameter: whole numbers are bigints. */
export type BoundValue = number | bigint | string | boolean | null | readonly BoundValue[] | { readonly [name: string]: BoundValue };

const FORMATS = ['application/json', 'application/csv', 'text/csv', 'application/x-msgpack'] as const;
export type ResultFormat = (typeof FORMATS)[number];

export interface InfluxqlRequest {
  /** The statements. */
  readonly query: string;
  /** Empty for none. */
  readonly database: string;
  readonly retentionPolicy: string;
  /** The values that `$name` stands for. */
  readonly parameters: ReadonlyMap<string, BoundValue>;
  /** How times are shown; empty for RFC 3339. */
  readonly epoch: string;
  readonly format: ResultFormat;
  readonly isPretty: boolean;
  readonly isChunked: boolean;
  /** Rows of a piece of the answer. */
  readonly rowsPerPiece: number;
}

export interface InfluxqlRequestParts {
  readonly query: URLSearchParams;
  /** Of the body. */
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly body: Uint8Array;
}

/** Of a piece of the answer, where the client does not say. */
const ROWS_PER_PIECE = 10_000;
/** A client may ask for more, but gets no more at a time. */
const ROWS_PER_PIECE_MAX = 1_000_000;

const FORM_TYPE = 'application/x-www-form-urlencoded';
const MULTIPART_TYPE = 'multipart/form-data';
const INFLUXQL_TYPE = 'application/vnd.influxql';

/** @throws DomainError `invalid` */
export async function decodeInfluxqlRequest({ query, contentType, accept, body }: InfluxqlRequestParts): Promise<InfluxqlRequest> {
  const parameters = await formParameters(query, contentType, body);
  const value = (name: string): string => parameters.get(name) ?? '';
  const isChunked = value('chunked') === 'true';
  return {
    query: queryOf(value('q'), contentType, body),
    database: value('db'),
    retentionPolicy: value('rp'),
    parameters: decodeBound(value('params')),
    epoch: value('epoch'),
    format: FORMATS.find((format) => format === accept) ?? 'application/json',
    isPretty: value('pretty') === 'true',
    isChunked,
    rowsPerPiece: isChunked ? rowsOf(value('chunk_size')) : ROWS_PER_PIECE,
  };
}

/** What stands in a form wins over what stands in the query string, and that over what stands in a form of parts, as in Go. */
async function formParameters(query: URLSearchParams, contentType: string | undefined, body: Uint8Array): Promise<URLSearchParams> {
  const type = mediaType(contentType);
  if (body.length === 0 || (type !== FORM_TYPE && type !== MULTIPART_TYPE)) return query;
  const form = new URLSearchParams(type === FORM_TYPE ? textOf(body) : '');
  for (const [name, value] of query) form.append(name, value);
  if (type === MULTIPART_TYPE) for (const [name, value] of await readParts(contentType ?? '', body)) form.append(name, value);
  return form;
}

/** Parts of a form that are read; the rest is not looked at. */
const PARTS_MAX = 100;

/** The fields of a form of parts; of what was uploaded as a file the content counts. */
function readParts(contentType: string, body: Uint8Array): Promise<[string, string][]> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(new DomainError('invalid', 'the form in the body cannot be read', { cause }));
    };
    try {
      const found: [string, string][] = [];
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { parts: PARTS_MAX, fieldSize: body.length } });
      parser.on('field', (name, value) => found.push([name, value]));
      parser.on('file', (name, file) => {
        const pieces: Buffer[] = [];
        file.on('data', (piece: Buffer) => pieces.push(piece));
        file.on('end', () => found.push([name, Buffer.concat(pieces).toString('utf8')]));
        file.on('error', fail);
      });
      parser.on('error', fail);
      parser.on('finish', () => {
        resolve(found);
      });
      parser.end(body);
    } catch (error) {
      fail(error);
    }
  });
}

const mediaType = (contentType: string | undefined): string => (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const textOf = (body: Uint8Array): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');

function queryOf(parameter: string, contentType: string | undefined, body: Uint8Array): string {
  const query = parameter.trim();
  if (query !== '') return query;
  const type = mediaType(contentType);
  if (type === INFLUXQL_TYPE) return textOf(body);
  // A body of any other type, such as JSON, is no query, and no error either: there is nothing to answer (InfluxDB's rule).
  if (MEDIA_TYPE.test(type)) return '';
  throw invalid(`missing required parameter "q"; a query may also be the body, with content type ${INFLUXQL_TYPE}`);
}

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

function rowsOf(text: string): number {
  const rows = /^\+?\d{1,18}$/.test(text) ? Number(text) : 0;
  return rows === 0 ? ROWS_PER_PIECE : Math.min(rows, ROWS_PER_PIECE_MAX);
}

function decodeBound(text: string): ReadonlyMap<string, BoundValue> {
  if (text === '') return new Map();
  let value: unknown;
  try {
    JSON.parse(text);
    value = JSON.parse(
      text.replace(STRING_OR_NUMBER, (token, number: string | undefined) => (number === undefined ? token : tagged(number))),
    );
  } catch {
    throw invalid('error parsing query parameters: not a JSON object');
  }
  if (value === null) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('error parsing query parameters: not a JSON object');
  return new Map(Object.entries(value).map(([name, bound]) => [name, boundValue(bound)]));
}

/** JSON in JavaScript knows only doubles, so numbers are read as texts that begin like no text of a client does. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|(-?\d[\d.eE+-]*)/g;
const NUMBER_TAG = '\u0000';
const tagged = (number: string): string => JSON.stringify(NUMBER_TAG + number);

function boundValue(value: unknown): BoundValue {
  if (typeof value === 'string') return value.startsWith(NUMBER_TAG) ? numberOf(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map(boundValue);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, boundValue(member)]));
  }
  return value as boolean | null;
}

const INT64_MAX = 2n ** 63n - 1n;

function numberOf(text: string): number | bigint {
  if (!/^-?\d+$/.test(text)) return Number(text);
  const value = BigInt(text);
  if (value > INT64_MAX || value < -INT64_MAX - 1n) throw invalid(`error parsing json value: ${text} does not fit 64 bits`);
  return value;
}
