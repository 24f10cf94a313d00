/** How long the processor has worked for a thread, as against how long the clock has run. */
import { readFileSync } from 'node:fs';

/**
 * Milliseconds of the processor. Where the system does not say what one thread had, it is what all had together: more, never less.
 *
 * @param threadId as Linux numbers it
 */
export function processorMs(threadId: string | undefined): number {
  try {
    if (threadId !== undefined) return Number(readFileSync(`/proc/self/task/${threadId}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    // The thread has ended, or the kernel keeps no such count.
  }
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}
