/** What an editor can suggest: the functions of the prelude and their parameters, as `/api/v2/query/suggestions` shows them. */
import { UNIVERSE } from '../stdlib/index.js';
import { fluxParser } from '../syntax/parser.js';

export interface FunctionSuggestion {
  readonly name: string;
  /** Parameter -> kind of its type: `stream`, `string`, `function`, ...; `invalid` for one of several. */
  readonly params: Readonly<Record<string, string>>;
}

let suggestions: Promise<readonly FunctionSuggestion[]> | undefined;

/** All functions that scripts can call without an import, by name. */
export function functionSuggestions(): Promise<readonly FunctionSuggestion[]> {
  suggestions ??= loadSuggestions().catch((error: unknown) => {
    suggestions = undefined;
    throw error;
  });
  return suggestions;
}

/** Undefined where there is no such function. */
export async function functionSuggestion(name: string): Promise<FunctionSuggestion | undefined> {
  return (await functionSuggestions()).find((suggestion) => suggestion.name === name);
}

async function loadSuggestions(): Promise<readonly FunctionSuggestion[]> {
  const names = Object.keys(UNIVERSE)
    .filter((name) => 'call' in (UNIVERSE[name] ?? {}))
    .sort();
  const types = await fluxParser.typesOf(names);
  return names.flatMap((name, i) => {
    const params = parametersOf(types[i] ?? '');
    return params === undefined ? [] : [{ name, params }];
  });
}

/** Reads `(<-tables: stream[#A], ?column: string) => ...`. */
function parametersOf(type: string): Record<string, string> | undefined {
  if (!type.startsWith('(')) return undefined;
  const params: Record<string, string> = {};
  let depth = 0;
  let start = 1;
  for (let at = 0; at < type.length; at++) {
    const letter = type.charAt(at);
    if ('([{'.includes(letter)) depth++;
    if (')]}'.includes(letter)) depth--;
    if ((letter === ',' && depth === 1) || depth === 0) {
      const [name, kind] = parameterOf(type.slice(start, at));
      if (name !== '') params[name] = kind;
      start = at + 1;
    }
    if (depth === 0) break;
  }
  return params;
}

function parameterOf(text: string): [name: string, kind: string] {
  const colon = text.indexOf(':');
  const name = text
    .slice(0, Math.max(colon, 0))
    .trim()
    .replace(/^(<-|\?)/, '');
  return [name, kindOf(name, text.slice(colon + 1).trim())];
}

function kindOf(name: string, type: string): string {
  if (type.startsWith('(')) return 'function';
  if (type.startsWith('{')) return 'object';
  if (type.startsWith('stream[')) return 'stream';
  if (type.startsWith('[')) return 'array';
  // A column is named by a text, even where the checker follows the name through the types.
  if (type.startsWith('#')) return name === 'column' ? 'string' : 'invalid';
  return type;
}
