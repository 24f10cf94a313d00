/**
 * What software in the wild asks of InfluxDB, compared with what InfluxDB 2.9.1 answers: a file for each. `RECORD_WILD=URL` asks that server, which
 * must be a fresh one for each file (`-t NAME`), and stores its answers.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import { startTestServer } from '../support/server.js';
import { ask, readWildFile, SET_UP, setUpFor, WILD_FILES } from './wild.js';

const RECORDED = process.env.RECORD_WILD;

describe.each(WILD_FILES)('%s', (name) => {
  const file = readWildFile(name);

  const compare = async (): Promise<void> => {
    noteSecret(SET_UP.token, 'a chosen token');
    noteSecret(SET_UP.password, 'a password');
    const server = await startTestServer();
    try {
      const names = await setUpFor(server.url);
      for (const step of file.steps) {
        expect({ about: step.about, ...(await ask(server.url, step, names)) }).toEqual({ about: step.about, ...step.answer });
      }
    } finally {
      await server.stop();
    }
  };

  const record = async (url: string): Promise<void> => {
    const names = await setUpFor(url);
    const steps = [];
    for (const step of file.steps) steps.push({ ...step, answer: await ask(url, step, names) });
    writeFileSync(join(import.meta.dirname, name), `${JSON.stringify({ ...file, steps }, undefined, 2)}\n`);
  };

  if (RECORDED === undefined) it(`${file.software} gets what InfluxDB would say`, compare);
  else it('is recorded', () => record(RECORDED));
});
