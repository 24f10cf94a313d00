/** One call of the API: sends, and makes of the answer a value or an ApiError. */
import { ApiError } from './api-error.js';
import type { ClientRequest, ClientResponse, Send } from './request.js';

/** Characters of an answer that is no JSON which are shown in an error. */
const EXCERPT_LENGTH_MAX = 200;
/** Bytes of an answer that is read whole. */
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;

/** @throws ApiError for any status from 300 on */
export async function call(send: Send, request: ClientRequest): Promise<ClientResponse> {
  const response = await send(request);
  if (response.status < 300) return response;
  throw await readApiError(response);
}

/** @throws ApiError */
export async function callJson<T>(send: Send, request: ClientRequest, json?: unknown): Promise<T> {
  const response = await call(send, withJson(request, json));
  return JSON.parse(await readText(response.body)) as T;
}

/** For a call whose answer says nothing. @throws ApiError */
export async function callEmpty(send: Send, request: ClientRequest, json?: unknown): Promise<void> {
  const response = await call(send, withJson(request, json));
  // Read to its end, so that the connection can be used again.
  await readText(response.body);
}

const withJson = (request: ClientRequest, json: unknown): ClientRequest =>
  json === undefined
    ? request
    : { ...request, headers: { 'content-type': 'application/json', ...request.headers }, body: JSON.stringify(json) };

export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

async function readApiError(response: ClientResponse): Promise<ApiError> {
  const text = await readText(response.body);
  const hints = [response.headers.hint, response.hint].filter((hint) => hint !== undefined);
  const { code, reason } = readReason(text);
  return new ApiError(response.status, response.statusText, { reason, code, hints });
}

function readReason(text: string): { code: string; reason: string } {
  try {
    const { code = '', message = '', err, error } = JSON.parse(text) as Record<string, string | undefined>;
    // The v1-compatible API says `error`.
    return { code, reason: err === undefined || err === '' ? message || (error ?? '') : `${message}: ${err}` };
  } catch {
    const excerpt = text.trim().slice(0, EXCERPT_LENGTH_MAX);
    return { code: '', reason: excerpt.startsWith('<') ? '' : excerpt };
  }
}
