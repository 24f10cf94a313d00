/** Asks who sits at the terminal: lines, yes or no, secrets without echo. Where nobody does, standard input has the answers. */
import { isatty } from 'node:tty';
import { readLine, writeError, writeOut } from './terminal.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export const isErrorTerminal = (): boolean => isatty(STDERR);
export const isInputTerminal = (): boolean => isatty(STDIN);
export const isInteractive = (): boolean => isatty(STDIN) && isatty(STDOUT);

/** Asks for a line; where nobody sits at a terminal, takes the next line of standard input without asking. */
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

/** Asks for a secret without showing it; where nobody sits at a terminal, takes the next line of standard input. */
export async function askSecret(question: string): Promise<string> {
  if (!isInputTerminal()) return readLine() ?? '';
  writeError(`? ${question} `);
  const secret = await readUnseen();
  writeError('\n');
  return secret;
}

/** Twice, until both are alike. */
export async function askPassword(question: string): Promise<string> {
  if (!isInputTerminal()) return readLine() ?? '';
  for (;;) {
    const password = await askSecret(question);
    if ((await askSecret(`${question} again`)) === password) return password;
    writeError('X Passwords do not match\n');
  }
}

const CANCEL = '\u0003';
const END = '\u0004';
const BACKSPACE = new Set(['\u007f', '\b']);
const ENTER = new Set(['\r', '\n']);

async function readUnseen(): Promise<string> {
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    let secret = '';
    for await (const text of stdin.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      for (const letter of text) {
        if (ENTER.has(letter) || letter === END) return secret;
        if (letter === CANCEL) throw new Error('canceled');
        if (BACKSPACE.has(letter)) secret = Array.from(secret).slice(0, -1).join('');
        else if (letter >= ' ') secret += letter;
      }
    }
    return secret;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stdin.unref();
  }
}
