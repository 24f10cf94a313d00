/** Tries again and again to write a log that could not be written, such as on a full disk. */
import type { Report } from './report.js';
import type { WriteAheadLog } from './write-ahead-log.js';

const LOG_RETRY_MS = 1000;

export class LogMender {
  readonly #log: WriteAheadLog;
  readonly #report: Report;
  readonly #onMended: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: WriteAheadLog, report: Report, onMended: () => void) {
    this.#log = log;
    this.#report = report;
    this.#onMended = onMended;
  }

  begin(): void {
    if (this.#timer !== undefined || this.#log.failure === undefined) return;
    this.#report.tell({ level: 'error', message: this.#log.failure.message, cause: this.#log.failure });
    this.#timer = setInterval(() => {
      this.#log.recover().then(
        () => {
          if (this.#log.failure !== undefined) return;
          clearInterval(this.#timer);
          this.#timer = undefined;
          this.#report.tell({ level: 'info', message: 'the write-ahead log can be written again' });
          this.#onMended();
        },
        () => undefined,
      );
    }, LOG_RETRY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
