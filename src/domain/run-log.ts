/** The first line of the log of a run. */
import { quoteGo } from './go-quote.js';
import type { Run, RunLogLine } from './task.js';

/** With the script, which is stored once for all runs of it. */
export const startedLine = ({ startedAtNs, flux }: Pick<Run, 'startedAtNs' | 'flux'>): RunLogLine[] =>
  startedAtNs === undefined || flux === ''
    ? []
    : [{ atMs: Number(startedAtNs / 1_000_000n), message: `Started task from script: ${quoteGo(flux)}` }];
