/** Passes requests on to a server, but not the first write: clients are to try again. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FlakyProxy {
  readonly url: string;
  stop(): void;
}

/** @param manner whether the first write is answered 503, or its connection dropped */
export async function startFlakyProxy(target: string, manner: 'answers' | 'drops'): Promise<FlakyProxy> {
  let hasFailed = false;
  const server = createServer((incoming, answer) => {
    if (!hasFailed && incoming.url?.includes('write') === true) {
      hasFailed = true;
      if (manner === 'drops') {
        incoming.destroy();
        return;
      }
      incoming.resume().on('end', () => {
        answer.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
        answer.end(JSON.stringify({ code: 'unavailable', message: 'not now' }));
      });
      return;
    }
    const outgoing = request(target + (incoming.url ?? ''), { method: incoming.method ?? 'GET', headers: incoming.headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
