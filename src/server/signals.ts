/** Signals that a service gets from its surroundings, and that Node would answer in a way that no server should. */
import { close, url } from 'node:inspector';
import type { Logger } from 'pino';

/** Node opens its inspector on this signal, without a flag: it would allow running any code in this process. */
const OPENS_INSPECTOR = 'SIGUSR1';
/** End a process that does not expect them: a terminal that closes, a script that asks for logs to be rotated. */
const ENDS_PROCESS = ['SIGHUP', 'SIGUSR2'] as const;

/** From here on these signals do nothing; who wants to know of them, does with `logSignals`. */
export function surviveSignals(): void {
  for (const signal of [OPENS_INSPECTOR, ...ENDS_PROCESS]) process.on(signal, () => undefined);
  closeInspector();
}

/** @param renewsCertificate whether SIGHUP means something */
export function logSignals(logger: Logger, renewsCertificate: boolean): void {
  // It may have been asked for before there was anything of ours to refuse it.
  closeInspector();
  for (const signal of [OPENS_INSPECTOR, ...ENDS_PROCESS]) {
    if (signal === 'SIGHUP' && renewsCertificate) continue;
    process.on(signal, () => {
      logger.info({ signal }, 'signal ignored; SIGTERM stops the server');
    });
  }
}

/** But for a developer who asked for it when the process was started. */
function closeInspector(): void {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  if (flags.some((flag) => /^--inspect(-brk|-wait)?(=|$)/.test(flag))) return;
  if (url() !== undefined) close();
}
