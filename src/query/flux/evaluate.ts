/** Runs Flux scripts. */
import { notFound } from '../../domain/errors.js';
import { fluxParser } from './syntax/parser.js';
import { loadScript } from './syntax/script.js';
import type { File } from './syntax/ast.js';
import type { FluxEnvironment, ReadableBucket } from './environment.js';
import { MemoryAccount } from './execute/memory.js';
import type { RunContext } from './execute/run-context.js';
import { TableQuestions } from './execute/table-questions.js';
import type { ResultPiece } from './execute/run.js';
import { Turn } from './execute/turn.js';
import { Execution, withPlainErrors } from './execute/run.js';
import { explainRangeError, fluxError, wrapError } from './language/errors.js';
import { Interpreter } from './language/interpreter.js';
import type { FunctionValue, RecordValue, Value } from './language/value.js';
import { PlainRecord, TableStream, Time, isFunction } from './language/value.js';
import type { BucketReference, PlanNode, SpecOf } from './plan/node.js';
import { checkReads, pushDown } from './plan/push-down.js';
import { PACKAGES, UNIVERSE } from './stdlib/index.js';
import type { CallContext, Native, Package } from './stdlib/native.js';
import { Arguments, UTC_LOCATION } from './stdlib/native.js';
import { DEFAULT_RESULT_NAME } from './stdlib/universe/yield.js';
import type { Chunk } from './table/chunk.js';

/** A named stream of tables. */
export interface FluxResult {
  readonly name: string;
  /** The tables, piece by piece. Errors are DomainErrors. To be read once. */
  readonly pieces: AsyncIterable<ResultPiece>;
}

export interface FluxQuery {
  readonly script: string;
  /** Statements before the script's own. */
  readonly extern?: File | undefined;
}

const BUILDING_PLAN = 'error in building plan while starting program';
const QUERY_SPECIFICATION = 'error in query specification while starting program';
const INITIALIZING = 'failed to initialize execute state';
/** Of a text, that are as much work as one step of a script. */
const LETTERS_PER_STEP = 32;
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
  const script = await loadScript(query.script, query.extern);
  const memory = new MemoryAccount(environment.memoryBytesMax, environment.memoryPool);
  const questions = new TableQuestions(memory);
  const newEvaluation = (): Evaluation => new Evaluation(environment, memory, questions);
  let evaluation = newEvaluation();
  try {
    await questions.answering(
      'script',
      () => {
        // A script can have no effect but its results, so that it may be run as often as it takes.
        evaluation = newEvaluation();
        evaluation.run(script.extern, script.file);
        return Promise.resolve();
      },
      (node, scope) => evaluation.compute(node, scope),
    );
    return closingAfter(await evaluation.start(), memory, environment.signal);
  } catch (error) {
    memory.close();
    throw explainRangeError(error);
  }
}

/** The same results; the account is closed when the last one is read, when one is given up, and when the query is. */
function closingAfter(results: readonly FluxResult[], memory: MemoryAccount, signal: AbortSignal): readonly FluxResult[] {
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
      } finally {
        if (!goesOn) close();
      }
    })(),
  }));
}

/** Makes the first script of a new server no slower than others. */
export const prepareFlux = (): Promise<void> => fluxParser.prepare();

class Evaluation {
  private readonly environment: FluxEnvironment;
  private readonly memory: MemoryAccount;
  private readonly questions: TableQuestions;
  private readonly interpreter: Interpreter;
  private readonly turn: Turn;
  private readonly yields: PlanNode[] = [];

  constructor(environment: FluxEnvironment, memory: MemoryAccount, questions: TableQuestions) {
    this.environment = environment;
    this.memory = memory;
    this.questions = questions;
    this.turn = new Turn(environment.pulse);
    const functions = new Map<string, Value>();
    this.interpreter = new Interpreter({
      universe: (name) => {
        let value = functions.get(name);
        if (value === undefined) {
          value = this.universeValue(name);
          if (value !== undefined) functions.set(name, value);
        }
        return value;
      },
      importPackage: (path) => this.packageRecord(path),
      tick: () => {
        this.turn.check();
      },
    });
  }

  run(...files: readonly (File | undefined)[]): void {
    this.turn.begin();
    for (const file of files) {
      if (file === undefined) continue;
      for (const { path, as } of file.imports ?? []) this.interpreter.importPackage(path.value, as?.name);
    }
    for (const file of files) if (file !== undefined) this.interpreter.run(file.body);
  }

  async start(): Promise<readonly FluxResult[]> {
    const roots = this.roots();
    if (roots.length === 0) throw fluxError(`${QUERY_SPECIFICATION}: ${NO_RESULT}`);
    const names = resultNames(roots);
    const planned = plan(roots);
    const run = await this.prepare(planned);
    // What results share is computed once, unless one of them has to begin anew.
    const shared = new Execution(run, planned);
    return planned.map((root, i) => ({ name: names[i] as string, pieces: this.pieces(run, shared, root, `result ${i}`) }));
  }

  private pieces(run: RunContext, shared: Execution, root: PlanNode, scope: string): AsyncIterable<ResultPiece> {
    let isFirst = true;
    const next = (): AsyncIterable<ResultPiece> => {
      const execution = isFirst ? shared : new Execution(run, [root]);
      isFirst = false;
      return withPlainErrors(execution.pieces(root));
    };
    return this.questions.answeringStream(scope, next, (node, inner) => this.compute(node, inner));
  }

  /** Whole tables of a stream, while the script waits for them. */
  async compute(node: PlanNode, scope: string): Promise<readonly Chunk[]> {
    const [root] = plan([node]) as [PlanNode];
    const run = await this.prepare([root]);
    const collect = async (): Promise<readonly Chunk[]> => {
      const tables: Chunk[] = [];
      for await (const { chunk } of withPlainErrors(new Execution(run, [root]).wholeTables(root))) tables.push(chunk);
      return tables;
    };
    return this.questions.answering(scope, collect, (inner, innerScope) => this.compute(inner, innerScope));
  }

  /** The streams that are results: what was yielded, and statements that are streams. */
  private roots(): PlanNode[] {
    const roots: PlanNode[] = [];
    const add = (node: PlanNode): void => {
      if (!roots.includes(node)) roots.push(node);
    };
    for (const node of this.yields) add(node);
    for (const { value } of this.interpreter.results) if (value instanceof TableStream) add(value.node);
    // A step that leads on to another result is none itself, unless it was yielded.
    const inner = new Set(roots.flatMap(({ inputs }) => [...reachable(inputs)]));
    return roots.filter((node) => node.spec.kind === 'yield' || !inner.has(node));
  }

  private async prepare(roots: readonly PlanNode[]): Promise<RunContext> {
    const readable = new Map<string, ReadableBucket>();
    const writable = new Map<string, ReadableBucket>();
    for (const { spec } of reachable(roots)) {
      if (spec.kind === 'read') readable.set(referenceKey(spec.bucket), await this.findBucket(spec.bucket));
      if (spec.kind !== 'to') continue;
      this.checkOrganization(spec.organization);
      writable.set(referenceKey(spec.bucket), await this.findWritableBucket(spec.bucket));
    }
    const deferred: Promise<unknown>[] = [];
    return {
      environment: this.environment,
      memory: this.memory,
      turn: this.turn,
      applyToRows: (use) => this.interpreter.applyToRows(use),
      bucket: (reference) => readable.get(referenceKey(reference)) as ReadableBucket,
      writableBucket: (reference) => writable.get(referenceKey(reference)) as ReadableBucket,
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

  private checkOrganization({ name, id }: SpecOf<'to'>['organization']): void {
    const { organizationName, organizationId } = this.environment;
    if (name !== undefined && name !== organizationName) throw notFound(`${INITIALIZING}: could not find org "${name}"`);
    if (id !== undefined && id !== organizationId)
      throw fluxError(`${INITIALIZING}: host must be specified when writing points to another org`);
  }

  private async findBucket(reference: BucketReference): Promise<ReadableBucket> {
    const bucket = await this.environment.findBucket(asLookUp(reference));
    if (bucket === undefined) throw notFound(`${INITIALIZING}: could not find bucket "${reference.name ?? reference.id ?? ''}"`);
    return bucket;
  }

  private async findWritableBucket(reference: BucketReference): Promise<ReadableBucket> {
    try {
      const bucket = await this.environment.findWritableBucket(asLookUp(reference));
      if (bucket === undefined) throw notFound(`could not find bucket "${reference.name ?? reference.id ?? ''}"`);
      return bucket;
    } catch (error) {
      throw wrapError(error, INITIALIZING);
    }
  }

  private universeValue(name: string): Value | undefined {
    switch (name) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'now':
        return { isFunction: true, pipeParameter: undefined, call: () => new Time(this.environment.now) };
      case 'location':
        return UTC_LOCATION;
      case 'task':
        return PlainRecord.of({});
    }
    const definition = Object.hasOwn(UNIVERSE, name) ? UNIVERSE[name] : undefined;
    if (definition === undefined) throw fluxError(`function "${name}" is not supported by this server`);
    return 'value' in definition ? definition.value : this.functionValue(definition);
  }

  private packageRecord(path: string): RecordValue {
    const definitions: Package = PACKAGES.get(path) ?? {};
    const values = new Map<string, Value>();
    const name = path.split('/').at(-1) ?? path;
    return {
      isRecord: true,
      labels: () => Object.keys(definitions),
      get: (label) => {
        let value = values.get(label);
        if (value !== undefined) return value;
        const definition = Object.hasOwn(definitions, label) ? definitions[label] : undefined;
        if (definition === undefined) throw fluxError(`function "${name}.${label}" of package "${path}" is not supported by this server`);
        value = 'value' in definition ? definition.value : this.functionValue(definition);
        values.set(label, value);
        return value;
      },
    };
  }

  private functionValue({ call, pipe }: Native): FunctionValue {
    return {
      isFunction: true,
      pipeParameter: pipe,
      call: (args) => {
        const result = call(new Arguments(args), this.callContext);
        if (result instanceof TableStream && (result.node.spec.kind === 'yield' || result.node.spec.kind === 'to'))
          this.yields.push(result.node);
        return result;
      },
    };
  }

  /** One for all calls; it is asked anew for what changes while the script runs. */
  private readonly callContext = ((evaluation: Evaluation): CallContext => ({
    get nowNs() {
      return evaluation.nowNs();
    },
    get site() {
      return evaluation.interpreter.callStack.at(-1);
    },
    get location() {
      return evaluation.interpreter.global('location') ?? UTC_LOCATION;
    },
    tablesOf: (node) => evaluation.questions.ask(node),
    global: (name) => evaluation.interpreter.global(name),
    spend: (letters) => {
      evaluation.turn.check(1 + letters / LETTERS_PER_STEP);
    },
    reserve: (bytes) => {
      evaluation.turn.check(1 + bytes / LETTERS_PER_STEP);
      evaluation.memory.hold(bytes);
      // What is made for a row does not outlive it.
      if (evaluation.interpreter.isInRows) evaluation.memory.release(bytes);
    },
    compile: (expression) => evaluation.interpreter.compileFunctionValue(expression),
  }))(this);

  private nowNs(): bigint {
    const now = this.interpreter.defined('now');
    if (!isFunction(now)) return this.environment.now;
    const time = now.call(new Map());
    if (!(time instanceof Time)) throw fluxError('option now must be a function that returns a time');
    return time.ns;
  }
}

const asLookUp = ({ name, id }: BucketReference): { name: string } | { id: string } => (name === undefined ? { id: id ?? '' } : { name });

const referenceKey = ({ name, id }: BucketReference): string => (name === undefined ? `id:${id ?? ''}` : `name:${name}`);

/** All steps that lead to some. */
function reachable(roots: readonly PlanNode[]): Set<PlanNode> {
  const seen = new Set<PlanNode>();
  const visit = (node: PlanNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    node.inputs.forEach(visit);
  };
  roots.forEach(visit);
  return seen;
}

function plan(roots: readonly PlanNode[]): PlanNode[] {
  try {
    for (const { spec } of reachable(roots)) {
      if (spec.kind === 'range' && spec.range.startNs >= spec.range.stopNs) throw fluxError('cannot query an empty range');
      if (spec.kind === 'operator' && spec.fault !== undefined) throw fluxError(spec.fault);
    }
    const planned = pushDown(roots);
    checkReads(planned);
    return planned;
  } catch (error) {
    throw wrapError(error, BUILDING_PLAN);
  }
}

/** @throws DomainError where two results have one name */
function resultNames(roots: readonly PlanNode[]): string[] {
  const yielded = new Set<string>();
  for (const { spec } of reachable(roots)) {
    if (spec.kind !== 'yield') continue;
    if (yielded.has(spec.name)) throw fluxError(`${BUILDING_PLAN}: found more than one call to yield() with the name "${spec.name}"`);
    yielded.add(spec.name);
  }
  const numbers = stepNumbers(roots);
  const names: string[] = [];
  for (const root of roots) {
    const { spec } = root;
    const name = spec.kind === 'yield' ? spec.name : spec.kind === 'to' ? `${spec.name}${numbers.get(root) ?? 0}` : DEFAULT_RESULT_NAME;
    if (names.includes(name)) throw fluxError(`${INITIALIZING}: tried to produce more than one result with the name "${name}"`);
    names.push(name);
  }
  return names;
}

/** Steps numbered as InfluxDB numbers them: inputs first. The result of a `to` is named by it. */
function stepNumbers(roots: readonly PlanNode[]): Map<PlanNode, number> {
  const numbers = new Map<PlanNode, number>();
  const visit = (node: PlanNode): void => {
    if (numbers.has(node)) return;
    node.inputs.forEach(visit);
    numbers.set(node, numbers.size);
  };
  roots.forEach(visit);
  return numbers;
}
