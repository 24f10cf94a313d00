/** Responses on connections whose request cannot be parsed or does not arrive. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

interface Saying {
  readonly status: string;
  readonly code: string;
  readonly message: string;
}

const SAYINGS: Readonly<Record<string, Saying>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', code: 'invalid', message: 'the request took too long to arrive' },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'request too large',
    message: 'the headers are larger than this server takes',
  },
};
const UNREADABLE: Saying = { status: '400 Bad Request', code: 'invalid', message: 'the request cannot be read' };

/** Answers in the shape of all other errors, and ends the connection. */
export function answerClientError({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const { status, ...body } = SAYINGS[code] ?? UNREADABLE;
  say(socket, status, body);
}

/** Answers plain HTTP on an HTTPS port; other TLS failures close the connection without a response, as the client could not read it. */
export function answerPlainHttp({ code }: NodeJS.ErrnoException, tlsSocket: TLSSocket): void {
  if (code !== 'ERR_SSL_HTTP_REQUEST') return;
  // Node has no public way to the socket below one of TLS, and that alone carries what the client can read.
  const below = Reflect.get(tlsSocket, '_parent') as Socket | null | undefined;
  if (below) say(below, '400 Bad Request', { code: 'invalid', message: 'this server speaks HTTPS here: begin the URL with https://' });
}

function say(socket: Socket, status: string, body: { readonly code: string; readonly message: string }): void {
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${text.length}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  if (socket.writable) socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`);
  socket.destroySoon();
}
