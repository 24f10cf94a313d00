/** Runs the statements of a script: names become values, calls of stream functions become plans. */
import { assert } from '../../../domain/errors.js';
import type { File, FunctionExpression, SourceLocation, Statement } from '../syntax/ast.js';
import { memberName } from '../syntax/names.js';
import type { CallHost } from './calls.js';
import { Compiler, type Globals } from './compiler.js';
import { fluxError } from './errors.js';
import type { FunctionValue, RecordValue, Value } from './value.js';
import { PlainRecord, isRecord } from './value.js';

/** Where names come from that the script has not defined: the prelude, and imported packages. */
export interface Library {
  /** A value of the prelude; undefined where there is none. */
  universe(name: string): Value | undefined;
  importPackage(path: string): PackageValue;
}

/** A package: what it offers, as a record whose options can be set. */
export interface PackageValue extends RecordValue {
  setOption(name: string, value: Value): void;
}

const isPackage = (value: Value | undefined): value is PackageValue => isRecord(value) && 'setOption' in value;

export class Interpreter implements Globals {
  /** Values of expressions that stand as statements, in order. */
  readonly results: { readonly value: Value; readonly location: SourceLocation | undefined }[] = [];
  private readonly globals = new Map<string, Value>();
  private readonly library: Library;
  private readonly compiler: Compiler;

  constructor(library: Library, calls: CallHost) {
    this.library = library;
    this.compiler = new Compiler(this, calls);
  }

  global(name: string): Value | undefined {
    const value = this.globals.get(name);
    return value === undefined ? this.library.universe(name) : value;
  }

  /** A name that the script itself has defined (an option, most often). */
  defined(name: string): Value | undefined {
    return this.globals.get(name);
  }

  define(name: string, value: Value): void {
    this.globals.set(name, value);
  }

  /** The names that have been defined, packages that were imported not among them. */
  names(): readonly string[] {
    return [...this.globals].flatMap(([name, value]) => (isPackage(value) ? [] : [name]));
  }

  importPackage(path: string, as: string | undefined): void {
    this.globals.set(as ?? (path.split('/').at(-1) as string), this.library.importPackage(path));
  }

  runFile({ imports, body }: File): void {
    for (const { path, as } of imports ?? []) this.importPackage(path.value, as?.name);
    this.run(body);
  }

  run(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.type) {
        case 'VariableAssignment':
          this.globals.set(statement.id.name, this.compiler.compile(statement.init)(undefined));
          break;
        case 'OptionStatement':
          this.setOption(statement.assignment);
          break;
        case 'ExpressionStatement':
          this.results.push({ value: this.compiler.compile(statement.expression)(undefined), location: statement.location });
          break;
        default:
          throw fluxError(`unsupported statement ${statement.type}`);
      }
    }
  }

  /** A function that stands outside of the script. */
  compileFunctionValue(expression: FunctionExpression): FunctionValue {
    return this.compiler.compile(expression)(undefined) as FunctionValue;
  }

  private setOption(assignment: Extract<Statement, { type: 'OptionStatement' }>['assignment']): void {
    const value = this.compiler.compile(assignment.init)(undefined);
    if (assignment.type === 'VariableAssignment') {
      this.globals.set(assignment.id.name, value);
      return;
    }
    const target = assignment.member.object;
    assert(target.type === 'Identifier', 'the parser lets only a name stand before the dot of an option');
    const base = this.global(target.name);
    if (isPackage(base)) {
      base.setOption(memberName(assignment.member), value);
      return;
    }
    if (!isRecord(base)) throw fluxError(`cannot set option "${memberName(assignment.member)}" on non-package value`);
    this.globals.set(target.name, new PlainRecord(new Map([[memberName(assignment.member), value]]), base));
  }
}
