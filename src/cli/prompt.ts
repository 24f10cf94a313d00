/** Prompts on the terminal: lines, yes or no, secrets without echo. Without a terminal, standard input has the answers. */
import { isatty } from 'node:tty';
import { readByte, readLine, writeError, writeOut } from './terminal.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export const isErrorTerminal = (): boolean => isatty(STDERR);
const isInputTerminal = (): boolean => isatty(STDIN);
export const isInteractive = (): boolean => isatty(STDIN) && isatty(STDOUT);

/** Asks for a line; without a terminal, takes the next line of standard input without asking. */
export function ask(question: string, fallback = ''): string {
  if (isInteractive()) {
    for (;;) {
      writeOut(`? ${question}${fallback === '' ? '' : ` (${fallback})`} `);
      const line = readLine();
      if (line === undefined) throw new Error('canceled');
      if (line !== '' || fallback !== '') return line || fallback;
    }
  }
  const line = readLine() ?? '';
  if (line === '' && fallback === '') throw new Error(`couldn't get input for prompt "${question}": no data on stdin`);
  return line || fallback;
}

/** Yes or no; no is the answer to everything else. */
export function confirm(question: string): boolean {
  if (isInteractive()) writeOut(`? ${question} (y/N) `);
  return /^y/i.test(readLine() ?? '');
}

/** Asks for a secret without showing it; without a terminal, takes the next line of standard input. */
export function askSecret(question: string): string {
  if (!isInputTerminal()) return readLine() ?? '';
  writeError(`? ${question} `);
  const secret = readUnseen();
  writeError('\n');
  return secret;
}

/** Twice, until both are alike. */
export function askPassword(question: string): string {
  if (!isInputTerminal()) return readLine() ?? '';
  for (;;) {
    const password = askSecret(question);
    if (askSecret(`${question} again`) === password) return password;
    writeError('X Passwords do not match\n');
  }
}

const CANCEL = 0x03;
const END = 0x04;
const BACKSPACES = new Set([0x08, 0x7f]);
const ENTERS = new Set([0x0a, 0x0d]);
const SPACE = 0x20;

function readUnseen(): string {
  process.stdin.setRawMode(true);
  try {
    const bytes: number[] = [];
    for (;;) {
      const byte = readByte() ?? END;
      if (byte === CANCEL) throw new Error('canceled');
      if (byte === END || ENTERS.has(byte)) return Buffer.from(bytes).toString('utf8');
      if (BACKSPACES.has(byte)) dropLetter(bytes);
      else if (byte >= SPACE) bytes.push(byte);
    }
  } finally {
    process.stdin.setRawMode(false);
  }
}

/** In UTF-8 all bytes of a letter but its first begin with the bits 10. */
function dropLetter(bytes: number[]): void {
  while (((bytes.pop() ?? 0) & 0xc0) === 0x80);
}
