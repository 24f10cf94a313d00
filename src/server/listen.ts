/** Answers requests on the configured address, with or without TLS. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Config, TlsConfig } from '../config/config.js';
import { createApp, type AppDependencies } from '../http/app.js';
import { VERSION } from '../version.js';
import type { StopSteps } from './stop-steps.js';

const IDLE_CONNECTIONS_INTERVAL_MS = 50;

/** @returns the URL, with the port that it really listens on */
export async function listen(config: Config, dependencies: Omit<AppDependencies, 'settings'>, stopSteps: StopSteps): Promise<string> {
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
      tls: config.tls && readTls(config.tls),
    },
  });
  stopSteps.add(() => closeApp(app));
  await app.listen({ host: config.httpBindAddress.host, port: config.httpBindAddress.port });
  return urlOf(app.server.address() as AddressInfo, config.tls !== undefined);
}

/** Waits for the requests in flight; the connections that they leave open would be waited for as long as their clients like. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => {
    app.server.closeIdleConnections();
  }, IDLE_CONNECTIONS_INTERVAL_MS);
  await app.close();
  clearInterval(timer);
}

/** What `--tls-strict-ciphers` leaves for TLS 1.2: ephemeral keys and authenticated encryption. TLS 1.3 has nothing else anyway. */
const STRICT_CIPHERS = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
];

function readTls({ certPath, keyPath, minVersion, strictCiphers }: TlsConfig): SecureContextOptions {
  const read = (option: string, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new Error(`the file ${path} that --${option} names cannot be read`, { cause });
    }
  };
  return {
    cert: read('tls-cert', certPath),
    key: read('tls-key', keyPath),
    minVersion: minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ...(strictCiphers ? { ciphers: STRICT_CIPHERS.join(':'), honorCipherOrder: true } : {}),
  };
}

function urlOf({ address, port }: AddressInfo, secure: boolean): string {
  // On all interfaces it is this one that somebody at this machine can use.
  const host = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${secure ? 'https' : 'http'}://${host}:${port}`;
}
