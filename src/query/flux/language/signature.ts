/** The types of functions of the library as they are written: `(value: A, set: [A]) => bool`. */
import type { FunctionType, Type } from './types.js';
import { TypeVariable, basic, resolve } from './types.js';

const TOKENS = /=>|<-|[A-Za-z_]\w*|[()[\]{}:,?]/g;
const VARIABLE = /^([A-Z]|t\d+)$/;

const parsed = new Map<string, Type>();

/** A new type for each use: its variables are not shared. */
export function typeOfSignature(signature: string): Type {
  let type = parsed.get(signature);
  if (type === undefined) {
    type = new Parser(signature.match(TOKENS) ?? []).type();
    parsed.set(signature, type);
  }
  return renewed(type, new Map());
}

class Parser {
  private readonly tokens: readonly string[];
  private readonly variables = new Map<string, TypeVariable>();
  private at = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  type(): Type {
    const token = this.next();
    switch (token) {
      case '(':
        return this.functionType();
      case '[':
        return this.collection();
      case '{':
        return this.record();
      default:
        return VARIABLE.test(token) ? this.variable(token) : basic(token);
    }
  }

  private functionType(): FunctionType {
    const parameters = new Map<string, Type>();
    const optional = new Set<string>();
    let pipe: string | undefined;
    while (!this.take(')')) {
      const isPipe = this.take('<-');
      const isOptional = this.take('?');
      const name = this.next();
      if (isOptional) optional.add(name);
      this.next();
      parameters.set(name, this.type());
      if (isPipe) pipe = name;
      this.take(',');
    }
    this.next();
    return { kind: 'function', parameters, optional, pipe, result: this.type() };
  }

  private collection(): Type {
    const first = this.type();
    if (!this.take(':')) {
      this.next();
      return { kind: 'array', element: first };
    }
    const value = this.type();
    this.next();
    return { kind: 'dictionary', key: first, value };
  }

  private record(): Type {
    const own = new Map<string, Type>();
    let base: Type | undefined;
    if (this.tokens[this.at + 1] === 'with') {
      base = this.variable(this.next());
      this.next();
    }
    while (!this.take('}')) {
      const label = this.next();
      this.next();
      const type = this.type();
      // Of a record that hides a property of another both are written down, its own first.
      if (!own.has(label)) own.set(label, type);
      this.take(',');
    }
    return { kind: 'record', own, base };
  }

  private variable(name: string): TypeVariable {
    let variable = this.variables.get(name);
    if (variable === undefined) {
      variable = new TypeVariable();
      this.variables.set(name, variable);
    }
    return variable;
  }

  private next(): string {
    return this.tokens[this.at++] ?? '';
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}

function renewed(type: Type, variables: Map<TypeVariable, TypeVariable>): Type {
  const resolved = resolve(type);
  const renew = (inner: Type): Type => renewed(inner, variables);
  const renewAll = (types: ReadonlyMap<string, Type>): Map<string, Type> =>
    new Map([...types].map(([label, inner]) => [label, renew(inner)]));
  switch (resolved.kind) {
    case 'variable': {
      let fresh = variables.get(resolved);
      if (fresh === undefined) {
        fresh = new TypeVariable();
        variables.set(resolved, fresh);
      }
      return fresh;
    }
    case 'array':
      return { ...resolved, element: renew(resolved.element) };
    case 'dictionary':
      return { ...resolved, key: renew(resolved.key), value: renew(resolved.value) };
    case 'record':
      return { ...resolved, own: renewAll(resolved.own), base: resolved.base && renew(resolved.base) };
    case 'function':
      return { ...resolved, parameters: renewAll(resolved.parameters), result: renew(resolved.result) };
    default:
      return resolved;
  }
}
