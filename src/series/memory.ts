/** The default memory of the time-series engine. */
import { totalmem } from 'node:os';

const LEAST_BYTES = 512 * 1024 * 1024;
const MOST_BYTES = 8 * 1024 * 1024 * 1024;

/** A quarter of what the machine, or the container, has; of a small one up to half. */
export function usualEngineMemoryBytes(machineBytes = totalmem(), containerBytes = process.constrainedMemory()): number {
  // Without a limit some systems say 0, others more than there is.
  const limit = containerBytes === 0 ? machineBytes : Math.min(machineBytes, containerBytes);
  return Math.floor(Math.min(MOST_BYTES, Math.max(limit / 4, Math.min(LEAST_BYTES, limit / 2))));
}
