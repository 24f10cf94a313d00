/** Variables of dashboards and queries, and their values as lines of a text. */
import { queryOptions } from '@tanstack/react-query';
import { getAll, getJson, sendJson } from './http.js';

export type VariableArguments =
  | { readonly type: 'constant'; readonly values: readonly string[] }
  | { readonly type: 'map'; readonly values: Readonly<Record<string, string>> }
  | { readonly type: 'query'; readonly values: { readonly query: string; readonly language: string } };

export interface Variable {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly selected: readonly string[] | null;
  readonly arguments: VariableArguments;
}

export type VariableContents = Omit<Variable, 'id'>;

const PATH = '/api/v2/variables';

export const variablesQuery = (orgID: string) =>
  queryOptions({
    queryKey: ['variables', orgID],
    queryFn: ({ signal }) => getAll<Variable>(`${PATH}?orgID=${orgID}`, 'variables', signal),
  });

export const variableQuery = (id: string) =>
  queryOptions({ queryKey: ['variable', id], queryFn: ({ signal }) => getJson<Variable>(`${PATH}/${id}`, signal) });

export const createVariable = (orgID: string, contents: VariableContents): Promise<Variable> =>
  sendJson('POST', PATH, { orgID, ...contents });

/** All of it, so that a description can be emptied, too. */
export const replaceVariable = (id: string, contents: VariableContents): Promise<Variable> => sendJson('PUT', `${PATH}/${id}`, contents);

export const deleteVariable = (id: string): Promise<void> => sendJson('DELETE', `${PATH}/${id}`);

/** Of a variable that has its values at hand. */
export const namesOfValues = (given: VariableArguments): readonly string[] =>
  given.type === 'constant' ? given.values : given.type === 'map' ? Object.keys(given.values) : [];

/** What a line could not hold as it is, is quoted. */
const quoteIfNeeded = (text: string): string => (/^$|^"|[\n\r=]|^\s|\s$/.test(text) ? JSON.stringify(text) : text);

/** A value a line, or `name = value`. */
export const writeValues = (given: VariableArguments): string =>
  given.type === 'constant'
    ? given.values.map(quoteIfNeeded).join('\n')
    : given.type === 'map'
      ? Object.entries(given.values)
          .map(([name, value]) => `${quoteIfNeeded(name)} = ${quoteIfNeeded(value)}`)
          .join('\n')
      : given.values.query;

const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const ENTRY = new RegExp(`^(${QUOTED}|[^=]*?)\\s*=\\s*(.*)$`);

/** @throws Error for a line that is no entry of a map */
export function readValues(type: VariableArguments['type'], text: string): VariableArguments {
  if (type === 'query') return { type, values: { query: text, language: 'flux' } };
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (type === 'constant') return { type, values: lines.map(unquote) };
  const entries = lines.map((line) => {
    const [, name, value] = ENTRY.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Write “name = value” in the line “${line}”.`);
    return [unquote(name), unquote(value)] as const;
  });
  return { type, values: Object.fromEntries(entries) };
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
