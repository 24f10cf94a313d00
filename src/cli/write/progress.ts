/** How far a long write is, on one line of the terminal. */
import { writeError } from '../terminal.js';

const INTERVAL_MS = 200;
const BYTES_PER_MB = 1_000_000;

export interface Progress {
  /** Bytes that were read of the input, and lines and bytes that arrived. */
  add(lineCount: number, byteCount: number): void;
  end(): void;
}

export const SILENCE: Progress = { add: () => undefined, end: () => undefined };

/** @param sizeBytes of the whole, where it is known */
export function showProgress(sizeBytes: number | undefined, now = () => performance.now()): Progress {
  const startMs = now();
  let [lines, bytes, shownMs] = [0, 0, startMs];
  const show = (): void => {
    const seconds = (now() - startMs) / 1000;
    const part =
      sizeBytes === undefined || sizeBytes === 0
        ? ''
        : ` of ${megabytes(sizeBytes)} (${Math.min(100, Math.floor((100 * bytes) / sizeBytes))}%)`;
    const rate = seconds > 0 ? `, ${megabytes(bytes / seconds)}/s` : '';
    writeError(`\r\u001b[Kwritten: ${megabytes(bytes)}${part}, ${lines.toLocaleString('en-US')} lines${rate}`);
  };
  return {
    add(lineCount, byteCount) {
      lines += lineCount;
      bytes += byteCount;
      if (now() - shownMs < INTERVAL_MS) return;
      shownMs = now();
      show();
    },
    end() {
      // Nothing for what is over at once.
      if (shownMs === startMs) return;
      show();
      writeError('\n');
    },
  };
}

const megabytes = (bytes: number): string => `${(bytes / BYTES_PER_MB).toFixed(1)} MB`;
