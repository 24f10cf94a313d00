/** Requests by hand on a socket of their own: in pieces, late, or in forms that no client sends. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

export class RawRequest {
  readonly #socket: Socket;
  readonly #received: Buffer[] = [];
  readonly #closed: Promise<void>;
  #notify: () => void = () => undefined;
  isClosed = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('data', (chunk) => {
      this.#received.push(chunk);
      this.#notify();
    });
    this.#socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        this.isClosed = true;
        this.#notify();
        resolve();
      });
    });
  }

  /** @param headers with `host: localhost` where they have none */
  sendHead(method: string, target: string, { host = 'localhost', ...headers }: Readonly<Record<string, string>>): void {
    const lines = [`${method} ${target} HTTP/1.1`, `host: ${host}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  /** False when the server takes no more at this moment. */
  send(bytes: string | Uint8Array): boolean {
    return this.#socket.writable && this.#socket.write(bytes);
  }

  /** Reads nothing until `resume`, so that what the server sends piles up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  get text(): string {
    return Buffer.concat(this.#received).toString('latin1');
  }

  /** The first answer, as soon as it is whole; undefined when the connection ends or the time is over without one. */
  async answer(timeoutMs = 10_000): Promise<RawAnswer | undefined> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const answer = parse(Buffer.concat(this.#received), this.isClosed);
      if (answer !== undefined) return answer;
      const left = end - performance.now();
      if (this.isClosed || left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
        setTimeout(resolve, left).unref();
      });
    }
  }

  /** True when the server ends the connection within the time. */
  async closes(timeoutMs: number): Promise<boolean> {
    await Promise.race([this.#closed, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
    return this.isClosed;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function parse(bytes: Buffer, isClosed: boolean): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const),
  );
  const status = Number(first.split(' ')[1]);
  const body = bytes.subarray(headEnd + 4);
  const length = headers.get('content-length');
  if (length !== undefined)
    return body.length < Number(length) ? undefined : { status, headers, text: body.toString('utf8', 0, Number(length)) };
  if (headers.get('transfer-encoding') === 'chunked') {
    const text = body.toString('utf8');
    return text.endsWith('0\r\n\r\n') ? { status, headers, text } : undefined;
  }
  if (status === 100 || status === 204 || status === 304) return { status, headers, text: '' };
  return isClosed ? { status, headers, text: body.toString('utf8') } : undefined;
}
