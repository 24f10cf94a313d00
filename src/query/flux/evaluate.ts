/** Runs Flux scripts. */
import type { FluxEnvironment } from './environment.js';
import { findBuckets } from './execute/find-buckets.js';
import { MemoryAccount } from './execute/memory.js';
import type { RunContext } from './execute/run-context.js';
import { PROFILE_RESULT, Profile } from './execute/profile.js';
import type { FluxResult, ResultPiece } from './execute/result.js';
import { Execution, withPlainErrors } from './execute/run.js';
import type { RunnableNode } from './execute/runnable-node.js';
import { Questions } from './execute/questions.js';
import { SentRequests } from './execute/sent-requests.js';
import { TableStream } from './execute/table-stream.js';
import { Turn } from './execute/turn.js';
import { Calls } from './language/calls.js';
import { explainRangeError, fluxError, wrapError } from './language/errors.js';
import { Interpreter } from './language/interpreter.js';
import { Time, isArray, isFunction } from './language/value.js';
import { checkReads, pushDown } from './plan/push-down.js';
import { type SimpleRead, simpleReadOf } from './plan/simple-read.js';
import { BUILDING_PLAN, checkSteps, resultNames, resultRoots } from './plan/results.js';
import type { CallContext } from './stdlib/native.js';
import { type LoadedPackages, loadPackages } from './stdlib/flux-package.js';
import { UTC_LOCATION } from './stdlib/native.js';
import { ENABLED_PROFILERS, PROFILER_PACKAGE } from './stdlib/profiler/index.js';
import { ScriptLibrary } from './stdlib/script-library.js';
import type { File } from './syntax/ast.js';
import { loadScript } from './syntax/script.js';
import type { Chunk } from './table/chunk.js';

export interface FluxQuery {
  readonly script: string;
  /** Statements before the script's own. */
  readonly extern?: File | undefined;
  /** Told of a script that is one read of storage and nothing else: the next time it need not be evaluated. */
  readonly onSimpleRead?: ((read: SimpleRead) => void) | undefined;
}

const QUERY_SPECIFICATION = 'error in query specification while starting program';
/** Of a text, that are as much work as one step of a script. */
const LETTERS_PER_STEP = 32;
/** Of a stream whose tables the script itself waits for. */
const TABLE_COMPILATION = 'error in table object compilation';
const TABLE_START = 'error in table object start';
const NO_RESULT =
  'this Flux script returns no streaming data. Consider adding a "yield" or invoking streaming functions directly, without performing an assignment';

/**
 * Starts a script: everything that can be wrong before a row is read has been found when the promise is fulfilled, permissions included.
 * The results must be read one after the other.
 *
 * @throws DomainError in InfluxDB's words: `invalid` for what is wrong with the script, `not found` for a bucket that the caller cannot
 *   read, `forbidden` for one that they cannot write
 */
export async function startFlux(query: FluxQuery, environment: FluxEnvironment): Promise<readonly FluxResult[]> {
  const beganMs = performance.now();
  const script = await loadScript(query.script, query.extern);
  const memory = new MemoryAccount(environment.memoryBytesMax, environment.memoryPool);
  const questions = new Questions(memory);
  const packages = await loadPackages([script.extern, script.file]);
  const sent = new SentRequests(memory, (request) => environment.send(request));
  const newEvaluation = (): Evaluation => new Evaluation(environment, memory, questions, sent, packages);
  let evaluation = newEvaluation();
  try {
    await questions.answering(
      'script',
      () => {
        // A script has no effect but its results and its requests, which are sent once, so that it may be run as often as it takes.
        sent.beginScript();
        evaluation = newEvaluation();
        evaluation.run(script.extern, script.file);
        return Promise.resolve();
      },
      (node, scope) => evaluation.compute(node, scope),
    );
    const results = await evaluation.start(beganMs);
    const simple = query.onSimpleRead === undefined || script.extern !== undefined ? undefined : evaluation.simpleRead(script.file);
    if (simple !== undefined) query.onSimpleRead?.(simple);
    return closingAfter(results, memory, questions, environment.signal);
  } catch (error) {
    memory.close();
    throw questions.withoutSecrets(explainRangeError(error));
  }
}

/** The same results; the account is closed when the last one is read, when one is given up, and when the query is. */
function closingAfter(
  results: readonly FluxResult[],
  memory: MemoryAccount,
  questions: Questions,
  signal: AbortSignal,
): readonly FluxResult[] {
  const close = (): void => {
    signal.removeEventListener('abort', close);
    memory.close();
  };
  signal.addEventListener('abort', close);
  return results.map(({ name, pieces }, i) => ({
    name,
    pieces: (async function* () {
      let goesOn = false;
      try {
        yield* pieces;
        goesOn = i < results.length - 1;
      } catch (error) {
        throw questions.withoutSecrets(error);
      } finally {
        if (!goesOn) close();
      }
    })(),
  }));
}

class Evaluation {
  private readonly environment: FluxEnvironment;
  private readonly memory: MemoryAccount;
  private readonly questions: Questions;
  private readonly sent: SentRequests;
  private readonly calls: Calls;
  private readonly library: ScriptLibrary;
  private readonly interpreter: Interpreter;
  private readonly turn: Turn;
  private readonly yields: RunnableNode[] = [];
  /** Whether the plan would be another at another time, or for another caller. */
  private dependsOnMore = false;
  private planned: readonly RunnableNode[] = [];

  constructor(environment: FluxEnvironment, memory: MemoryAccount, questions: Questions, sent: SentRequests, packages: LoadedPackages) {
    this.environment = environment;
    this.memory = memory;
    this.questions = questions;
    this.sent = sent;
    this.turn = new Turn(environment.pulse);
    this.calls = new Calls(() => {
      this.turn.check();
    });
    this.library = new ScriptLibrary({
      context: this.callContext,
      nowNs: () => {
        this.dependsOnMore = true;
        return environment.now;
      },
      onResult: ({ node }) => this.yields.push(node),
      calls: this.calls,
      packages,
      scriptOption: (name) => this.interpreter.defined(name),
    });
    this.interpreter = new Interpreter(this.library, this.calls);
  }

  run(...files: readonly (File | undefined)[]): void {
    this.turn.begin();
    for (const file of files) {
      if (file === undefined) continue;
      for (const { path, as } of file.imports ?? []) this.interpreter.importPackage(path.value, as?.name);
    }
    for (const file of files) if (file !== undefined) this.interpreter.run(file.body);
  }

  async start(beganMs: number): Promise<readonly FluxResult[]> {
    const compiledMs = performance.now();
    const statements = this.interpreter.results.flatMap(({ value }) => (value instanceof TableStream ? [value.node] : []));
    const roots = resultRoots([...this.yields, ...statements]);
    if (roots.length === 0) throw fluxError(`${QUERY_SPECIFICATION}: ${NO_RESULT}`);
    const names = resultNames(roots);
    const planned = plan(roots);
    this.planned = planned;
    const prepared = await this.prepare(planned);
    const profile = Profile.named(this.enabledProfilers(), planned, this.memory, { beganMs, compiledMs, plannedMs: performance.now() });
    const run = { ...prepared, profile };
    // What results share is computed once, unless one of them has to begin anew.
    const shared = new Execution(run, planned);
    const results = planned.map((root, i) => ({ name: names[i] as string, pieces: this.pieces(run, shared, root, `result ${i}`) }));
    return profile === undefined ? results : [...results, { name: PROFILE_RESULT, pieces: profile.pieces() }];
  }

  /** The read that the script is, where it is nothing else. Packages may look at anything. */
  simpleRead({ imports }: File): SimpleRead | undefined {
    const [root] = this.planned;
    if (root === undefined || this.planned.length !== 1 || this.dependsOnMore || (imports?.length ?? 0) > 0) return undefined;
    const [name] = resultNames([root]);
    return name === undefined ? undefined : simpleReadOf(name, root, this.environment.now);
  }

  private enabledProfilers(): readonly unknown[] {
    const names = this.library.option(PROFILER_PACKAGE, ENABLED_PROFILERS);
    return isArray(names) ? names : [];
  }

  private pieces(run: RunContext, shared: Execution, root: RunnableNode, scope: string): AsyncIterable<ResultPiece> {
    let isFirst = true;
    const next = (): AsyncIterable<ResultPiece> => {
      const execution = isFirst ? shared : new Execution(run, [root]);
      isFirst = false;
      return withPlainErrors(execution.pieces(root));
    };
    return this.questions.answeringStream(scope, next, (node, inner) => this.compute(node, inner));
  }

  /** Whole tables of a stream, while the script waits for them. */
  async compute(node: RunnableNode, scope: string): Promise<readonly Chunk[]> {
    this.dependsOnMore = true;
    const [root] = plan([node], TABLE_COMPILATION) as [RunnableNode];
    const run = await this.prepare([root]).catch((error: unknown) => {
      throw wrapError(error, TABLE_START);
    });
    const collect = async (): Promise<readonly Chunk[]> => {
      const tables: Chunk[] = [];
      for await (const { chunk } of withPlainErrors(new Execution(run, [root]).wholeTables(root))) tables.push(chunk);
      return tables;
    };
    return this.questions.answering(scope, collect, (inner, innerScope) => this.compute(inner, innerScope));
  }

  private async prepare(roots: readonly RunnableNode[]): Promise<RunContext> {
    const deferred: Promise<unknown>[] = [];
    return {
      ...(await findBuckets(roots, this.environment)),
      environment: this.environment,
      memory: this.memory,
      turn: this.turn,
      applyToRows: (use) => this.calls.applyToRows(use),
      beginStep: (node) => {
        const inStep = this.sent.beginStep(node);
        return (use) => inStep(() => this.calls.applyToRows(use));
      },
      defer: (work) => {
        // Awaited below; until then a failure is nobody's.
        work.catch(() => undefined);
        deferred.push(work);
      },
      settle: async () => {
        while (deferred.length > 0) await deferred.shift();
      },
    };
  }

  /** One for all calls; it is asked anew for what changes while the script runs. */
  private readonly callContext = ((evaluation: Evaluation): CallContext => ({
    get nowNs() {
      evaluation.dependsOnMore = true;
      return evaluation.nowNs();
    },
    get boundNowNs() {
      return evaluation.nowNs();
    },
    get site() {
      return evaluation.calls.site;
    },
    get location() {
      return evaluation.interpreter.global('location') ?? UTC_LOCATION;
    },
    tablesOf: (node) => {
      evaluation.dependsOnMore = true;
      return evaluation.questions.ask(node);
    },
    secret: (key) => {
      evaluation.dependsOnMore = true;
      return evaluation.questions.askSecret(key, (name) => evaluation.environment.findSecret(name));
    },
    send: (request) => {
      evaluation.dependsOnMore = true;
      return evaluation.sent.send(request);
    },
    global: (name) => evaluation.interpreter.global(name),
    spend: (letters) => {
      evaluation.turn.check(1 + letters / LETTERS_PER_STEP);
    },
    reserve: (bytes) => {
      evaluation.turn.check(1 + bytes / LETTERS_PER_STEP);
      evaluation.memory.hold(bytes);
      // What is made for a row does not outlive it.
      if (evaluation.calls.isInRows) evaluation.memory.release(bytes);
    },
    packageOption: (path, name) => evaluation.library.option(path, name),
    compile: (expression) => evaluation.interpreter.compileFunctionValue(expression),
  }))(this);

  private nowNs(): bigint {
    const now = this.interpreter.defined('now');
    if (!isFunction(now)) return this.environment.now;
    this.dependsOnMore = true;
    const time = now.call(new Map());
    if (!(time instanceof Time)) throw fluxError('option now must be a function that returns a time');
    return time.ns;
  }
}

function plan(roots: readonly RunnableNode[], stage = BUILDING_PLAN): RunnableNode[] {
  try {
    checkSteps(roots);
    const planned = pushDown(roots);
    checkReads(planned);
    return planned;
  } catch (error) {
    throw wrapError(error, stage);
  }
}
