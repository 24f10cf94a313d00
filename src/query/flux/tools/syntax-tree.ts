/** The tree of a script in the form in which `/api/v2/query/ast` answers: InfluxDB names the type of every node, the parser of some. */
import { parseScript } from '../syntax/script.js';

export interface SyntaxTree {
  readonly ast: { readonly type: 'Package'; readonly package: string; readonly files: readonly unknown[] };
}

/** Broken scripts have a tree, too; its nodes say what is wrong in `errors`. */
export async function syntaxTreeOf(script: string): Promise<SyntaxTree> {
  const file = await parseScript(script);
  const name = (file as { package?: { name?: { name?: string } } | null }).package?.name?.name ?? 'main';
  return {
    ast: {
      type: 'Package',
      package: name,
      files: [withTypes({ ...file, imports: (file.imports?.length ?? 0) === 0 ? null : file.imports })],
    },
  };
}

/** The types of nodes that stand where nothing else can. */
const TYPE_AT: Readonly<Record<string, string>> = {
  as: 'Identifier',
  call: 'CallExpression',
  id: 'Identifier',
  member: 'MemberExpression',
  name: 'Identifier',
  path: 'StringLiteral',
  with: 'Identifier',
};

function withTypes(node: unknown, place = ''): unknown {
  if (Array.isArray(node)) return node.map((item) => withTypes(item));
  if (typeof node !== 'object' || node === null) return node;
  const type = 'type' in node ? undefined : TYPE_AT[place];
  const entries = Object.entries(node).map(([key, value]) => [key, key === 'location' ? value : withTypes(value, key)] as const);
  return Object.fromEntries(type === undefined ? entries : [['type', type], ...entries]);
}
