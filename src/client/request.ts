/** A request to the server and its answer, whatever carries them: Node's sockets here, `fetch` in a browser. */

export type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** What is undefined or empty is left out. */
  /** A list gives a parameter for each. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>> | undefined;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Body | undefined;
  /** An answer that comes gzipped is handed on so. */
  readonly leavesPacked?: boolean | undefined;
}

export interface ClientResponse {
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** What the sender knows of why it was refused: where the token came from. */
  readonly hint?: string | undefined;
}

/** Carries one request. Rejects when no answer comes; an answer of any status is an answer. */
export type Send = (request: ClientRequest) => Promise<ClientResponse>;

/** The path with the query behind it. */
export function formatTarget({ path, query = {} }: Pick<ClientRequest, 'path' | 'query'>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (one !== undefined && one !== '') parameters.append(name, String(one));
    }
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
