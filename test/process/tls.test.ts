/** HTTPS as services run it: what is wrong with the files is said, a certificate is renewed while the server runs, and clients may trust it. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newServerDirectory } from '../support/artifacts.js';
import { makeCertificate, type CertificateFiles } from '../support/certificate.js';
import { freePort, runBinary, spawnServer, startProcess } from '../support/process.js';

const certificateAt = (port: number): Promise<PeerCertificate> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });

describe('HTTPS', () => {
  const directory = newServerDirectory();
  let first: CertificateFiles;
  let second: CertificateFiles;
  let port: number;
  let server: ReturnType<typeof spawnServer>;

  beforeAll(async () => {
    mkdirSync(directory, { recursive: true });
    first = makeCertificate(directory, 'first');
    second = makeCertificate(directory, 'second');
    const served = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
    copyFileSync(first.cert, served.cert);
    copyFileSync(first.key, served.key);
    port = await freePort();
    server = spawnServer([
      ...['--data-dir', join(directory, 'data'), '--http-bind-address', `127.0.0.1:${port}`],
      ...['--tls-cert', served.cert, '--tls-key', served.key],
    ]);
    await server.says('listening');
  });
  afterAll(() => server.stop());

  it('refuses a certificate and a key that do not belong together, by the names of the files', async () => {
    const { code, stderr } = await runBinary('sluiced', [
      ...['--data-dir', join(directory, 'other'), '--http-bind-address', '127.0.0.1:0'],
      ...['--tls-cert', first.cert, '--tls-key', second.key],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(`the private key in ${second.key} does not belong to the certificate in ${first.cert}`);
  });

  it.each(['cert', 'key'] as const)('refuses a %s file that holds something else', async (which) => {
    const wrong = join(directory, 'wrong.pem');
    writeFileSync(wrong, 'nothing of the kind\n');
    const files = { ...first, [which]: wrong };
    const { code, stderr } = await runBinary('sluiced', [
      ...['--data-dir', join(directory, 'other'), '--http-bind-address', '127.0.0.1:0'],
      ...['--tls-cert', files.cert, '--tls-key', files.key],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(`the file ${wrong} that --tls-${which} names holds no `);
  });

  it('tells who speaks plain HTTP to it', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ code: 'invalid', message: 'this server speaks HTTPS here: begin the URL with https://' });
  });

  it('is trusted by `sluice` when $SSL_CERT_FILE names its authority', async () => {
    const args = ['ping', '--host', `https://localhost:${port}`];
    const without = await runBinary('sluice', args);
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('$SSL_CERT_FILE')]);
    expect(await runBinary('sluice', args, { env: { SSL_CERT_FILE: first.cert } })).toEqual({ code: 0, stdout: 'OK\n', stderr: '' });
  });

  it('renews its certificate at SIGHUP, and keeps the old one where the new one cannot be used', async () => {
    const before = (await certificateAt(port)).fingerprint256;
    writeFileSync(join(directory, 'key.pem'), 'half written');
    server.child.kill('SIGHUP');
    await server.says('the certificate cannot be reloaded');
    expect((await certificateAt(port)).fingerprint256).toBe(before);
    copyFileSync(second.cert, join(directory, 'cert.pem'));
    copyFileSync(second.key, join(directory, 'key.pem'));
    server.child.kill('SIGHUP');
    await server.says('certificate reloaded');
    expect((await certificateAt(port)).fingerprint256).not.toBe(before);
  });
});

describe('the file of the process id', () => {
  it('is there while the server runs, for everybody to read, and gone afterwards', async () => {
    const directory = newServerDirectory();
    const file = join(directory, 'run', 'sluiced.pid');
    const server = await startProcess({ directory, env: { INFLUXD_PID_FILE: file } });
    expect(readFileSync(file, 'utf8')).toBe(`${server.child.pid}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    await server.stop();
    expect(existsSync(file)).toBe(false);
  });

  it('of a process that runs stops the start, unless it may be taken over; one that was left behind does not', async () => {
    const directory = newServerDirectory();
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'sluiced.pid');
    writeFileSync(file, `${process.pid}\n`);
    await expect(startProcess({ directory, flags: ['--pid-file', file] })).rejects.toThrow(`belongs to process ${process.pid}`);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    await (await startProcess({ directory, flags: ['--pid-file', file, '--overwrite-pid-file'] })).stop();
    writeFileSync(file, '4194304999\n');
    await (await startProcess({ directory, flags: ['--pid-file', file] })).stop();
  });
});
