/** Work that is done again and again in the background. */

/**
 * Does some work at an interval, never twice at once. The timer does not keep the process alive.
 *
 * @returns a function that stops it, fulfilled when work in progress has ended
 */
export function repeat(intervalMs: number, work: () => Promise<unknown>, onFailure: (error: unknown) => void): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch(onFailure)
      .finally(() => {
        running = undefined;
      });
  }, intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
