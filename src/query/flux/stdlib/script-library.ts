/** The library as one run of a script sees it: the names of the prelude and of packages become values when they are first asked for. */
import { TableStream } from '../execute/table-stream.js';
import type { Calls } from '../language/calls.js';
import { fluxError } from '../language/errors.js';
import { Interpreter } from '../language/interpreter.js';
import type { Library, PackageValue } from '../language/interpreter.js';
import type { FunctionValue, Value } from '../language/value.js';
import { PlainRecord, Time } from '../language/value.js';
import type { LoadedPackages } from './flux-package.js';
import { PACKAGES, UNIVERSE } from './index.js';
import type { CallContext, Native, Package } from './native.js';
import { Arguments, FluxPackage, UTC_LOCATION } from './native.js';
import { refusalOf } from './refused.js';
import { signaturesOf } from './signatures.js';

export interface LibraryOptions {
  readonly context: CallContext;
  /** What `now()` answers unless the script sets it. */
  readonly nowNs: () => bigint;
  /** Told of streams that are results, wherever the script has made them. */
  readonly onResult: (stream: TableStream) => void;
  readonly calls: Calls;
  readonly packages: LoadedPackages;
  /** An option of the prelude that the script itself has set. */
  readonly scriptOption: (name: string) => Value | undefined;
}

/** The path under which scripts import the prelude itself. */
const PRELUDE = 'universe';

/** The options of the prelude: what a script sets holds in the packages that it imports, too. */
const PRELUDE_OPTIONS = new Set(['now', 'location', 'task']);

export class ScriptLibrary implements Library {
  private readonly options: LibraryOptions;
  private readonly prelude = new Map<string, Value>();
  private readonly imported = new Map<string, PackageValue>();

  constructor(options: LibraryOptions) {
    this.options = options;
  }

  universe(name: string): Value | undefined {
    let value = this.prelude.get(name);
    if (value === undefined) {
      value = this.universeValue(name);
      this.prelude.set(name, value);
    }
    return value;
  }

  /** A package is one value for all its importers: an option that the script sets also applies inside it. */
  importPackage(path: string): PackageValue {
    let value = this.imported.get(path);
    if (value === undefined) {
      value = this.package(path);
      this.imported.set(path, value);
    }
    return value;
  }

  private package(path: string): PackageValue {
    const found = PACKAGES.get(path) ?? {};
    if (found instanceof FluxPackage) return this.fluxPackage(path, found);
    // Some names of the prelude are no functions of it, but of the run.
    return path === PRELUDE
      ? { ...this.nativePackage(path, found), get: (label) => this.universe(label) }
      : this.nativePackage(path, found);
  }

  /** The value of a package's option (or of any other name of it); undefined where nothing has imported the package. */
  option(path: string, name: string): Value | undefined {
    return this.imported.get(path)?.get(name);
  }

  private nativePackage(path: string, definitions: Package): PackageValue {
    const values = this.lazyValues(path, definitions);
    const options = new Map<string, Value>();
    return {
      isRecord: true,
      labels: () => Object.keys(definitions),
      get: (label) =>
        firstOf(
          () => options.get(label),
          () => values(label),
          () => notThere(path, label),
        ),
      setOption: (name, value) => options.set(name, value),
    };
  }

  private fluxPackage(path: string, { natives }: FluxPackage): PackageValue {
    const file = this.options.packages.get(path);
    if (file === undefined) throw new Error(`the package ${path} has not been loaded`);
    const values = this.lazyValues(path, natives);
    const module = new Interpreter(
      {
        universe: (name) =>
          firstOf(
            () => values(name),
            () => (PRELUDE_OPTIONS.has(name) ? this.options.scriptOption(name) : undefined),
            () => this.universe(name),
          ),
        importPackage: (other) => this.importPackage(other),
      },
      this.options.calls.inLibrary(),
    );
    module.runFile(file);
    return {
      isRecord: true,
      labels: () => [...module.names(), ...Object.keys(natives)].filter((label) => !label.startsWith('_')),
      get: (label) =>
        firstOf(
          () => module.defined(label),
          () => values(label),
          () => notThere(path, label),
        ),
      setOption: (name, value) => {
        module.define(name, value);
      },
    };
  }

  /** The values of natives, each made once. */
  private lazyValues(path: string, definitions: Package): (name: string) => Value | undefined {
    const values = new Map<string, Value>();
    return (name) => {
      let value = values.get(name);
      if (value !== undefined) return value;
      const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
      if (definition === undefined) return undefined;
      value = 'value' in definition ? definition.value : this.functionValue(definition, signaturesOf(path).get(name));
      values.set(name, value);
      return value;
    };
  }

  private universeValue(name: string): Value {
    switch (name) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'now':
        return { isFunction: true, pipeParameter: undefined, call: () => new Time(this.options.nowNs()) };
      case 'location':
        return UTC_LOCATION;
      case 'task':
        return PlainRecord.of({});
    }
    const definition = Object.hasOwn(UNIVERSE, name) ? UNIVERSE[name] : undefined;
    if (definition === undefined) throw fluxError(`function "${name}" is not supported by this server`);
    return 'value' in definition ? definition.value : this.functionValue(definition, signaturesOf('universe').get(name));
  }

  private functionValue({ call, pipe }: Native, signature: string | undefined): FunctionValue {
    return {
      isFunction: true,
      signature,
      pipeParameter: pipe,
      call: (args) => {
        const result = call(new Arguments(args), this.options.context);
        if (result instanceof TableStream && (result.node.spec.kind === 'yield' || result.node.spec.kind === 'to')) {
          this.options.onResult(result);
        }
        return result;
      },
    };
  }
}

/** The first value that there is; a null is one. */
function firstOf(...places: readonly (() => Value | undefined)[]): Value | undefined {
  for (const find of places) {
    const value = find();
    if (value !== undefined) return value;
  }
  return undefined;
}

function notThere(path: string, label: string): never {
  throw fluxError(
    refusalOf(path, label) ?? `function "${path.split('/').at(-1) ?? path}.${label}" of package "${path}" is not supported by this server`,
  );
}
