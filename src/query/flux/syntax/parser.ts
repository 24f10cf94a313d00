/** The parser, for one caller after the other. A script can make it run for minutes or break it; then only its thread is at stake. */
import { DomainError } from '../../../domain/errors.js';
import type { File } from './ast.js';
import { type Diagnostic, FluxLsp } from './flux-lsp.js';
import { withFewPlaces, withinSize } from './tree-size.js';

/** A hundred times what scripts take: the parser never comes to the end of some that are broken. */
const PARSE_MS_LEAST = 1_500;
const PARSE_MS_PER_CHARACTER = 0.1;
const PARSE_MS_MAX = 5_000;

/** What the time of the processor that a thread spends on parsing is measured against. */
export interface ParseWatch {
  begin(limitMs: number): void;
  end(): void;
}

export const tookTooLongToParse = (limitMs: number): DomainError =>
  new DomainError('invalid', `compilation failed: the script took longer than ${limitMs} ms to parse; split it up`);

class FluxParser {
  private lsp = new FluxLsp();
  /** One request at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private watch: ParseWatch | undefined;

  /** Has what parses watched from now on. */
  watchedBy(watch: ParseWatch): void {
    this.watch = watch;
  }

  /** The tree of a script, with no more places in it than running it takes. */
  parse(script: string): Promise<File> {
    return this.request(script.length, tooDeep, () => withFewPlaces(this.lsp.parse(script)));
  }

  /** The tree as the parser makes it: every node with its place and text. */
  parseFully(script: string): Promise<File> {
    return this.request(script.length, tooDeep, () => withinSize(this.lsp.parse(script)));
  }

  /** The text of a tree, so that a tree which a client sent can be checked along with a script. */
  format(file: unknown): Promise<string> {
    return this.request(0, notATree, () => this.lsp.format(file));
  }

  /** Errors of syntax and of types, in the order in which they were found. */
  check(script: string): Promise<readonly Diagnostic[]> {
    return this.request(script.length, tooDeep, () => this.lsp.check(script));
  }

  /** The types of names of the prelude, in the checker's notation. */
  typesOf(names: readonly string[]): Promise<readonly string[]> {
    return this.request(0, tooDeep, () => this.lsp.typesOf(names));
  }

  /** Loads the parser, which takes a moment, before the first script comes. */
  async prepare(): Promise<void> {
    await this.check('');
  }

  private request<T>(length: number, explain: (cause: unknown) => DomainError, work: () => T | Promise<T>): Promise<T> {
    const answer = this.turn.then(async () => {
      this.watch?.begin(Math.min(PARSE_MS_MAX, PARSE_MS_LEAST + Math.round(length * PARSE_MS_PER_CHARACTER)));
      try {
        return await work();
      } catch (error) {
        // What has failed inside can have left the parser's memory broken.
        this.lsp.discard();
        this.lsp = new FluxLsp();
        throw explain(error);
      } finally {
        this.watch?.end();
      }
    });
    this.turn = answer.catch(() => undefined);
    return answer;
  }
}

const notATree = (cause: unknown): DomainError => new DomainError('invalid', 'the tree is no Flux syntax tree', { cause });

/** What breaks the parser is a script nested so deep that its stack, or its memory, does not suffice. */
export const tooDeep = (cause: unknown): DomainError =>
  new DomainError('invalid', 'compilation failed: Program is nested too deep', { cause });

export const fluxParser = new FluxParser();
