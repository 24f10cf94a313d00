/** Signals from the surroundings of a service: none opens a door, and only those that should end it do. */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, launchProcess, startProcess, type ServerProcess } from '../support/process.js';

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const expectToLive = async (server: ServerProcess): Promise<void> => {
  expect((await server.client.get('/health')).status).toBe(200);
  expect([server.child.exitCode, server.child.signalCode]).toEqual([null, null]);
};

describe('signals', () => {
  it('SIGUSR1, SIGUSR2 and SIGHUP leave a line in the log, and the server as it is', async () => {
    const inspectorPort = await freePort();
    const server = await startProcess({ env: { NODE_OPTIONS: `--inspect-port=${inspectorPort}` } });
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const) {
      server.child.kill(signal);
      while (!server.log().includes(`"signal":"${signal}"`)) await pause(20);
      await expectToLive(server);
    }
    expect(server.log().match(/signal ignored; SIGTERM stops the server/g)).toHaveLength(3);
    expect(server.log()).not.toContain('Debugger');
    expect(await isOpen(inspectorPort)).toBe(false);
    expect(await server.stop()).toBe(0);
  });

  it('SIGUSR1 while Node itself starts opens nothing that stays open', async () => {
    // Before Node listens to signals it would end the process: a little later at each try.
    for (let afterMs = 20; ; afterMs += 10) {
      expect(afterMs).toBeLessThan(2000);
      const inspectorPort = await freePort();
      const { child, ready } = await launchProcess({ env: { NODE_OPTIONS: `--inspect-port=${inspectorPort}` } });
      await pause(afterMs);
      child.kill('SIGUSR1');
      const server = await ready.catch(() => undefined);
      if (server === undefined) continue;
      await expectToLive(server);
      expect(await isOpen(inspectorPort)).toBe(false);
      expect(await server.stop()).toBe(0);
      return;
    }
  });
});
