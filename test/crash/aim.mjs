/**
 * A thread that kills a process at a time, or a moment after something happens to its files. A thread of its own, so that it does not come
 * late when the one that talks to the server is busy.
 */
import { existsSync, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';

/**
 * @typedef {object} Aim
 * @property {number} pid
 * @property {string} directory
 * @property {string} [pattern] of the name of the file that is watched; without it only the time counts
 * @property {'made' | 'gone' | 'written'} [change]
 * @property {number} [nth] the so-maniest time that it happens
 * @property {number} [delayMs] after it
 * @property {number} deadlineMs then it is killed in any case
 */

const pause = new Int32Array(new SharedArrayBuffer(4));

parentPort.on('message', (/** @type {Aim} */ aim) => {
  const watchers = [];
  let isOver = false;
  const finish = (why) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    try {
      process.kill(aim.pid, 'SIGKILL');
    } catch {
      why = 'was gone already';
    }
    parentPort.postMessage(why);
  };
  const timer = setTimeout(() => finish(`after ${aim.deadlineMs} ms`), aim.deadlineMs);
  if (aim.pattern === undefined) return;
  const pattern = new RegExp(aim.pattern);
  let left = aim.nth;
  const watchFolder = (folder) => {
    if (!existsSync(folder)) return;
    const known = new Set(readdirSync(folder));
    watchers.push(
      watch(folder, (event, name) => {
        if (isOver || name === null) return;
        const exists = existsSync(join(folder, name));
        const change = event === 'change' ? 'written' : exists ? 'made' : 'gone';
        if (change === 'made' && !known.has(name) && /^series[^.]*$/.test(name) && statSync(join(folder, name)).isDirectory())
          watchFolder(join(folder, name));
        if (exists) known.add(name);
        else known.delete(name);
        if (change !== aim.change || !pattern.test(name) || --left > 0) return;
        if (aim.delayMs > 0) Atomics.wait(pause, 0, 0, aim.delayMs);
        finish(`${aim.delayMs} ms after ${name} was ${change}`);
      }),
    );
  };
  watchFolder(aim.directory);
  for (const name of existsSync(aim.directory) ? readdirSync(aim.directory) : [])
    if (/^series[^.]*$/.test(name)) watchFolder(join(aim.directory, name));
});
