/** Infers the types of expressions of functions, from literals, operators and the types of the functions that they call. */
import type { CallExpression, Expression, FunctionExpression, Property } from '../syntax/ast.js';
import { keyName, memberName } from '../syntax/names.js';
import { typeOfSignature } from './signature.js';
import type { ClosureType, FunctionType, RecordType, Type } from './types.js';
import { BOOL, FLOAT, INT, STRING, basic, formatType, propertyOf, resolve, unify, unknownType } from './types.js';
import type { FunctionValue, RecordValue, Value } from './value.js';
import { Dictionary, isArray, isFunction, isRecord, typeName } from './value.js';

/** What a name outside of the function stands for. */
export type LookUp = (name: string) => Value | undefined;

interface Scope {
  readonly types: Map<string, Type>;
  readonly outer: Scope | undefined;
  /** Names that no function defines. */
  readonly global: LookUp;
}

/** A function that calls others by the dozen is not looked into whole: what is not looked at may be anything. */
const EXPRESSIONS_MAX = 20_000;
const CALL_DEPTH_MAX = 40;

const EQUAL_OPERANDS = new Set(['+', '-', '*', '/', '%', '^']);

export class Inference {
  private expressions = 0;
  private depth = 0;

  /** The type that a function makes of arguments of some types. */
  call(expression: FunctionExpression, args: ReadonlyMap<string, Type>, lookUp: LookUp): Type {
    return this.apply(expression, args, undefined, { types: new Map(), outer: undefined, global: lookUp });
  }

  /** The type of a function, whatever it is called with. */
  typeOf({ definition, signature, pipeParameter }: FunctionValue): Type {
    if (signature !== undefined) return typeOfSignature(signature);
    if (definition === undefined) return unknownType();
    const parameters = new Map<string, Type>(definition.expression.params.map((parameter) => [keyName(parameter), unknownType()]));
    const result = this.call(definition.expression, parameters, definition.lookUp);
    const optional = definition.expression.params.filter(
      ({ value }) => value !== undefined && value !== null && value.type !== 'PipeLiteral',
    );
    return { kind: 'function', parameters, optional: new Set(optional.map(keyName)), pipe: pipeParameter, result };
  }

  private apply(expression: FunctionExpression, args: ReadonlyMap<string, Type>, piped: Type | undefined, outer: Scope): Type {
    if (this.depth >= CALL_DEPTH_MAX) return unknownType();
    this.depth++;
    const scope: Scope = { types: new Map(), outer, global: outer.global };
    for (const parameter of expression.params) {
      const name = keyName(parameter);
      const given = args.get(name) ?? (parameter.value?.type === 'PipeLiteral' ? piped : undefined);
      // To the checker, a value that stands for an argument says nothing of the argument's type.
      scope.types.set(name, given ?? unknownType());
    }
    const result = this.body(expression.body, scope);
    this.depth--;
    return result;
  }

  private body(body: FunctionExpression['body'], scope: Scope): Type {
    if (body.type !== 'Block') return this.infer(body, scope);
    for (const statement of body.body) {
      if (statement.type === 'ReturnStatement') return this.infer(statement.argument, scope);
      if (statement.type === 'VariableAssignment') scope.types.set(statement.id.name, this.infer(statement.init, scope));
      else if (statement.type === 'ExpressionStatement') this.infer(statement.expression, scope);
    }
    return unknownType();
  }

  private infer(expression: Expression, scope: Scope): Type {
    if (++this.expressions > EXPRESSIONS_MAX) return unknownType();
    switch (expression.type) {
      case 'ParenExpression':
        return this.infer(expression.expression, scope);
      case 'IntegerLiteral':
        return INT;
      case 'UnsignedIntegerLiteral':
        return basic('uint');
      case 'FloatLiteral':
        return FLOAT;
      case 'StringLiteral':
        return STRING;
      case 'StringExpression':
        for (const part of expression.parts) if (part.type === 'InterpolatedPart') this.infer(part.expression, scope);
        return STRING;
      case 'BooleanLiteral':
        return BOOL;
      case 'DateTimeLiteral':
        return basic('time');
      case 'DurationLiteral':
        return basic('duration');
      case 'RegexpLiteral':
        return basic('regexp');
      case 'Identifier':
        return this.name(expression.name, scope);
      case 'MemberExpression':
        return propertyOf(this.infer(expression.object, scope), memberName(expression), this.typeOfKnown);
      case 'IndexExpression':
        return this.index(this.infer(expression.array, scope), this.infer(expression.index, scope));
      case 'ArrayExpression':
        return this.array(expression.elements ?? [], scope);
      case 'DictExpression': {
        const dictionary = { kind: 'dictionary', key: unknownType(), value: unknownType() } as const;
        for (const { key, val } of expression.elements ?? []) {
          this.equate(dictionary.key, this.infer(key, scope));
          this.equate(dictionary.value, this.infer(val, scope));
        }
        return dictionary;
      }
      case 'ObjectExpression':
        return this.record(expression.properties, expression.with?.name, scope);
      case 'UnaryExpression':
        return this.unary(expression.operator, this.infer(expression.argument, scope));
      case 'LogicalExpression':
        this.equate(this.infer(expression.left, scope), BOOL);
        this.equate(this.infer(expression.right, scope), BOOL);
        return BOOL;
      case 'ConditionalExpression': {
        this.equate(this.infer(expression.test, scope), BOOL);
        const consequent = this.infer(expression.consequent, scope);
        this.equate(consequent, this.infer(expression.alternate, scope));
        return consequent;
      }
      case 'BinaryExpression':
        return this.binary(expression.operator, this.infer(expression.left, scope), this.infer(expression.right, scope));
      case 'FunctionExpression':
        return this.closure(expression, scope);
      case 'CallExpression':
        return this.callExpression(expression, undefined, scope);
      case 'PipeExpression':
        return this.callExpression(expression.call, this.infer(expression.argument, scope), scope);
      default:
        return unknownType();
    }
  }

  equate(left: Type, right: Type): void {
    unify(left, right, this.typeOfKnown);
  }

  private name(name: string, scope: Scope): Type {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const type = at.types.get(name);
      if (type !== undefined) return type;
    }
    return this.typeOfValue(scope.global(name));
  }

  private index(array: Type, index: Type): Type {
    const element = unknownType();
    this.equate(index, INT);
    this.equate(array, { kind: 'array', element });
    return element;
  }

  private array(elements: readonly Expression[], scope: Scope): Type {
    const element = unknownType();
    for (const item of elements) this.equate(element, this.infer(item, scope));
    return { kind: 'array', element };
  }

  private record(properties: readonly Property[], base: string | undefined, scope: Scope): RecordType {
    const own = new Map(
      properties.map((property) => [
        keyName(property),
        property.value === undefined || property.value === null ? this.name(keyName(property), scope) : this.infer(property.value, scope),
      ]),
    );
    return { kind: 'record', own, base: base === undefined ? undefined : this.name(base, scope) };
  }

  private unary(operator: string, argument: Type): Type {
    if (operator === 'exists') return BOOL;
    if (operator !== 'not') return argument;
    this.equate(argument, BOOL);
    return BOOL;
  }

  private binary(operator: string, left: Type, right: Type): Type {
    if (operator === '=~' || operator === '!~') {
      this.equate(left, STRING);
      this.equate(right, basic('regexp'));
      return BOOL;
    }
    // Comparisons take numbers of different types.
    if (!EQUAL_OPERANDS.has(operator)) return BOOL;
    this.equate(left, right);
    return operator === '^' ? FLOAT : left;
  }

  private closure(expression: FunctionExpression, scope: Scope): ClosureType {
    return { kind: 'closure', infer: (args, piped) => this.apply(expression, args, piped, scope) };
  }

  private callExpression(call: CallExpression, piped: Type | undefined, scope: Scope): Type {
    const callee = resolve(this.infer(call.callee, scope));
    const [argument] = call.arguments ?? [];
    const args = argument?.type === 'ObjectExpression' ? this.record(argument.properties, undefined, scope).own : new Map<string, Type>();
    if (callee.kind === 'closure') return callee.infer(args, piped);
    if (callee.kind !== 'function') return unknownType();
    if (piped !== undefined && callee.pipe !== undefined) args.set(callee.pipe, piped);
    return this.applySignature(callee, args);
  }

  /** Functions that are arguments come last: what the other arguments are says what they are called with. */
  private applySignature({ parameters, result }: FunctionType, args: ReadonlyMap<string, Type>): Type {
    const isFunctionType = ([, type]: readonly [string, Type]): boolean => resolve(type).kind === 'closure';
    const ordered = [...[...args].filter((arg) => !isFunctionType(arg)), ...[...args].filter(isFunctionType)];
    for (const [name, type] of ordered) {
      const parameter = parameters.get(name);
      if (parameter !== undefined) this.equate(parameter, type);
    }
    return result;
  }

  private readonly typeOfKnown = (record: RecordValue, label: string): Type => this.typeOfValue(record.get(label));

  /** The type of a value as messages name it: whole, where `typeOfValue` looks into records only when it is asked for a property. */
  nameOf(value: Value): string {
    return formatType(this.wholeTypeOf(value));
  }

  private wholeTypeOf(value: Value | undefined): Type {
    if (isFunction(value)) return this.typeOf(value);
    if (isArray(value)) return { kind: 'array', element: this.wholeTypeOf(value[0]) };
    if (!isRecord(value)) return this.typeOfValue(value);
    return {
      kind: 'record',
      own: new Map([...value.labels()].map((label) => [label, this.wholeTypeOf(value.get(label))])),
      base: undefined,
    };
  }

  private typeOfValue(value: Value | undefined): Type {
    if (value === undefined || value === null) return unknownType();
    if (isArray(value)) return { kind: 'array', element: this.typeOfValue(value.find((item) => item !== null)) };
    if (value instanceof Dictionary) {
      const [pair] = value.pairs();
      return { kind: 'dictionary', key: this.typeOfValue(pair?.[0]), value: this.typeOfValue(pair?.[1]) };
    }
    if (isRecord(value)) return { kind: 'known record', record: value };
    if (!isFunction(value)) return basic(typeName(value));
    const { definition, signature } = value;
    if (signature !== undefined) return typeOfSignature(signature);
    if (definition === undefined) return unknownType();
    return this.closure(definition.expression, { types: new Map(), outer: undefined, global: definition.lookUp });
  }
}
