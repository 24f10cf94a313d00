/** How functions of the library are written: named arguments in, a value or a step of a plan out. */
import type { ScriptRequest, ScriptResponse } from '../environment.js';
import type { CallSite } from '../language/call-site.js';
import { Duration } from '../language/duration.js';
import { fluxError } from '../language/errors.js';
import type { FunctionValue, RecordValue, Value } from '../language/value.js';
import { PlainRecord, Time, isArray, isFunction, isRecord, typeName } from '../language/value.js';
import { TableStream } from '../execute/table-stream.js';
import type { Bounds, Location } from '../language/window.js';
import { Zone } from '../language/zone.js';
import type { Spec } from '../plan/node.js';
import type { RunnableNode } from '../execute/runnable-node.js';
import { unionBounds } from '../plan/node.js';
import type { FunctionExpression } from '../syntax/ast.js';
import type { Chunk } from '../table/chunk.js';

/** What a library function may know beside its arguments. */
export interface CallContext {
  /** The script's `now`. */
  readonly nowNs: bigint;
  /** The same, for what lies at a fixed distance from it and moves with it. */
  readonly boundNowNs: bigint;
  /** The call under way in the script itself. */
  readonly site: CallSite | undefined;
  /** `option location`. */
  readonly location: Value;
  /** The tables of a stream, which are computed while the script still runs. */
  readonly tablesOf: (stream: RunnableNode) => readonly Chunk[];
  /** Called before something large is made of something small. @throws DomainError where the query may not hold that much */
  readonly reserve: (bytes: number) => void;
  /** Called before letters are gone through one by one. @throws what ends a query that takes too long */
  readonly spend: (letters: number) => void;
  /** The value of a secret of the organization. @throws DomainError where there is none, or the caller may not read it */
  readonly secret: (key: string) => string;
  /** Sends an HTTP request, once, however often the script is run. @throws DomainError where there is no response */
  readonly send: (request: ScriptRequest) => ScriptResponse;
  /** What a name stands for in the script itself. */
  readonly global: (name: string) => Value | undefined;
  /** The value of an option of an imported package. */
  readonly packageOption: (path: string, name: string) => Value | undefined;
  /** A function that is written in Flux, without names from around it. */
  readonly compile: (expression: FunctionExpression) => FunctionValue;
}

export interface Native {
  /** The parameter that a pipe fills. */
  readonly pipe?: string | undefined;
  readonly call: (args: Arguments, context: CallContext) => Value;
}

/** A package: its functions and constants by name. */
export type Package = Readonly<Record<string, Native | { readonly value: Value }>>;

/** A package that is written in Flux; names that its source does not define are those of `natives`. */
export class FluxPackage {
  readonly source: string;
  readonly natives: Package;

  constructor(source: string, natives: Package = {}) {
    this.source = source;
    this.natives = natives;
  }
}

/** Marks a text as Flux. Backslashes stand for themselves. */
export const flux = String.raw;

/** Named arguments, read by type. Types have been checked with the script; what remains are streams of dynamic type and nulls. */
export class Arguments {
  private readonly values: ReadonlyMap<string, Value>;

  constructor(values: ReadonlyMap<string, Value>) {
    this.values = values;
  }

  static of(values: Readonly<Record<string, Value | undefined>>): Arguments {
    const given = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
    return new Arguments(new Map(given));
  }

  get(name: string): Value | undefined {
    return this.values.get(name);
  }

  required(name: string): Value {
    const value = this.values.get(name);
    if (value === undefined) throw fluxError(`missing required keyword argument "${name}"`);
    return value;
  }

  has(name: string): boolean {
    return this.values.get(name) !== undefined;
  }

  string(name: string, fallback?: string): string {
    return this.typed(name, 'string', fallback, (value) => (typeof value === 'string' ? value : undefined));
  }

  bool(name: string, fallback?: boolean): boolean {
    return this.typed(name, 'bool', fallback, (value) => (typeof value === 'boolean' ? value : undefined));
  }

  float(name: string, fallback?: number): number {
    return this.typed(name, 'float', fallback, (value) => (typeof value === 'number' ? value : undefined));
  }

  int(name: string, fallback?: bigint): bigint {
    return this.typed(name, 'int', fallback, (value) => (typeof value === 'bigint' ? value : undefined));
  }

  /** An integer that is used as a count of things in memory. */
  count(name: string, fallback?: number): number {
    return Number(this.int(name, fallback === undefined ? undefined : BigInt(fallback)));
  }

  duration(name: string, fallback?: Duration): Duration {
    return this.typed(name, 'duration', fallback, (value) => (value instanceof Duration ? value : undefined));
  }

  time(name: string, fallback?: Time): Time {
    return this.typed(name, 'time', fallback, (value) => (value instanceof Time ? value : undefined));
  }

  fn(name: string): FunctionValue {
    return this.typed(name, 'function', undefined, (value) => (isFunction(value) ? value : undefined));
  }

  record(name: string, fallback?: RecordValue): RecordValue {
    return this.typed(name, 'object', fallback, (value) => (isRecord(value) ? value : undefined));
  }

  array(name: string, fallback?: readonly Value[]): readonly Value[] {
    return this.typed(name, 'array', fallback, (value) => (isArray(value) ? value : undefined));
  }

  strings(name: string, fallback?: readonly string[]): readonly string[] {
    return this.array(name, fallback).map((item) => {
      if (typeof item !== 'string')
        throw fluxError(`keyword argument "${name}" should be an array of string, but got an array of ${typeName(item)}`);
      return item;
    });
  }

  floats(name: string): readonly number[] {
    return this.array(name).map((item) => {
      if (typeof item !== 'number')
        throw fluxError(`keyword argument "${name}" should be an array of float, but got an array of ${typeName(item)}`);
      return item;
    });
  }

  stream(name = 'tables'): RunnableNode {
    return this.typed(name, 'stream', undefined, (value) => (value instanceof TableStream ? value.node : undefined));
  }

  private typed<T>(name: string, type: string, fallback: T | undefined, pick: (value: Value) => T | undefined): T {
    const value = this.values.get(name);
    if (value === undefined) {
      if (fallback === undefined) throw fluxError(`missing required keyword argument "${name}"`);
      return fallback;
    }
    const picked = pick(value);
    if (picked === undefined) throw fluxError(`keyword argument "${name}" should be of kind ${type}, but got ${typeName(value)}`);
    return picked;
  }
}

/** A function from values to a value. */
export const native = (call: Native['call'], pipe?: string): Native => ({ call, pipe });

export const constant = (value: Value): { value: Value } => ({ value });

interface Step extends Pick<RunnableNode, 'create'> {
  readonly spec?: Spec;
  readonly bounds?: Bounds | undefined;
  /** The call that errors of the step name; without it, the one under way. */
  readonly site?: CallSite | undefined;
}

export interface StepInput {
  readonly node: RunnableNode;
  readonly context: CallContext;
}

/** A function that takes a stream through a pipe and adds one step to it. */
export function step(make: (args: Arguments, input: StepInput) => Step): Native {
  return {
    pipe: 'tables',
    call: (args, context) => {
      const node = args.stream();
      return new TableStream(addStep(node, make(args, { node, context }), context));
    },
  };
}

/** Puts a step after another one. */
export function addStep(node: RunnableNode, { spec = { kind: 'operator' }, create, ...rest }: Step, context: CallContext): RunnableNode {
  return {
    spec,
    inputs: [node],
    site: 'site' in rest ? rest.site : context.site,
    bounds: 'bounds' in rest ? rest.bounds : unionBounds([node]),
    create,
  };
}

/** A function that is a pipeline of other library functions. */
export function pipeline(build: (args: Arguments, pipe: Pipe, context: CallContext) => Pipe): Native {
  return {
    pipe: 'tables',
    call: (args, context) => new TableStream(build(args, new Pipe(args.stream(), context), context).node),
  };
}

/** A stream to which library functions are applied one after the other. */
export class Pipe {
  readonly node: RunnableNode;
  readonly context: CallContext;

  constructor(node: RunnableNode, context: CallContext) {
    this.node = node;
    this.context = context;
  }

  to(target: Native, args: Readonly<Record<string, Value | undefined>> = {}): Pipe {
    return Pipe.of(target.call(Arguments.of({ tables: new TableStream(this.node), ...args }), this.context), this.context);
  }

  /** Applies a function of the script. */
  through(fn: FunctionValue, args: Readonly<Record<string, Value>>): Pipe {
    if (fn.pipeParameter === undefined) throw fluxError('pipe parameter value provided to function with no pipe parameter defined');
    return Pipe.of(
      fn.call(new Map<string, Value>([[fn.pipeParameter, new TableStream(this.node)], ...Object.entries(args)])),
      this.context,
    );
  }

  private static of(value: Value, context: CallContext): Pipe {
    if (!(value instanceof TableStream)) throw fluxError(`expected a stream of tables, got ${typeName(value)}`);
    return new Pipe(value.node, context);
  }
}

export const UTC_LOCATION = PlainRecord.of({ zone: 'UTC', offset: Duration.ofNs(0n) });

/** Reads a location record (`{zone, offset}`). */
export function locationOf(value: Value): Location {
  if (!isRecord(value)) throw fluxError(`keyword argument "location" should be of kind object, but got ${typeName(value)}`);
  const zone = value.get('zone');
  if (zone === undefined) throw fluxError('zone property missing from location record');
  if (typeof zone !== 'string') throw fluxError(`zone property for location must be of type string, got ${typeName(zone)}`);
  const offset = value.get('offset') ?? Duration.ofNs(0n);
  if (!(offset instanceof Duration)) throw fluxError(`offset property for location must be of type duration, got ${typeName(offset)}`);
  return { zone: Zone.load(zone), offset };
}

/** A function of rows that is written here instead of in a script. */
export const rowFunction = (of: (row: RecordValue) => Value): FunctionValue => ({
  isFunction: true,
  pipeParameter: undefined,
  call: (args) => {
    const row = args.get('r');
    return isRecord(row) ? of(row) : null;
  },
});
