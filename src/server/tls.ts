/** What HTTPS is answered with, from the files that `--tls-cert` and `--tls-key` name. */
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsConfig } from '../config/config.js';

/** What `--tls-strict-ciphers` leaves for TLS 1.2: ephemeral keys and authenticated encryption. TLS 1.3 has nothing else anyway. */
const STRICT_CIPHERS = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
];

/** @throws Error naming the file that cannot be read or used, or both where they do not belong together */
export function readTls({ certPath, keyPath, minVersion, strictCiphers }: TlsConfig): SecureContextOptions {
  const cert = readPem('tls-cert', certPath);
  const key = readPem('tls-key', keyPath);
  refuse(() => createSecureContext({ cert }), `the file ${certPath} that --tls-cert names holds no certificate in PEM`);
  refuse(
    () => createSecureContext({ key }),
    `the file ${keyPath} that --tls-key names holds no private key in PEM, or one with a passphrase`,
  );
  refuse(() => createSecureContext({ cert, key }), `the private key in ${keyPath} does not belong to the certificate in ${certPath}`);
  return {
    cert,
    key,
    minVersion: minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ...(strictCiphers ? { ciphers: STRICT_CIPHERS.join(':'), honorCipherOrder: true } : {}),
  };
}

function readPem(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`the file ${path} that --${option} names cannot be read`, { cause });
  }
}

function refuse(attempt: () => unknown, message: string): void {
  try {
    attempt();
  } catch (cause) {
    throw new Error(message, { cause });
  }
}
