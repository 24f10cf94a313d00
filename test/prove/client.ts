/** Requests on connections that stay open, of which a proof sends hundreds of thousands. */
import { Agent, request } from 'node:http';

export type Credentials = { readonly token: string } | { readonly session: string } | { readonly basic: readonly [string, string] };

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
  readonly body?: string;
  readonly type?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly json: any;
  readonly cookie: string | undefined;
}

export class Client {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  count = 0;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  send(as: Credentials | undefined, { method, path, json, body, type }: Sent): Promise<Answered> {
    this.count++;
    const payload = json === undefined ? body : JSON.stringify(json);
    const headers: Record<string, string> = { ...headersFor(as) };
    if (type !== undefined) headers['content-type'] = type;
    if (payload !== undefined) headers['content-length'] = String(Buffer.byteLength(payload));
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#url;
      const outgoing = request({ agent: this.#agent, hostname, port, method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const cookie = /influxdb-oss-session=([^;]+)/.exec(response.headers['set-cookie']?.join(';') ?? '')?.[1];
          resolve({ status: response.statusCode ?? 0, text, json: parse(text), cookie });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  /** Fails loudly. */
  async must(as: Credentials | undefined, sent: Sent): Promise<any> {
    const answered = await this.send(as, sent);
    if (answered.status >= 300) throw new Error(`${sent.method} ${sent.path}: ${answered.status} ${answered.text}`);
    return answered.json;
  }

  async signIn(name: string, password: string): Promise<Credentials> {
    const { cookie, text } = await this.send({ basic: [name, password] }, { method: 'POST', path: '/api/v2/signin' });
    if (cookie === undefined) throw new Error(`sign-in failed: ${text}`);
    return { session: cookie };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function headersFor(as: Credentials | undefined): Record<string, string> {
  if (as === undefined) return {};
  if ('token' in as) return { authorization: `Token ${as.token}` };
  if ('session' in as) return { cookie: `influxdb-oss-session=${as.session}` };
  return { authorization: `Basic ${Buffer.from(as.basic.join(':')).toString('base64')}` };
}
