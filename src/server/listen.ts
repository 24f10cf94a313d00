/** Answers requests on the configured address, with or without TLS. */
import type { AddressInfo } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import { createApp, type AppDependencies } from '../http/app.js';
import { VERSION } from '../version.js';
import type { StopSteps } from './stop-steps.js';
import { readTls } from './tls.js';

const IDLE_CONNECTIONS_INTERVAL_MS = 50;

export interface Listening {
  /** With the port that it really listens on. */
  readonly url: string;
  /** Reads certificate and key again, for the connections that come from now on; undefined without TLS. */
  readonly renewCertificate: (() => void) | undefined;
}

export async function listen(config: Config, dependencies: Omit<AppDependencies, 'settings'>, stopSteps: StopSteps): Promise<Listening> {
  const { tls } = config;
  const app = createApp({
    ...dependencies,
    settings: {
      version: VERSION,
      readHeaderTimeoutMs: config.httpReadHeaderTimeoutMs,
      readTimeoutMs: config.httpReadTimeoutMs,
      writeTimeoutMs: config.httpWriteTimeoutMs,
      idleTimeoutMs: config.httpIdleTimeoutMs,
      bodyTimeoutMs: config.httpBodyTimeoutMs,
      trustedProxies: config.trustedProxies,
      tls: tls && readTls(tls),
    },
  });
  stopSteps.add(() => closeApp(app));
  await app.listen({ host: config.httpBindAddress.host, port: config.httpBindAddress.port });
  return {
    url: urlOf(app.server.address() as AddressInfo, tls !== undefined),
    renewCertificate:
      tls &&
      (() => {
        (app.server as unknown as TlsServer).setSecureContext(readTls(tls));
      }),
  };
}

/** Waits for the requests in flight; the connections that they leave open would be waited for as long as their clients like. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => {
    app.server.closeIdleConnections();
  }, IDLE_CONNECTIONS_INTERVAL_MS);
  await app.close();
  clearInterval(timer);
}

function urlOf({ address, port }: AddressInfo, secure: boolean): string {
  // When listening on all interfaces, this address works on this machine.
  const host = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${secure ? 'https' : 'http'}://${host}:${port}`;
}
