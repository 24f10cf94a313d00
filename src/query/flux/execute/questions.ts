/**
 * What a script asks for while it runs: the tables of a stream (`findRecord` and its like), a secret. A script is run to the end without a pause, and so is a step over
 * a chunk of rows; what asks for something that is not there yet is given up, and run anew when it is.
 */
import { DomainError } from '../../../domain/errors.js';
import { fluxError } from '../language/errors.js';
import type { RunnableNode } from './runnable-node.js';
import type { Chunk } from '../table/chunk.js';
import type { MemoryAccount } from './memory.js';

/** Thrown where a run cannot go on without an answer. */
class AnswerNeeded extends Error {
  /** Finds the answer, and remembers it for the next run. */
  readonly find: (compute: Compute) => Promise<void>;

  constructor(find: (compute: Compute) => Promise<void>) {
    super('an answer is needed');
    this.find = find;
  }
}

/** One question is answered in each run: a function that asks for tables for each of many rows would be run that many times. */
const RUNS_MAX = 1000;

const ASKED_TOO_OFTEN = `the script asked for the tables of a stream more than ${RUNS_MAX} times; join the streams instead`;
const ASKED_TOO_LATE =
  'a function that is applied to rows asked for the tables of a stream after rows had gone into the answer; ask before, and keep them in a variable';

export class Questions {
  private readonly answers = new Map<string, Answer<readonly Chunk[]>>();
  /** Of streams that live longer than one run, so that rows which ask for the same one ask once. */
  private readonly answersByStream = new WeakMap<RunnableNode, Answer<readonly Chunk[]>>();
  private readonly secrets = new Map<string, Answer<string>>();
  private readonly memory: MemoryAccount;
  private scope = '';
  private count = 0;

  constructor(memory: MemoryAccount) {
    this.memory = memory;
  }

  /** The tables of a stream. What runs is the same each time, so that the question's number says which one it is. */
  ask(node: RunnableNode): readonly Chunk[] {
    const key = `${this.scope}/${this.count++}`;
    const answer = this.answersByStream.get(node) ?? this.answers.get(key);
    if (answer !== undefined) return given(answer);
    throw new AnswerNeeded(async (compute) => {
      const found = await answerOf(() => compute(node, key));
      this.answers.set(key, found);
      this.answersByStream.set(node, found);
    });
  }

  /** The value of a secret. */
  askSecret(key: string, find: (key: string) => Promise<string>): string {
    const answer = this.secrets.get(key);
    if (answer !== undefined) return given(answer);
    throw new AnswerNeeded(async () => {
      this.secrets.set(key, await answerOf(() => find(key)));
    });
  }

  /** The same error without the values of secrets: who asked for them may know them, but an error goes into logs. */
  withoutSecrets(error: unknown): unknown {
    if (!(error instanceof DomainError)) return error;
    const values = [...this.secrets.values()].filter((value): value is string => typeof value === 'string' && value !== '');
    const message = values.reduce((text, value) => text.replaceAll(value, '[secret]'), error.message);
    return message === error.message ? error : new DomainError(error.code, message);
  }

  /**
   * Runs something until all its questions are answered.
   *
   * @param scope names what is run, among all that asks
   * @param compute makes the tables of a stream, and may ask questions itself
   */
  async answering<T>(scope: string, run: () => Promise<T>, compute: Compute): Promise<T> {
    const { heldBytes } = this.memory;
    for (let runs = 0; runs < RUNS_MAX; runs++) {
      this.begin(scope);
      try {
        return await run();
      } catch (error) {
        await this.find(error, compute, runs === 0 ? heldBytes : undefined);
      }
    }
    throw fluxError(ASKED_TOO_OFTEN);
  }

  /** The same for what hands out one thing after the other; it must not have handed out anything when it asks. */
  async *answeringStream<T>(scope: string, run: () => AsyncIterable<T>, compute: Compute): AsyncGenerator<T> {
    const { heldBytes } = this.memory;
    for (let runs = 0; runs < RUNS_MAX; runs++) {
      this.begin(scope);
      const progress = { hasBegun: false };
      try {
        for await (const item of run()) {
          progress.hasBegun = true;
          yield item;
        }
        return;
      } catch (error) {
        if (error instanceof AnswerNeeded && progress.hasBegun) throw fluxError(ASKED_TOO_LATE);
        await this.find(error, compute, runs === 0 ? heldBytes : undefined);
      }
    }
    throw fluxError(ASKED_TOO_OFTEN);
  }

  private begin(scope: string): void {
    this.scope = scope;
    this.count = 0;
  }

  /** @throws what is no question */
  private async find(error: unknown, compute: Compute, heldBefore: number | undefined): Promise<void> {
    if (!(error instanceof AnswerNeeded)) throw error;
    // What the run that was given up has collected is gone.
    if (heldBefore !== undefined) this.memory.releaseDownTo(heldBefore);
    await error.find(compute);
  }
}

/** The result, or the error: the script receives it, because it can catch it (`experimental.catch`). */
type Answer<T> = T | DomainError;

async function answerOf<T>(find: () => Promise<T>): Promise<Answer<T>> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function given<T>(answer: Answer<T>): T {
  if (answer instanceof DomainError) throw answer;
  return answer;
}

type Compute = (node: RunnableNode, scope: string) => Promise<readonly Chunk[]>;
