/** Checks types, rules and format side by side, as far as there are processors, and shows what is wrong when all have ended. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

// The longest first.
const CHECKS = [
  'eslint .',
  'prettier --check --log-level warn .',
  'tsc -p tsconfig.json',
  'tsc -p test/browser/tsconfig.json',
  'tsc -p web/tsconfig.json',
];

const run = (command) =>
  new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok' : 'FAILED'} ${command}${output === '' ? '' : `\n${output.trimEnd()}`}`);
      if (code !== 0) process.exitCode = 1;
      resolve();
    });
  });

const waiting = [...CHECKS];
const work = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
};
await Promise.all(Array.from({ length: availableParallelism() }, work));
