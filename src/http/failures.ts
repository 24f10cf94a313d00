/** Internal errors, for the log: every failure with its causes, and never with content from a client. */
import type { Logger } from 'pino';
import { DomainError } from '../domain/errors.js';
import { isInternal } from './errors.js';

/** Of failures of one kind this many are told one by one in a window; the rest are counted, and told when it ends. */
const FULL_LINES_MAX = 5;
const WINDOW_MS = 60_000;
/** Kinds that are told apart in a window; all beyond are one. */
const KINDS_MAX = 200;
const CAUSES_MAX = 8;
const FRAMES_MAX = 12;
const MESSAGE_LENGTH_MAX = 400;

/** Where it happened: the path of the route, since that of the request may hold names, and its query secrets. */
export interface FailedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
}

export interface DescribedFailure {
  readonly name: string;
  readonly code?: string | undefined;
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  readonly message: string;
  readonly at: readonly string[];
}

interface Window {
  count: number;
  readonly sample: object;
  readonly timer: NodeJS.Timeout;
}

export class FailureLog {
  readonly #logger: Logger;
  readonly #windows = new Map<string, Window>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Only what a server must be ashamed of is told; refusals of what clients did are not. */
  report(error: unknown, { requestId, method, path }: FailedRequest): void {
    if (!isInternal(error)) return;
    const causes = describeFailure(error);
    const what = causes.map(({ name, code, errno }) => `${name} ${code ?? ''} ${errno ?? ''}`).join(' < ');
    let kind = `${method} ${path} ${what}`;
    if (!this.#windows.has(kind) && this.#windows.size >= KINDS_MAX) kind = 'others';
    let window = this.#windows.get(kind);
    if (window === undefined) {
      const timer = setTimeout(() => {
        this.#end(kind);
      }, WINDOW_MS);
      timer.unref();
      window = { count: 0, sample: { method, path, failure: what }, timer };
      this.#windows.set(kind, window);
    }
    window.count++;
    if (window.count <= FULL_LINES_MAX) this.#logger.error({ requestId, method, path, causes }, 'internal error');
  }

  /** Tells what has only been counted so far. */
  close(): void {
    for (const kind of [...this.#windows.keys()]) this.#end(kind);
  }

  #end(kind: string): void {
    const window = this.#windows.get(kind);
    if (window === undefined) return;
    clearTimeout(window.timer);
    this.#windows.delete(kind);
    const more = window.count - FULL_LINES_MAX;
    if (more > 0) this.#logger.error({ ...window.sample, more }, 'more internal errors of a kind logged above');
  }
}

/** An error and its causes, the outermost first. */
export function describeFailure(error: unknown): DescribedFailure[] {
  const described: DescribedFailure[] = [];
  const seen = new Set<unknown>();
  let current = error;
  while (current !== undefined && current !== null && described.length < CAUSES_MAX && !seen.has(current)) {
    seen.add(current);
    described.push(describeOne(current));
    current = current instanceof AggregateError ? (current.errors[0] as unknown) : (current as { cause?: unknown }).cause;
  }
  return described;
}

function describeOne(error: unknown): DescribedFailure {
  if (!(error instanceof Error)) return { name: typeof error, message: 'something that is no error was thrown', at: [] };
  const { code, errno, syscall } = error as { code?: unknown; errno?: unknown; syscall?: unknown };
  return {
    name: error.name,
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    errno: typeof errno === 'number' ? errno : undefined,
    syscall: typeof syscall === 'string' ? syscall : undefined,
    message: messageOf(error),
    at: framesOf(error),
  };
}

/**
 * Messages of drivers and parsers quote what they were given, which may be a body, a statement or a value: what stands in quotes is left
 * out, unless it is a path, and so is whatever is as long and as even as a token, and all lines but the first. A parser of JSON quotes without quotes.
 */
function messageOf(error: Error): string {
  if (error instanceof SyntaxError) return '';
  const text = error instanceof DomainError ? error.message : withoutQuotes(error.message).split('\n', 1).join();
  return text.replace(/[\w+/=$.-]{40,}/g, (word) => (word.startsWith('/') ? word : '…')).slice(0, MESSAGE_LENGTH_MAX);
}

const withoutQuotes = (text: string): string =>
  // A quote that does not end may hold the rest.
  text.replace(
    /(?<![a-z])(["'`])(?:(\/[\w./-]*)\1|.*?(?:\1|$))/gis,
    (_, quote: string, path: string | undefined) => quote + (path ?? '…') + quote,
  );

/** Places in the code alone: the first line of a stack is the message. */
const framesOf = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim().slice(3));
