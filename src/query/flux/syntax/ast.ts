/** The tree of a Flux script, as InfluxData's parser gives it and as API clients send it in `extern`. */

export interface Position {
  readonly line: number;
  /** Counted in bytes of UTF-8, from 1. */
  readonly column: number;
}

export interface SourceLocation {
  readonly start: Position;
  readonly end: Position;
  readonly source?: string;
}

interface Node {
  /** Absent in trees that clients have built. */
  readonly location?: SourceLocation;
}

/** Without a `type` where nothing but a name can stand. */
export interface Identifier extends Node {
  readonly type?: 'Identifier';
  readonly name: string;
}

export interface StringLiteral extends Node {
  readonly type: 'StringLiteral';
  readonly value: string;
}

export interface Property extends Node {
  readonly key: Identifier | StringLiteral;
  /** Null in `{name}` and for parameters without a default. */
  readonly value?: Expression | null;
}

export interface ObjectExpression extends Node {
  readonly type: 'ObjectExpression';
  readonly with?: Identifier | null;
  readonly properties: readonly Property[];
}

export interface FunctionExpression extends Node {
  readonly type: 'FunctionExpression';
  readonly params: readonly Property[];
  readonly body: Block | Expression;
}

export interface CallExpression extends Node {
  readonly type?: 'CallExpression';
  readonly callee: Expression;
  /** None, or one object expression with the named arguments. */
  readonly arguments?: readonly Expression[] | null;
}

export interface MemberExpression extends Node {
  readonly type?: 'MemberExpression';
  readonly object: Expression;
  readonly property: Identifier | StringLiteral;
}

export interface BinaryExpression extends Node {
  readonly type: 'BinaryExpression';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface LogicalExpression extends Node {
  readonly type: 'LogicalExpression';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface UnaryExpression extends Node {
  readonly type: 'UnaryExpression';
  readonly operator: string;
  readonly argument: Expression;
}

export interface DurationPart {
  readonly magnitude: number;
  readonly unit: string;
}

export type Expression =
  | (Identifier & { readonly type: 'Identifier' })
  | StringLiteral
  | ObjectExpression
  | FunctionExpression
  | (CallExpression & { readonly type: 'CallExpression' })
  | (MemberExpression & { readonly type: 'MemberExpression' })
  | BinaryExpression
  | LogicalExpression
  | UnaryExpression
  | (Node & { readonly type: 'PipeLiteral' })
  | (Node & { readonly type: 'PipeExpression'; readonly argument: Expression; readonly call: CallExpression })
  | (Node & { readonly type: 'ParenExpression'; readonly expression: Expression })
  | (Node & {
      readonly type: 'ConditionalExpression';
      readonly test: Expression;
      readonly consequent: Expression;
      readonly alternate: Expression;
    })
  | (Node & { readonly type: 'IndexExpression'; readonly array: Expression; readonly index: Expression })
  | (Node & { readonly type: 'ArrayExpression'; readonly elements?: readonly Expression[] | null })
  | (Node & {
      readonly type: 'DictExpression';
      readonly elements?: readonly { readonly key: Expression; readonly val: Expression }[] | null;
    })
  | (Node & { readonly type: 'StringExpression'; readonly parts: readonly StringPart[] })
  | (Node & { readonly type: 'BooleanLiteral'; readonly value: boolean })
  | (Node & { readonly type: 'IntegerLiteral'; readonly value: string })
  | (Node & { readonly type: 'UnsignedIntegerLiteral'; readonly value: string })
  | (Node & { readonly type: 'FloatLiteral'; readonly value: number })
  | (Node & { readonly type: 'RegexpLiteral'; readonly value: string })
  | (Node & { readonly type: 'DurationLiteral'; readonly values: readonly DurationPart[] })
  | (Node & { readonly type: 'DateTimeLiteral'; readonly value: string })
  | (Node & { readonly type: 'LabelLiteral'; readonly value: string });

export type StringPart =
  | (Node & { readonly type: 'TextPart'; readonly value: string })
  | (Node & { readonly type: 'InterpolatedPart'; readonly expression: Expression });

export interface VariableAssignment extends Node {
  readonly type: 'VariableAssignment';
  readonly id: Identifier;
  readonly init: Expression;
}

export interface MemberAssignment extends Node {
  readonly type: 'MemberAssignment';
  readonly member: MemberExpression;
  readonly init: Expression;
}

export interface Block extends Node {
  readonly type: 'Block';
  readonly body: readonly Statement[];
}

export type Statement =
  | VariableAssignment
  | (Node & { readonly type: 'OptionStatement'; readonly assignment: VariableAssignment | MemberAssignment })
  | (Node & { readonly type: 'ExpressionStatement'; readonly expression: Expression })
  | (Node & { readonly type: 'ReturnStatement'; readonly argument: Expression })
  | (Node & { readonly type: 'BadStatement'; readonly text: string })
  | (Node & { readonly type: 'BuiltinStatement' })
  | (Node & { readonly type: 'TestCaseStatement' });

export interface ImportDeclaration extends Node {
  readonly as?: Identifier | null;
  readonly path: { readonly value: string; readonly location?: SourceLocation };
}

export interface File extends Node {
  readonly type: 'File';
  readonly package?: Node | null;
  readonly imports?: readonly ImportDeclaration[] | null;
  readonly body: readonly Statement[];
}
