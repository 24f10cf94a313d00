/** Shows requests and answers on standard error, with every secret masked. */
import type { ClientRequest, ClientResponse, Send } from '../client/request.js';
import { formatTarget } from '../client/request.js';
import { writeError } from './terminal.js';

const MASK = '[masked]';
/** Characters of a body that are shown. */
const BODY_LENGTH_MAX = 4096;

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'set-cookie']);
/** In JSON, whatever its depth. */
const SECRET_MEMBERS = /("(?:token|password|hashedToken|secret)"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

export const debugged =
  (send: Send): Send =>
  async (request) => {
    showRequest(request);
    const response = await send(request);
    return showResponse(request, response);
  };

function showRequest(request: ClientRequest): void {
  const { body = '' } = request;
  show(
    '>',
    `${request.method} ${formatTarget(request)}`,
    request.headers ?? {},
    typeof body === 'string' ? mask(request, body) : '(bytes)',
  );
}

/** Passes the body on to the caller, chunk by chunk. */
function showResponse(request: ClientRequest, response: ClientResponse): ClientResponse {
  const isText = /json|text/.test(response.headers['content-type'] ?? '');
  return {
    ...response,
    body: (async function* () {
      let seen = '';
      for await (const piece of response.body) {
        if (isText && seen.length < BODY_LENGTH_MAX) seen += Buffer.from(piece).toString('utf8');
        yield piece;
      }
      show('<', `${response.status} ${response.statusText}`, response.headers, isText ? mask(request, seen) : '');
    })(),
  };
}

function show(arrow: string, line: string, headers: Readonly<Record<string, string | undefined>>, body: string): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${SECRET_HEADERS.has(name) ? MASK : (value ?? '')}`);
  const text = [line, ...lines, ...(body === '' ? [] : ['', body])].map((each) => each.replaceAll(/^/gm, `${arrow} `)).join('\n');
  writeError(`${text}\n\n`);
}

/** The values of an organization's secrets stand under names of their owner's choice. */
const mask = ({ method, path }: ClientRequest, body: string): string =>
  method === 'PATCH' && path.endsWith('/secrets') ? MASK : body.replaceAll(SECRET_MEMBERS, `$1"${MASK}"`).slice(0, BODY_LENGTH_MAX);
