/** Bodies of `POST /api/v2/query`: JSON, or a Flux script as it is. */
import { DomainError, invalid } from '../domain/errors.js';
import { parseTime } from '../domain/time.js';
import type { Annotation, CsvDialect } from './annotated-csv.js';
import { findMember, parseFirstValue } from './json.js';

export interface QueryRequest {
  /** Empty where the query came as a tree. */
  readonly query: string;
  /** The query as a Flux syntax tree (a `Package`), as `/api/v2/query/ast` answers it. */
  readonly ast: unknown;
  readonly dialect: CsvDialect;
  /** Nanoseconds that take the place of the present; undefined where the request does not say. */
  readonly nowNs: bigint | undefined;
  /** A Flux syntax tree (a `File`, often without its `type`) whose statements stand before the query's. */
  readonly extern: unknown;
}

/** InfluxDB's words for everything that is wrong with a request, its organization included. */
export const DECODE_PREFIX = 'failed to decode request body: ';

const FLUX_CONTENT_TYPE = 'application/vnd.flux';
const RAW_DIALECT: CsvDialect = { header: true, delimiter: ',', annotations: [] };
const ANNOTATIONS = new Set<string>(['group', 'datatype', 'default']);
const DATE_TIME_FORMATS = new Set<string>(['', 'RFC3339', 'RFC3339Nano']);

/**
 * @param contentType `application/vnd.flux` says that the body is a script; everything else means JSON
 * @throws DomainError `invalid` with InfluxDB's messages
 */
export function decodeQueryRequest(contentType: string | undefined, body: string): QueryRequest {
  try {
    return isFlux(contentType) ? checked({ query: body }, RAW_DIALECT) : decodeJson(body);
  } catch (error) {
    if (error instanceof DomainError) throw invalid(`${DECODE_PREFIX}${error.message}`);
    throw error;
  }
}

const isFlux = (contentType: string | undefined): boolean => contentType?.split(';')[0]?.trim().toLowerCase() === FLUX_CONTENT_TYPE;

function decodeJson(text: string): QueryRequest {
  const body = parseObject(text);
  const query = stringMember(body, 'query');
  const type = stringMember(body, 'type');
  const ast = findMember(body, 'ast') ?? undefined;
  if (query === '' && ast === undefined) throw invalid('request body requires either query or AST');
  if (type !== '' && type !== 'flux') throw invalid(`unknown query type: ${type}`);
  const request = { query, ast: query === '' ? ast : undefined, now: stringMember(body, 'now'), extern: findMember(body, 'extern') };
  return checked(request, decodeDialect(findMember(body, 'dialect')));
}

/** The script of `POST /api/v2/query/analyze`; there is nothing wrong with an empty one. */
export function decodeAnalyzeRequest(text: string): string {
  try {
    const body = parseObject(text);
    const type = stringMember(body, 'type');
    if (type !== '' && type !== 'flux') throw invalid(`unknown query type: ${type}`);
    return stringMember(body, 'query');
  } catch (error) {
    throw error instanceof DomainError ? invalid(`${DECODE_PREFIX}${error.message}`) : error;
  }
}

interface AskedFor {
  readonly query: string;
  readonly ast?: unknown;
  readonly now?: string;
  readonly extern?: unknown;
}

function checked({ query, ast, now = '', extern }: AskedFor, dialect: CsvDialect): QueryRequest {
  if (query === '' && ast === undefined) throw invalid('request body requires either query or AST');
  const nowNs = now === '' ? undefined : parseTime(now);
  if (now !== '' && nowNs === undefined)
    throw invalid(`parsing time "${now}" as "2006-01-02T15:04:05Z07:00": cannot parse "${now}" as "2006"`);
  return { query, ast, dialect, nowNs, extern: extern === undefined ? undefined : toFile(extern) };
}

/** Clients leave out the type and whatever is empty: InfluxData's for Python send `{"imports": [], "body": []}` with every query. */
function toFile(extern: unknown): unknown {
  if (typeof extern !== 'object' || extern === null || Array.isArray(extern))
    throw invalid('extern must be a Flux syntax tree of type File');
  const file = extern as Record<string, unknown>;
  return { ...file, type: 'File', imports: file.imports ?? [], body: file.body ?? [] };
}

function parseObject(text: string): Record<string, unknown> {
  const value = parseFirstValue(text);
  // The words of the parser would show what stands in the body.
  if (value === undefined) throw invalid('the body is not valid JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('json: cannot unmarshal the body into an object');
  return value as Record<string, unknown>;
}

function stringMember(body: Record<string, unknown>, name: string): string {
  const value = findMember(body, name) ?? '';
  if (typeof value !== 'string') throw invalid(`json: cannot unmarshal ${name} into a string`);
  return value;
}

function decodeDialect(value: unknown): CsvDialect {
  if (value === undefined) return { header: true, delimiter: ',', annotations: [] };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('json: cannot unmarshal dialect into an object');
  const dialect = value as Record<string, unknown>;
  const delimiter = stringMember(dialect, 'delimiter') || ',';
  if (Buffer.byteLength(delimiter) !== 1) throw invalid('invalid dialect delimeter: must be length 1');
  const annotations = findMember(dialect, 'annotations') ?? [];
  if (!Array.isArray(annotations)) throw invalid('json: cannot unmarshal annotations into an array');
  for (const annotation of annotations as unknown[]) {
    if (typeof annotation !== 'string' || !ANNOTATIONS.has(annotation))
      throw invalid(`unknown dialect annotation type: ${String(annotation)}`);
  }
  if (Array.from(stringMember(dialect, 'commentPrefix')).length > 1) throw invalid('invalid dialect comment prefix: must be length 0 or 1');
  const dateTimeFormat = stringMember(dialect, 'dateTimeFormat');
  if (!DATE_TIME_FORMATS.has(dateTimeFormat)) throw invalid(`unknown dialect date time format: ${dateTimeFormat}`);
  const header = findMember(dialect, 'header') ?? true;
  if (typeof header !== 'boolean') throw invalid('json: cannot unmarshal header into a bool');
  return { header, delimiter, annotations: annotations as Annotation[] };
}
