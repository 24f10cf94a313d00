/** The values that the variables of a dashboard can have, and those that they have: some are found by queries that use others. */
import type { Variable } from '../api/variables.js';
import { messageOf } from '../components/use-action.js';
import { cellAt, textOfCell } from './cells.js';
import { externOf, namesIn } from './extern.js';
import type { Range } from './ranges.js';
import { CELL_BYTES_MAX, runQuery } from './run-query.js';

/** Values that one can choose from. */
const VALUES_MAX = 1000;

export interface Choice {
  readonly variable: Variable;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly chosen: string | undefined;
  /** Why there is nothing to choose from. */
  readonly problem: string | undefined;
}

export interface Asked {
  readonly orgID: string;
  readonly variables: readonly Variable[];
  /** Whose variables are wanted. */
  readonly scripts: readonly string[];
  readonly range: Range;
  /** By the names of variables. */
  readonly selections: Readonly<Record<string, string>>;
}

/** Those that the scripts use, directly or through others; each behind those that it uses itself. */
export function usedVariables(variables: readonly Variable[], scripts: readonly string[]): Variable[] {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const found = new Map<string, Variable>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    const variable = byName.get(name);
    // One that uses itself is found without.
    if (variable === undefined || found.has(name) || open.has(name)) return;
    open.add(name);
    if (variable.arguments.type === 'query') namesIn(variable.arguments.values.query).forEach(visit);
    found.set(name, variable);
  };
  scripts.flatMap(namesIn).forEach(visit);
  return [...found.values()];
}

/** @throws only if it is aborted: what cannot be found is said of the one variable */
export async function findChoices({ orgID, variables, scripts, range, selections }: Asked, signal: AbortSignal): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const variable of usedVariables(variables, scripts)) {
    try {
      const options = await findOptions(orgID, variable, externOf(range, valuesOf(choices)), signal);
      const wanted = [selections[variable.name], ...(variable.selected ?? [])];
      const chosen = wanted.map((label) => options.find((option) => option.label === label)).find((option) => option !== undefined);
      const problem = options.length === 0 ? 'It has no values.' : undefined;
      choices.push({ variable, options, chosen: (chosen ?? options[0])?.label, problem });
    } catch (error) {
      if (signal.aborted) throw error;
      choices.push({ variable, options: [], chosen: undefined, problem: messageOf(error) });
    }
  }
  return choices;
}

export const valuesOf = (choices: readonly Choice[]): Record<string, string> =>
  Object.fromEntries(
    choices.flatMap(({ variable, options, chosen }) => {
      const option = options.find(({ label }) => label === chosen);
      return option === undefined ? [] : [[variable.name, option.value]];
    }),
  );

async function findOptions(orgID: string, variable: Variable, extern: object, signal: AbortSignal): Promise<Choice['options']> {
  const given = variable.arguments;
  if (given.type === 'constant') return [...new Set(given.values)].map((value) => ({ label: value, value }));
  if (given.type === 'map') return Object.entries(given.values).map(([label, value]) => ({ label, value }));
  const { tables } = await runQuery(orgID, given.values.query, signal, { extern, bytesMax: CELL_BYTES_MAX });
  const values = new Set<string>();
  for (const { columns, rowCount } of tables) {
    const column = columns.find(({ label }) => label === '_value');
    for (let row = 0; column !== undefined && row < rowCount && values.size < VALUES_MAX; row++) {
      const text = textOfCell(cellAt(column.vector, row), column.type);
      if (text !== '') values.add(text);
    }
  }
  return [...values].map((value) => ({ label: value, value }));
}
