/** A disk that is full when the server starts: it answers all the same, and goes on when there is room. Needs the right to mount. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newServerDirectory } from '../support/artifacts.js';
import { startProcess } from '../support/process.js';

const mountAt = (place: string): boolean => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m,mode=700', 'tmpfs', place]).status === 0;
const mounted: string[] = [];

const mayMount = ((): boolean => {
  const place = mkdtempSync(join(tmpdir(), 'mount-'));
  const may = mountAt(place);
  if (may) execFileSync('umount', [place]);
  rmSync(place, { recursive: true });
  return may;
})();

afterAll(() => {
  for (const place of mounted) execFileSync('umount', [place]);
});

function fill(directory: string): string {
  const file = join(directory, 'fill');
  for (const bytes of [1 << 20, 4096, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      // Full to this size.
    }
  }
  return file;
}

describe('a full disk', () => {
  it.runIf(mayMount)('lets a server start, read and sign in, and take points again when there is room', async () => {
    const directory = newServerDirectory();
    const data = join(directory, 'data');
    mkdirSync(data);
    expect(mountAt(data)).toBe(true);
    mounted.push(data);
    const first = await startProcess({ directory });
    const { operator } = await first.client.setUp();
    const write = (client: typeof first.client, line: string) =>
      client.post('/api/v2/write?org=acme&bucket=data', { as: operator, body: line });
    expect((await write(first.client, 'm v=1 1')).status).toBe(204);
    await first.stop();
    const filler = fill(data);

    const second = await startProcess({ directory });
    const { client } = second;
    await client.signIn('admin', 'admin-passw0rd');
    const query = async (): Promise<string> =>
      (
        await client.post('/api/v2/query?org=acme', {
          as: operator,
          headers: { 'content-type': 'application/vnd.flux' },
          body: 'from(bucket: "data") |> range(start: 0) |> count()',
        })
      ).text;
    expect(await query()).toMatch(/,1,v,m\r\n/);
    rmSync(filler);
    await expect.poll(async () => (await write(client, 'm v=2 2')).status, { timeout: 10_000 }).toBe(204);
    expect(await query()).toMatch(/,2,v,m\r\n/);
    await second.stop();
  });
});
