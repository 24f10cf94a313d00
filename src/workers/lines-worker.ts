/** The thread in which large batches of points are written as line protocol. */
import { parentPort } from 'node:worker_threads';
import { writeLines } from '../wire/lines.js';
import type { LinesReply, LinesRequest } from './lines-thread.js';

parentPort?.on('message', ({ id, parts, limits }: LinesRequest) => {
  const written = writeLines(parts, limits);
  const reply: LinesReply = { id, written };
  parentPort?.postMessage(reply);
});
