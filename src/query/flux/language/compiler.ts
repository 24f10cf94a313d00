/**
 * Compiles expressions to closures, once, so that a function which is applied to every row of a table costs no walk over its tree.
 */
import { assert } from '../../../domain/errors.js';
import { parseTime } from '../../../domain/time.js';
import type { CallExpression, Expression, FunctionExpression, MemberExpression, ObjectExpression, Property } from '../syntax/ast.js';
import { calleeName, keyName, memberName } from '../syntax/names.js';
import type { CallSite } from './call-site.js';
import type { CallHost } from './calls.js';
import { Duration } from './duration.js';
import { Dynamic, uncovered } from './dynamic.js';
import { fluxError, formatLocation } from './errors.js';
import { type Evaluate, type Frame, type Names, compileLocalName, findLocal } from './frames.js';
import { BINARY_OPERATIONS, invert, negate } from './operators.js';
import { Regexp } from './regexp.js';
import { withinTextLength } from './text-length.js';
import { isVectorizable } from './vectorizable.js';
import type { FunctionDefinition, FunctionValue, Value } from './value.js';
import { Dictionary, PlainRecord, Time, Unsigned, displayValue, isArray, isFunction, isRecord, scalarToString, typeName } from './value.js';

/** Where names come from that no function defines. */
export interface Globals {
  global(name: string): Value | undefined;
}

const UNARY_OPERATORS = new Set(['-', '+', 'not', 'exists']);

export class Compiler {
  private readonly globals: Globals;
  private readonly calls: CallHost;

  constructor(globals: Globals, calls: CallHost) {
    this.globals = globals;
    this.calls = calls;
  }

  compile(expression: Expression, names?: Names): Evaluate {
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
        return (names?.isVectorized === true ? compileThreeValued : compileLogical)(
          expression.operator,
          this.compile(expression.left, names),
          this.compile(expression.right, names),
        );
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
    const local = compileLocalName(name, names);
    if (local !== undefined) return local;
    return () => {
      const value = this.globals.global(name);
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
      if (target instanceof Dynamic) return dynamicProperty(target.inner, label);
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
        return (frame) => uncovered(argument(frame)) !== null;
      default:
        return argument;
    }
  }

  private compileFunction(expression: FunctionExpression, names: Names | undefined): Evaluate {
    const inner: Names = { indexOf: new Map(), outer: names, isVectorized: isVectorizable(expression) };
    const parameters = expression.params.map((param) => {
      const isPipe = param.value?.type === 'PipeLiteral';
      // Evaluated for each call that leaves the argument out: an option that it names may have been set by then.
      const fallback = param.value === undefined || param.value === null || isPipe ? undefined : this.compile(param.value, names);
      const index = inner.indexOf.size;
      inner.indexOf.set(keyName(param), index);
      return { name: keyName(param), index, isPipe, fallback };
    });
    const body = this.compileBody(expression, inner);
    const pipeParameter = parameters.find(({ isPipe }) => isPipe)?.name;
    return (outer) => {
      const definition: FunctionDefinition = {
        expression,
        lookUp: (name) => findLocal(name, names, outer, (other) => this.globals.global(other)),
        withBody: (other) => this.compileFunction({ ...expression, body: other }, names)(outer) as FunctionValue,
        bindRow: () => {
          // One frame for all rows: nothing that a row function makes outlives the row.
          const frame: Frame = { values: parameters.map(({ fallback }) => fallback?.(outer)), outer };
          return (row) => {
            this.calls.tick();
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
          this.calls.tick();
          const frame: Frame = { values: new Array<Value | undefined>(inner.indexOf.size), outer };
          for (const { name, index, fallback } of parameters) {
            // A null that is handed over is an argument, too.
            const given = args.get(name);
            const value = given === undefined ? fallback?.(outer) : given;
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
    const site: CallSite = { functionName: calleeName(call.callee), location: call.location };
    return (frame) => {
      const target = callee(frame);
      if (!isFunction(target)) throw fluxError(`cannot call function: value is of type ${typeName(target)}`);
      const args = new Map<string, Value>();
      if (piped !== undefined) {
        if (target.pipeParameter === undefined) throw fluxError('pipe parameter value provided to function with no pipe parameter defined');
        args.set(target.pipeParameter, piped(frame));
      }
      for (const [name, evaluate] of properties) args.set(name, evaluate(frame));
      return this.calls.call(site, target, args);
    };
  }
}

const constant =
  (value: Value): Evaluate =>
  () =>
    value;

function dynamicProperty(inner: Value, label: string): Dynamic {
  if (!isRecord(inner)) throw fluxError(`cannot access property "${label}" on value of type ${typeName(inner)}`);
  return Dynamic.of(inner.get(label) ?? null);
}

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

function checkOperand(value: Value, operator: string): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  throw fluxError(`cannot use operand of type ${typeName(value)} with logical ${operator}; expected boolean`);
}

/** Over whole columns: a null is unknown, and so is what depends on it. */
function compileThreeValued(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const decides = operator !== 'and';
  return (frame) => {
    const a = checkOperand(left(frame), operator);
    if (a === decides) return decides;
    const b = checkOperand(right(frame), operator);
    if (b === decides) return decides;
    return a === null || b === null ? null : !decides;
  };
}

/** Row by row, a null on the left counts as false; what is on the right is the answer otherwise, null included: InfluxDB does so too. */
function compileLogical(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const check = (value: Value): boolean | null => checkOperand(value, operator);
  return operator === 'and'
    ? (frame) => (check(left(frame)) === true ? check(right(frame)) : false)
    : (frame) => (check(left(frame)) === true ? true : check(right(frame)));
}
