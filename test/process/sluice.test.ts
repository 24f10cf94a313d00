/** The command line as a process. */
import { describe, expect, it } from 'vitest';
import { freePort, runBinary, startProcess } from '../support/process.js';

describe('sluice', () => {
  it('pings, from any directory, and says what to look at when nobody answers', async () => {
    const server = await startProcess();
    expect(await runBinary('sluice', ['ping', '--host', server.url])).toEqual({ code: 0, stdout: 'OK\n', stderr: '' });
    expect((await runBinary('sluice', ['ping'], { env: { INFLUX_HOST: `${server.url}/` } })).stdout).toBe('OK\n');
    await server.stop();
    const port = await freePort();
    const nobody = await runBinary('sluice', ['ping', '--host', `http://127.0.0.1:${port}`]);
    expect(nobody).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error: no server answers at http://127.0.0.1:${port}; is it running, and is the address right?\n`,
    });
  });

  it('tells its version and its commands, and refuses others', async () => {
    expect((await runBinary('sluice', ['version'])).stdout).toMatch(/^sluice v\d+\.\d+\.\d+\n$/);
    const help = await runBinary('sluice', ['--help']);
    expect([help.code, help.stdout.includes('Example:')]).toEqual([0, true]);
    const unknown = await runBinary('sluice', ['frobnicate']);
    expect([unknown.code, unknown.stderr.includes("unknown command 'frobnicate'")]).toEqual([1, true]);
  });
});
