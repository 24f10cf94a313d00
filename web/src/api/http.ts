/** Requests to the server that sent these pages, with its errors in its own words. */

/** What the server, or the way to it, had against a request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: no answer came at all. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface ApiRequest {
  readonly json?: unknown;
  readonly basic?: { readonly userName: string; readonly password: string };
  readonly signal?: AbortSignal | undefined;
  /** What a 401 means here is for the caller to say: there is no session that could have ended. */
  readonly withoutSession?: boolean;
}

/** The server's message for unauthenticated requests; a missing permission has another one. */
const NOBODY = 'unauthorized access';

export const isNobody = (error: unknown): boolean => error instanceof ApiError && error.status === 401 && error.message === NOBODY;

let tellSessionEnded: () => void = () => undefined;

export function onSessionEnded(listener: () => void): () => void {
  tellSessionEnded = listener;
  return () => {
    tellSessionEnded = () => undefined;
  };
}

/** @throws ApiError for every answer but a good one */
export async function send(method: string, path: string, request: ApiRequest = {}): Promise<Response> {
  const { json, basic, signal, withoutSession = false } = request;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(basic === undefined ? {} : { authorization: `Basic ${encodeBasic(basic.userName, basic.password)}` }),
      },
      body: json === undefined ? null : JSON.stringify(json),
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(0, 'unavailable', `The server at ${location.origin} does not answer.`);
  }
  if (response.ok) return response;
  const error = await readError(response);
  if (isNobody(error) && !withoutSession) {
    tellSessionEnded();
    throw new ApiError(401, error.code, 'Your session has ended. Sign in, then try again.');
  }
  throw error;
}

async function readError(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown };
    if (typeof message === 'string' && message !== '') {
      return new ApiError(response.status, typeof code === 'string' ? code : '', withPause(response, message));
    }
  } catch {
    // No JSON: a proxy answered, most likely, and its page is nothing to read here.
  }
  return new ApiError(response.status, '', `The server, or a proxy in front of it, answered ${response.status} ${response.statusText}.`);
}

function withPause(response: Response, message: string): string {
  const seconds = response.headers.get('retry-after');
  return seconds === null ? message : `${message} (try again in ${seconds} s)`;
}

/** The server reads the pair as UTF-8. */
function encodeBasic(userName: string, password: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(`${userName}:${password}`)));
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send('GET', path, { signal });
  return (await response.json()) as T;
}

/** Sends a change; what comes back is for who wants it. */
export async function sendJson<T>(method: string, path: string, json?: unknown): Promise<T> {
  const response = await send(method, path, { json });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** A query string of what is given. */
export function queryOf(members: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== undefined && value !== '') query.set(name, String(value));
  return query.toString();
}

/** Rows of a page, and the most that is fetched of a list that is shown whole. */
const PAGE_ROWS = 100;
const LIST_ROWS_MAX = 5000;

/** All pages of a list of the server's, one behind the other. */
export async function getAll<T>(path: string, member: string, signal?: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  while (rows.length < LIST_ROWS_MAX) {
    const query = queryOf({ limit: PAGE_ROWS, offset: rows.length });
    const body = await getJson<Record<string, T[]>>(`${path}${path.includes('?') ? '&' : '?'}${query}`, signal);
    const page = body[member] ?? [];
    rows.push(...page);
    if (page.length < PAGE_ROWS) break;
  }
  return rows;
}
