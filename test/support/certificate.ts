/** Certificates of one's own, as `openssl` makes them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** For `localhost` and 127.0.0.1, signed by itself. */
export function makeCertificate(directory: string, name = 'server'): CertificateFiles {
  const [cert, key] = [join(directory, `${name}-cert.pem`), join(directory, `${name}-key.pem`)];
  const options = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(' ');
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const { status, stderr } = spawnSync('openssl', ['req', ...options, ...names, '-out', cert, '-keyout', key], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
  return { cert, key };
}
