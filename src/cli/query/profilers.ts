/** The statements that switch Flux's profilers on, as a syntax tree that goes with the query. */

/** `import "profiler"` and `option profiler.enabledProfilers = [...]`. */
export const profilersExtern = (names: readonly string[]) => ({
  type: 'File',
  imports: [{ type: 'ImportDeclaration', path: literal('profiler') }],
  body: [
    {
      type: 'OptionStatement',
      assignment: {
        type: 'MemberAssignment',
        member: { type: 'MemberExpression', object: identifier('profiler'), property: identifier('enabledProfilers') },
        init: { type: 'ArrayExpression', elements: names.map(literal) },
      },
    },
  ],
});

const literal = (value: string) => ({ type: 'StringLiteral', value });
const identifier = (name: string) => ({ type: 'Identifier', name });
