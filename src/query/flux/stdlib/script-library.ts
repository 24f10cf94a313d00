/** The library as one run of a script sees it: the names of the prelude and of packages become values when they are first asked for. */
import { TableStream } from '../execute/table-stream.js';
import { fluxError } from '../language/errors.js';
import type { Library } from '../language/interpreter.js';
import type { FunctionValue, RecordValue, Value } from '../language/value.js';
import { PlainRecord, Time } from '../language/value.js';
import { PACKAGES, UNIVERSE } from './index.js';
import type { CallContext, Native, Package } from './native.js';
import { Arguments, UTC_LOCATION } from './native.js';

export interface LibraryOptions {
  readonly context: CallContext;
  /** What `now()` answers unless the script sets it. */
  readonly nowNs: bigint;
  /** Told of streams that are results, wherever the script has made them. */
  readonly onResult: (stream: TableStream) => void;
}

export class ScriptLibrary implements Library {
  private readonly options: LibraryOptions;
  private readonly prelude = new Map<string, Value>();

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

  importPackage(path: string): RecordValue {
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

  private universeValue(name: string): Value {
    switch (name) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'now':
        return { isFunction: true, pipeParameter: undefined, call: () => new Time(this.options.nowNs) };
      case 'location':
        return UTC_LOCATION;
      case 'task':
        return PlainRecord.of({});
    }
    const definition = Object.hasOwn(UNIVERSE, name) ? UNIVERSE[name] : undefined;
    if (definition === undefined) throw fluxError(`function "${name}" is not supported by this server`);
    return 'value' in definition ? definition.value : this.functionValue(definition);
  }

  private functionValue({ call, pipe }: Native): FunctionValue {
    return {
      isFunction: true,
      pipeParameter: pipe,
      call: (args) => {
        const result = call(new Arguments(args), this.options.context);
        if (result instanceof TableStream && (result.node.spec.kind === 'yield' || result.node.spec.kind === 'to'))
          this.options.onResult(result);
        return result;
      },
    };
  }
}
