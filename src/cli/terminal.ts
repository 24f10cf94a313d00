/** Standard input, output and errors, without the machinery of process.stdin and process.stdout, which takes milliseconds to load. */
import { readSync, writeSync } from 'node:fs';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** Characters of an answer to a question. */
const ANSWER_LENGTH_MAX = 64 * 1024;
const RETRY_MS = 2;

export const writeOut = (text: string | Uint8Array): void => {
  writeAll(STDOUT, text);
};

export const writeError = (text: string): void => {
  writeAll(STDERR, text);
};

function writeAll(fd: number, text: string | Uint8Array): void {
  let left = typeof text === 'string' ? Buffer.from(text) : text;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The reader has closed the pipe (`| head`).
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

/** A terminal that another process has made non-blocking. */
const pause = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
};

/** What of standard input was read beyond a line. */
let ahead: Buffer = Buffer.alloc(0);
let isAtEnd = false;

/** The next line of standard input without its end; undefined at the end. */
export function readLine(): string | undefined {
  for (;;) {
    const end = ahead.indexOf('\n');
    if (end >= 0) {
      const line = ahead.subarray(0, end).toString('utf8').replace(/\r$/, '');
      ahead = ahead.subarray(end + 1);
      return line;
    }
    if (isAtEnd || ahead.length > ANSWER_LENGTH_MAX) {
      const line = ahead.toString('utf8');
      ahead = Buffer.alloc(0);
      return line === '' ? undefined : line;
    }
    ahead = Buffer.concat([ahead, readSome()]);
  }
}

/** The next byte of standard input; undefined at the end. */
export function readByte(): number | undefined {
  while (ahead.length === 0 && !isAtEnd) ahead = readSome();
  const byte = ahead[0];
  ahead = ahead.subarray(1);
  return byte;
}

function readSome(): Buffer {
  const piece = Buffer.alloc(4096);
  for (;;) {
    try {
      const length = readSync(STDIN, piece);
      if (length === 0) isAtEnd = true;
      return piece.subarray(0, length);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') {
        isAtEnd = true;
        return Buffer.alloc(0);
      }
      if (code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

/** What is left of standard input, whole. */
export function readRest(): string {
  const pieces = [ahead];
  ahead = Buffer.alloc(0);
  while (!isAtEnd) pieces.push(readSome());
  return Buffer.concat(pieces).toString('utf8');
}
