/**
 * Runs the statements of a script: names become values, calls of stream functions become plans. Expressions are compiled to closures once,
 * so that a function which is applied to every row of a table costs no walk over its tree.
 */
import type {
  CallExpression,
  Expression,
  FunctionExpression,
  MemberExpression,
  ObjectExpression,
  Property,
  SourceLocation,
  Statement,
} from '../syntax/ast.js';
import { Duration } from './duration.js';
import { fluxError, formatLocation, wrapError } from './errors.js';
import { BINARY_OPERATIONS, invert, negate } from './operators.js';
import { Regexp } from './regexp.js';
import { parseTime } from '../../../domain/time.js';
import type { FunctionDefinition, FunctionValue, RecordValue, Value } from './value.js';
import { Dictionary, PlainRecord, Time, Unsigned, isArray, isFunction, isRecord, displayValue, scalarToString, typeName } from './value.js';
import { withinTextLength } from './text-length.js';
import { assert } from '../../../domain/errors.js';

/** A call that is being evaluated: where in the script it stands, and what it calls. */
export interface CallSite {
  readonly functionName: string;
  readonly location: SourceLocation | undefined;
}

/** The values of the names of one function's call; names of outer functions are found through `outer`. */
interface Frame {
  readonly values: (Value | undefined)[];
  readonly outer: Frame | undefined;
}

type Evaluate = (frame: Frame | undefined) => Value;

/** While compiling: which name stands at which place of a frame. */
interface Names {
  readonly indexOf: Map<string, number>;
  readonly outer: Names | undefined;
}

/** Where names come from that the script has not defined: the prelude, and imported packages. */
export interface Library {
  /** A value of the prelude; undefined where there is none. */
  universe(name: string): Value | undefined;
  /** @throws DomainError for a package that is not there */
  importPackage(path: string): RecordValue;
  /** Called wherever a function of the script is. @throws DomainError when the script has been at it for too long */
  tick(): void;
}

const UNARY_OPERATORS = new Set(['-', '+', 'not', 'exists']);

export class Interpreter {
  /** The calls under way, outermost first. */
  readonly callStack: CallSite[] = [];
  /** Values of expressions that stand as statements, in order. */
  readonly results: { readonly value: Value; readonly location: SourceLocation | undefined }[] = [];
  private readonly globals = new Map<string, Value>();
  private readonly library: Library;
  /** Positive while a function is applied to rows: its failures carry no places, as in InfluxDB. */
  private rowDepth = 0;

  constructor(library: Library) {
    this.library = library;
  }

  global(name: string): Value | undefined {
    const value = this.globals.get(name);
    return value === undefined ? this.library.universe(name) : value;
  }

  /** A name that the script itself has defined (an option, most often). */
  defined(name: string): Value | undefined {
    return this.globals.get(name);
  }

  importPackage(path: string, as: string | undefined): void {
    this.globals.set(as ?? (path.split('/').at(-1) as string), this.library.importPackage(path));
  }

  run(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.type) {
        case 'VariableAssignment':
          this.globals.set(statement.id.name, this.compile(statement.init, undefined)(undefined));
          break;
        case 'OptionStatement':
          this.setOption(statement.assignment);
          break;
        case 'ExpressionStatement':
          this.results.push({ value: this.compile(statement.expression, undefined)(undefined), location: statement.location });
          break;
        default:
          throw fluxError(`unsupported statement ${statement.type}`);
      }
    }
  }

  /** A function that stands outside of the script. */
  compileFunctionValue(expression: FunctionExpression): FunctionValue {
    return this.compileFunction(expression, undefined)(undefined) as FunctionValue;
  }

  get isInRows(): boolean {
    return this.rowDepth > 0;
  }

  /** Runs `use` in the way in which functions are applied to rows. */
  applyToRows<T>(use: () => T): T {
    this.rowDepth++;
    try {
      return use();
    } finally {
      this.rowDepth--;
    }
  }

  private setOption(assignment: Extract<Statement, { type: 'OptionStatement' }>['assignment']): void {
    const value = this.compile(assignment.init, undefined)(undefined);
    if (assignment.type === 'VariableAssignment') {
      this.globals.set(assignment.id.name, value);
      return;
    }
    const target = assignment.member.object;
    assert(target.type === 'Identifier', 'the parser lets only a name stand before the dot of an option');
    const base = this.global(target.name);
    if (!isRecord(base)) throw fluxError(`cannot set option "${memberName(assignment.member)}" on non-package value`);
    this.globals.set(target.name, new PlainRecord(new Map([[memberName(assignment.member), value]]), base));
  }

  private compile(expression: Expression, names: Names | undefined): Evaluate {
    switch (expression.type) {
      case 'Identifier':
        return this.compileName(expression.name, names);
      case 'StringLiteral':
      case 'BooleanLiteral':
      case 'LabelLiteral':
        return constant(expression.value);
      case 'FloatLiteral':
        return constant(expression.value);
      case 'IntegerLiteral':
        return constant(BigInt.asIntN(64, BigInt(expression.value)));
      case 'UnsignedIntegerLiteral':
        return constant(new Unsigned(BigInt(expression.value)));
      case 'RegexpLiteral':
        return constant(new Regexp(expression.value));
      case 'DurationLiteral':
        return constant(Duration.ofParts(expression.values));
      case 'DateTimeLiteral': {
        const ns = parseTime(expression.value);
        if (ns === undefined) throw fluxError(`invalid time ${expression.value}`);
        return constant(new Time(ns));
      }
      case 'ParenExpression':
        return this.compile(expression.expression, names);
      case 'StringExpression':
        return this.compileStringExpression(expression.parts, names);
      case 'ArrayExpression': {
        const elements = (expression.elements ?? []).map((element) => this.compile(element, names));
        return (frame) => elements.map((element) => element(frame));
      }
      case 'DictExpression': {
        const pairs = (expression.elements ?? []).map(({ key, val }) => [this.compile(key, names), this.compile(val, names)] as const);
        return (frame) => new Dictionary(pairs.map(([key, item]) => [key(frame), item(frame)]));
      }
      case 'ObjectExpression':
        return this.compileObject(expression, names);
      case 'FunctionExpression':
        return this.compileFunction(expression, names);
      case 'MemberExpression':
        return this.compileMember(expression, names);
      case 'IndexExpression':
        return compileIndex(this.compile(expression.array, names), this.compile(expression.index, names));
      case 'UnaryExpression':
        return this.compileUnary(expression.operator, this.compile(expression.argument, names));
      case 'BinaryExpression': {
        const operation = BINARY_OPERATIONS[expression.operator];
        if (operation === undefined) throw fluxError(`unsupported operator ${expression.operator}`);
        const left = this.compile(expression.left, names);
        const right = this.compile(expression.right, names);
        return (frame) => operation(left(frame), right(frame));
      }
      case 'LogicalExpression':
        return compileLogical(expression.operator, this.compile(expression.left, names), this.compile(expression.right, names));
      case 'ConditionalExpression': {
        const test = this.compile(expression.test, names);
        const consequent = this.compile(expression.consequent, names);
        const alternate = this.compile(expression.alternate, names);
        return (frame) => (test(frame) === true ? consequent(frame) : alternate(frame));
      }
      case 'CallExpression':
        return this.compileCall(expression, undefined, names);
      case 'PipeExpression':
        return this.compileCall(expression.call, this.compile(expression.argument, names), names);
      case 'PipeLiteral':
        throw fluxError('a pipe can only be received by a parameter');
    }
  }

  private compileName(name: string, names: Names | undefined): Evaluate {
    let depth = 0;
    for (let scope = names; scope !== undefined; scope = scope.outer, depth++) {
      const index = scope.indexOf.get(name);
      if (index === undefined) continue;
      if (depth === 0) return (frame) => (frame as Frame).values[index] ?? null;
      const up = depth;
      return (frame) => {
        let target = frame as Frame;
        for (let i = 0; i < up; i++) target = target.outer as Frame;
        return target.values[index] ?? null;
      };
    }
    return () => {
      const value = this.global(name);
      if (value === undefined) throw fluxError(`undefined identifier "${name}"`);
      return value;
    };
  }

  private compileStringExpression(parts: Extract<Expression, { type: 'StringExpression' }>['parts'], names: Names | undefined): Evaluate {
    const pieces = parts.map((part) =>
      part.type === 'TextPart' ? part.value : { evaluate: this.compile(part.expression, names), location: part.location },
    );
    return (frame) => {
      let text = '';
      for (const piece of pieces) {
        if (typeof piece === 'string') {
          text += piece;
          continue;
        }
        const value = piece.evaluate(frame);
        const place = piece.location === undefined ? '' : formatLocation(piece.location).slice(1);
        if (value === null) throw fluxError(`${place}: interpolated expression produced a null value`);
        const string = scalarToString(value);
        if (string === undefined) throw fluxError(`${place}: invalid expression type in string interpolation: ${typeName(value)}`);
        text += string;
      }
      return withinTextLength(text);
    };
  }

  private compileObject(expression: ObjectExpression, names: Names | undefined): Evaluate {
    const properties = expression.properties.map((property) => [keyName(property), this.compileProperty(property, names)] as const);
    const base = expression.with === undefined || expression.with === null ? undefined : this.compileName(expression.with.name, names);
    return (frame) => {
      const own = new Map<string, Value>();
      for (const [label, evaluate] of properties) own.set(label, evaluate(frame));
      if (base === undefined) return new PlainRecord(own);
      const extended = base(frame);
      if (!isRecord(extended)) throw fluxError(`cannot extend a value of type ${typeName(extended)}; expected record`);
      return new PlainRecord(own, extended);
    };
  }

  private compileProperty(property: Property, names: Names | undefined): Evaluate {
    return property.value === undefined || property.value === null
      ? this.compileName(keyName(property), names)
      : this.compile(property.value, names);
  }

  private compileMember(expression: MemberExpression, names: Names | undefined): Evaluate {
    const object = this.compile(expression.object, names);
    const label = memberName(expression);
    return (frame) => {
      const target = object(frame);
      if (isRecord(target)) return target.get(label) ?? null;
      if (target === null) throw fluxError('cannot access property of a null value; expected record');
      throw fluxError(`cannot access property of a value with type ${typeName(target)}; expected record`);
    };
  }

  private compileUnary(operator: string, argument: Evaluate): Evaluate {
    assert(UNARY_OPERATORS.has(operator), `unary operator ${operator}`);
    switch (operator) {
      case '-':
        return (frame) => negate(argument(frame));
      case 'not':
        return (frame) => invert(argument(frame));
      case 'exists':
        return (frame) => argument(frame) !== null;
      default:
        return argument;
    }
  }

  private compileFunction(expression: FunctionExpression, names: Names | undefined): Evaluate {
    const inner: Names = { indexOf: new Map(), outer: names };
    const parameters = expression.params.map((param) => {
      const isPipe = param.value?.type === 'PipeLiteral';
      // Defaults are evaluated where the function is defined.
      const fallback = param.value === undefined || param.value === null || isPipe ? undefined : this.compile(param.value, names);
      const index = inner.indexOf.size;
      inner.indexOf.set(keyName(param), index);
      return { name: keyName(param), index, isPipe, fallback };
    });
    const body = this.compileBody(expression, inner);
    const pipeParameter = parameters.find(({ isPipe }) => isPipe)?.name;
    return (outer) => {
      const defaults = parameters.map(({ fallback }) => fallback?.(outer));
      const definition: FunctionDefinition = {
        expression,
        lookUp: (name) => {
          let frame = outer;
          for (let scope = names; scope !== undefined && frame !== undefined; scope = scope.outer, frame = frame.outer) {
            const index = scope.indexOf.get(name);
            if (index !== undefined) return frame.values[index];
          }
          return this.global(name);
        },
        withBody: (other) => this.compileFunction({ ...expression, body: other }, names)(outer) as FunctionValue,
        bindRow: () => {
          // One frame for all rows: nothing that a row function makes outlives the row.
          const frame: Frame = { values: [...defaults], outer };
          return (row) => {
            this.library.tick();
            frame.values[0] = row;
            return body(frame);
          };
        },
      };
      return {
        isFunction: true,
        pipeParameter,
        definition,
        call: (args) => {
          this.library.tick();
          const frame: Frame = { values: new Array<Value | undefined>(inner.indexOf.size), outer };
          for (const { name, index } of parameters) {
            // A null that is handed over is an argument, too.
            const given = args.get(name);
            const value = given === undefined ? defaults[index] : given;
            if (value === undefined) throw fluxError(`missing required keyword argument "${name}"`);
            frame.values[index] = value;
          }
          return body(frame);
        },
      } satisfies FunctionValue;
    };
  }

  private compileBody({ body }: FunctionExpression, names: Names): Evaluate {
    if (body.type !== 'Block') return this.compile(body, names);
    const steps: { index: number; evaluate: Evaluate }[] = [];
    for (const statement of body.body) {
      if (statement.type === 'ReturnStatement') {
        const result = this.compile(statement.argument, names);
        return (frame) => {
          for (const { index, evaluate } of steps) (frame as Frame).values[index] = evaluate(frame);
          return result(frame);
        };
      }
      if (statement.type === 'VariableAssignment') {
        const evaluate = this.compile(statement.init, names);
        const index = names.indexOf.size;
        names.indexOf.set(statement.id.name, index);
        steps.push({ index, evaluate });
      } else if (statement.type === 'ExpressionStatement') {
        steps.push({ index: names.indexOf.size, evaluate: this.compile(statement.expression, names) });
        names.indexOf.set(`\0${names.indexOf.size}`, names.indexOf.size);
      } else {
        throw fluxError(`unsupported statement ${statement.type} in a function`);
      }
    }
    throw fluxError('a function block must end with a return statement');
  }

  private compileCall(call: CallExpression, piped: Evaluate | undefined, names: Names | undefined): Evaluate {
    const callee = this.compile(call.callee, names);
    const [argument] = call.arguments ?? [];
    const properties =
      argument?.type === 'ObjectExpression'
        ? argument.properties.map((property) => [keyName(property), this.compileProperty(property, names)] as const)
        : [];
    const functionName = calleeName(call.callee);
    const site: CallSite = { functionName, location: call.location };
    return (frame) => {
      const target = callee(frame);
      if (!isFunction(target)) throw fluxError(`cannot call function: value is of type ${typeName(target)}`);
      const args = new Map<string, Value>();
      if (piped !== undefined) {
        if (target.pipeParameter === undefined) throw fluxError('pipe parameter value provided to function with no pipe parameter defined');
        args.set(target.pipeParameter, piped(frame));
      }
      for (const [name, evaluate] of properties) args.set(name, evaluate(frame));
      if (this.rowDepth > 0) return target.call(args);
      this.callStack.push(site);
      try {
        return target.call(args);
      } catch (error) {
        throw functionName.startsWith('_') || call.location === undefined
          ? error
          : wrapError(error, `error calling function "${functionName}" ${formatLocation(call.location)}`);
      } finally {
        this.callStack.pop();
      }
    };
  }
}

const constant =
  (value: Value): Evaluate =>
  () =>
    value;

function compileIndex(array: Evaluate, index: Evaluate): Evaluate {
  return (frame) => {
    const list = array(frame);
    const at = index(frame);
    if (!isArray(list)) throw fluxError(`cannot index into a value of type ${typeName(list)}; expected an array`);
    if (typeof at !== 'bigint' || at < 0n || at >= BigInt(list.length)) {
      throw fluxError(`cannot access element ${displayValue(at)} of array of length ${list.length}`);
    }
    return list[Number(at)] as Value;
  };
}

/** A null on the left counts as false; what is on the right is the answer otherwise, null included: InfluxDB does so too. */
function compileLogical(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const check = (value: Value): Value => {
    if (value === null || typeof value === 'boolean') return value;
    throw fluxError(`cannot use operand of type ${typeName(value)} with logical ${operator}; expected boolean`);
  };
  return operator === 'and'
    ? (frame) => (check(left(frame)) === true ? check(right(frame)) : false)
    : (frame) => (check(left(frame)) === true ? true : check(right(frame)));
}

export const keyName = ({ key }: Property): string => (key.type === 'StringLiteral' ? key.value : (key as { name: string }).name);

export const memberName = ({ property }: MemberExpression): string =>
  property.type === 'StringLiteral' ? property.value : (property as { name: string }).name;

function calleeName(callee: Expression): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'MemberExpression') return memberName(callee);
  return '<anonymous>';
}
