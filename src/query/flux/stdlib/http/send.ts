/** Functions that send HTTP requests: the server's gate decides where to, and how long it may take. */
import { Dictionary, PlainRecord, isArray, isRecord, type RecordValue, type Value } from '../../language/value.js';
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import type { ScriptRequest, ScriptResponse } from '../../environment.js';
import type { Arguments, Native } from '../native.js';
import { native } from '../native.js';

/** Where the script sets none. The gate has a limit of its own. */
const TIMEOUT_MS = 30_000;
const NO_TIMEOUT_MS = Number.MAX_SAFE_INTEGER;
const NS_PER_MS = 1_000_000;
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);

/** `http.post` */
export const post: Native = native((args, context) => {
  const { status } = context.send(requestOf('POST', args, { headers: headersOfRecord(args), body: bytesOf(args, 'data') }));
  return BigInt(status);
});

/** `experimental/http.get` */
export const get: Native = native((args, context) => {
  const timeoutMs = args.has('timeout') ? msOf(args.duration('timeout')) : TIMEOUT_MS;
  const { status, headers, body } = context.send(requestOf('GET', args, { headers: headersOfRecord(args), timeoutMs }));
  return PlainRecord.of({ statusCode: BigInt(status), headers: PlainRecord.of(goHeaders(headers)), body });
});

/** `http/requests._do` */
export const request: Native = native((args, context) => {
  const method = args.string('method');
  if (!METHODS.has(method)) throw fluxError(`invalid HTTP method ${JSON.stringify(method)}`);
  const config = args.record('config');
  const timeout = config.get('timeout');
  if (!(timeout instanceof Duration)) throw fluxError('config is missing "timeout" property');
  if (timeout.months !== 0 && timeout.ns !== 0n) throw fluxError('config timeout must not be a mixed duration');
  const allowInsecureTls = config.get('insecureSkipVerify');
  if (typeof allowInsecureTls !== 'boolean') throw fluxError('config is missing "insecureSkipVerify" property');
  const beganMs = performance.now();
  const { status, headers, body } = context.send({
    ...requestOf(method, args, { headers: headersOfDictionary(args), body: bytesOf(args, 'body'), timeoutMs: msOf(timeout) }),
    url: withParameters(args.string('url'), args),
    allowInsecureTls,
  });
  const duration = Duration.ofNs(BigInt(Math.round((performance.now() - beganMs) * NS_PER_MS)));
  return PlainRecord.of({
    statusCode: BigInt(status),
    body,
    headers: new Dictionary(Object.entries(goHeaders(headers))),
    duration,
  });
});

type Parts = Partial<Pick<ScriptRequest, 'headers' | 'body' | 'timeoutMs'>>;

const requestOf = (method: string, args: Arguments, { headers = {}, body, timeoutMs = TIMEOUT_MS }: Parts): ScriptRequest => ({
  method,
  url: args.string('url'),
  headers,
  body,
  timeoutMs,
  allowInsecureTls: false,
});

const msOf = ({ approximateNs: ns }: Duration): number => (ns <= 0n ? NO_TIMEOUT_MS : Math.ceil(Number(ns) / NS_PER_MS));

function bytesOf(args: Arguments, name: string): Uint8Array | undefined {
  const value = args.get(name);
  if (value === undefined || value === null) return undefined;
  if (!(value instanceof Uint8Array)) throw fluxError(`parameter "${name}" is not of type bytes`);
  return value;
}

function headersOfRecord(args: Arguments): Record<string, string> {
  const value = args.get('headers');
  if (value === undefined || value === null) return {};
  const record: RecordValue | undefined = isRecord(value) ? value : undefined;
  if (record === undefined) throw fluxError('headers must be a record');
  return textsOf([...record.labels()].map((name) => [name, record.get(name) ?? null]));
}

function headersOfDictionary(args: Arguments): Record<string, string> {
  const value = args.get('headers');
  if (value === undefined || value === null) return {};
  if (!(value instanceof Dictionary)) throw fluxError('parameter "headers" is not of type [string:string]');
  return textsOf(value.pairs());
}

/** One header for each name, in whatever case: the last counts. */
function textsOf(pairs: Iterable<readonly [Value, Value]>): Record<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (typeof name !== 'string' || typeof value !== 'string') throw fluxError(`header value ${JSON.stringify(name)} must be a string`);
    headers.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(headers);
}

/** Parameters take the place of those in the URL. */
function withParameters(url: string, args: Arguments): string {
  const value = args.get('params');
  if (value === undefined || value === null) return url;
  if (!(value instanceof Dictionary)) throw fluxError('parameter "params" is not of type [string: [string]]');
  const pairs = [...value.pairs()].flatMap(([name, values]): [string, string][] => {
    if (typeof name !== 'string' || !isArray(values)) throw fluxError('parameter "params" is not of type [string: [string]]');
    return values.map((one): [string, string] => {
      if (typeof one !== 'string') throw fluxError('parameter "params" is not of type [string: [string]]');
      return [name, one];
    });
  });
  if (pairs.length === 0 || !URL.canParse(url)) return url;
  const changed = new URL(url);
  const parameters = new URLSearchParams(pairs);
  parameters.sort();
  changed.search = parameters.toString();
  return changed.href;
}

/** Names of headers as Go writes them, which scripts of InfluxDB look for. */
const goHeaders = (headers: ScriptResponse['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (part) => part.toUpperCase()), value]));
