/**
 * The parser in a thread of its own. A script can make it run for minutes, use up its stack or its memory; here that costs the thread, which
 * is replaced, and not the server.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../../domain/errors.js';
import type { File } from './ast.js';
import type { Diagnostic } from './flux-lsp.js';
import type { ParserMethod, ParserReply, ParserRequest } from './parser-worker.js';

/**
 * A hundred times what scripts take, a thread that has to start first included: the parser never comes to the end of some that are broken,
 * and others wait for it meanwhile.
 */
const PARSE_MS_LEAST = 1_500;
const PARSE_MS_PER_CHARACTER = 0.1;
const PARSE_MS_MAX = 5_000;
/** Scripts that broke the thread are remembered for a while: a page that renews itself sends one again and again. */
const BREAKERS_MAX = 256;
const BREAKER_MS = 60_000;
const HEAP_MB_MAX = 512;

class ParserThread {
  private worker: Worker | undefined;
  /** One request at a time, so that it is clear whose script broke the thread. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly breakers = new Map<string, { readonly error: DomainError; readonly untilMs: number }>();

  /** The tree of a script, with no more places in it than running it takes. */
  parse(script: string): Promise<File> {
    return this.request('parse', script);
  }

  /** The tree as the parser makes it: every node with its place and text. */
  parseFully(script: string): Promise<File> {
    return this.request('parseFully', script);
  }

  /** The text of a tree, so that a tree which a client sent can be checked along with a script. */
  format(file: unknown): Promise<string> {
    return this.request('format', file);
  }

  /** Errors of syntax and of types, in the order in which they were found. */
  check(script: string): Promise<readonly Diagnostic[]> {
    return this.request('check', script);
  }

  /** The types of names of the prelude, in the checker's notation. */
  typesOf(names: readonly string[]): Promise<readonly string[]> {
    return this.request('typesOf', names);
  }

  /** Starts the thread, which takes a moment, before the first script comes. */
  async prepare(): Promise<void> {
    await this.check('');
  }

  private request<T>(method: ParserMethod, argument: unknown): Promise<T> {
    const answer = this.turn.then(() => this.ask({ method, argument }));
    this.turn = answer.catch(() => undefined);
    return answer as Promise<T>;
  }

  private ask(request: ParserRequest): Promise<unknown> {
    const { argument } = request;
    const size = typeof argument === 'string' ? argument.length : 0;
    const digest =
      typeof argument === 'string' ? createHash('sha256').update(`${request.method}\0${argument}`).digest('base64') : undefined;
    const known = digest === undefined ? undefined : this.breakers.get(digest);
    if (known !== undefined && known.untilMs > performance.now()) return Promise.reject(known.error);
    this.worker ??= startWorker();
    const { worker } = this;
    const limitMs = Math.min(PARSE_MS_MAX, PARSE_MS_LEAST + Math.round(size * PARSE_MS_PER_CHARACTER));
    return new Promise((resolve, reject) => {
      const giveUp = (error: DomainError): void => {
        if (this.worker === worker) this.worker = undefined;
        void worker.terminate();
        settle();
        if (digest !== undefined) this.remember(digest, error);
        reject(error);
      };
      const onMessage = (reply: ParserReply): void => {
        if ('failure' in reply) {
          giveUp(request.method === 'format' ? notATree(reply.failure) : tooDeep(reply.failure));
          return;
        }
        settle();
        resolve(reply.result);
      };
      const onError = (error: unknown): void => {
        giveUp(tooDeep(error));
      };
      const timer = setTimeout(() => {
        giveUp(new DomainError('invalid', `compilation failed: the script took longer than ${limitMs} ms to parse; split it up`));
      }, limitMs);
      const settle = (): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError);
        // A thread that has nothing to do keeps no process alive.
        worker.unref();
      };
      worker.on('message', onMessage).on('error', onError);
      worker.ref();
      worker.postMessage(request);
    });
  }

  private remember(digest: string, error: DomainError): void {
    this.breakers.delete(digest);
    if (this.breakers.size >= BREAKERS_MAX) this.breakers.delete(this.breakers.keys().next().value as string);
    this.breakers.set(digest, { error, untilMs: performance.now() + BREAKER_MS });
  }
}

const notATree = (cause: unknown): DomainError => new DomainError('invalid', 'extern is no Flux syntax tree', { cause });

/** What breaks the thread is a script nested so deep that its stack, or its memory, does not suffice. */
const tooDeep = (cause: unknown): DomainError => new DomainError('invalid', 'compilation failed: Program is nested too deep', { cause });

const OPTIONS = { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } };

function startWorker(): Worker {
  const worker = import.meta.url.endsWith('.ts') ? startFromSources() : new Worker(new URL('./parser-worker.js', import.meta.url), OPTIONS);
  // Errors are listened for while a request is under way; one between requests concerns nobody.
  return worker.on('error', () => undefined);
}

/** Where the sources run as they are, in tests and development, the thread needs the loader that lets them. */
function startFromSources(): Worker {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href;
  const script = new URL('./parser-worker.ts', import.meta.url).href;
  const start = `import('${loader}').then(({ register }) => { register(); return import('${script}'); })`;
  return new Worker(start, { ...OPTIONS, eval: true });
}

export const fluxParser = new ParserThread();
