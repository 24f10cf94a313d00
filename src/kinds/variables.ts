/** Variables of dashboards and queries: a choice of texts, of named texts, or of what a query finds. */
import { invalid } from '../domain/errors.js';
import { anyJson, listOf, number, objectOf, oneOf, text, type Field } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import { formatGoValue, goTypeOf } from '../wire/go-value.js';
import type { JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';

interface Arguments {
  readonly type: 'constant' | 'map' | 'query';
  readonly values: unknown;
}

interface Variable {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly selected: readonly string[] | null;
  readonly arguments: Arguments;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

interface VariableChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly selected?: readonly string[] | null | undefined;
  readonly arguments?: Arguments | undefined;
  /** What is not given takes its first value, and all is checked as if it were new. */
  readonly isWhole: boolean;
}

const PATH = '/api/v2/variables';
/** Words of Flux. */
const PROTECTED_NAMES = ['and', 'import', 'not', 'return', 'option', 'test', 'empty', 'in', 'or', 'package', 'builtin'];

const texts = listOf(text());
const selection: Field<readonly string[] | null> = { is: (value) => value === null || texts.is(value), fallback: null };

/** InfluxDB names a variable in conflicts by its organization and its name as it is compared. */
const keyOf = ({ orgID, name }: Variable): string => orgID + name.toLowerCase();

export const variableKind = defineKind<Variable, VariableChange & { readonly orgID: OrganizationId | undefined }, VariableChange>({
  type: 'variables',
  path: PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: false,
  fields: {
    name: text(),
    description: text(),
    selected: selection,
    arguments: objectOf<Arguments>({ type: oneOf('constant', 'map', 'query'), values: anyJson<unknown>([]) }),
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  uniqueKey: (name) => name.toLowerCase(),
  rights: { toChange: ['read', 'write'], toRemove: ['read', 'write'] },
  words: {
    notFound: (id) => `variable not found for key "${id}"`,
    taken: (variable) => `variable is not unique for key ${keyOf(variable)}`,
    takenByChange: (variable) => `variable entity update conflicts with an existing entity for key ${keyOf(variable)}`,
    badBody: '',
  },
  list: { name: 'variables', paging: 'pages on request', links: 'pages', filters: ['org', 'orgID'] },
  changedBy: ['PATCH', 'PUT'],

  build: (input, { id, orgID, nowMs }) => ({
    id,
    orgID,
    name: checkName(input.name ?? ''),
    description: input.description ?? '',
    selected: input.selected ?? null,
    arguments: required(input.arguments),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  }),
  change(variable, change, { nowMs }) {
    const base = change.isWhole ? { ...variable, name: '', description: '', selected: null } : variable;
    const name = change.name ?? base.name;
    return {
      ...base,
      name: name === variable.name ? name : checkName(name),
      description: change.description ?? base.description,
      selected: change.selected === undefined ? base.selected : change.selected,
      arguments: change.isWhole ? required(change.arguments) : (change.arguments ?? base.arguments),
      updatedAtMs: nowMs,
    };
  },

  decodeNew: (json) => ({ ...decode(json), orgID: json.id<OrganizationId>('orgID'), isWhole: true }),
  decodeChange(json) {
    const given = decode(json);
    // Empty texts change nothing, as in InfluxDB.
    const change = { ...given, name: given.name || undefined, description: given.description || undefined };
    if (Object.values(change).every((value) => value === undefined)) throw invalid('no fields supplied in update');
    return { ...change, isWhole: false };
  },
  decodeReplacement: (json) => ({ ...decode(json), isWhole: true }),
  encode: ({ id, orgID, name, description, selected, createdAtMs, updatedAtMs, ...variable }, labels) => ({
    id,
    orgID,
    name,
    description,
    selected,
    arguments: variable.arguments,
    createdAt: formatTime(createdAtMs),
    updatedAt: formatTime(updatedAtMs),
    labels: labels.map(encodeLabel),
    links: { self: `${PATH}/${id}`, labels: `${PATH}/${id}/labels`, org: `/api/v2/orgs/${orgID}` },
  }),

  example: (n) => ({
    create: { name: `v${n}`, description: 'new', selected: ['b'], arguments: { type: 'constant', values: ['a', 'b'] } },
    change: { description: 'changed' },
  }),
});

function decode(json: JsonObject): Omit<VariableChange, 'isWhole'> {
  const given = json.object('arguments');
  return {
    name: json.string('name'),
    description: json.string('description'),
    selected: json.strings('selected'),
    arguments: given && decodeArguments(given),
  };
}

function decodeArguments(json: JsonObject): Arguments {
  const type = json.string('type') ?? '';
  const values = json.any('values');
  switch (type) {
    case 'constant':
      if (!Array.isArray(values)) throw unreadable(values, 'VariableConstantArguments');
      for (const value of values) checkText(value, 'variable constant value');
      return { type, values };
    case 'map':
      if (!isObject(values)) throw unreadable(values, 'VariableMapArguments');
      for (const value of Object.values(values)) checkText(value, 'variable map value');
      return { type, values: Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))) };
    case 'query': {
      if (!isObject(values)) throw unreadable(values, 'VariableQueryArguments');
      const [query, language] = ['query', 'language'].map((name) => {
        if (!Object.hasOwn(values, name)) throw invalid(`"${name}" key not present in VariableQueryArguments`);
        return checkText(values[name], `"${name}"`);
      });
      return { type, values: { query, language } };
    }
    default:
      throw invalid(`unknown VariableArguments type ${type}`);
  }
}

const unreadable = (values: unknown, type: string): Error => invalid(`error parsing ${formatGoValue(values)} as ${type}`);

function checkText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw invalid(`expected ${what} to be string but received ${goTypeOf(value)}`);
  return value;
}

function checkName(name: string): string {
  if (name === '') throw invalid('missing variable name');
  if (!/^[A-Za-z_]/.test(name)) throw invalid('variable name must start with a letter');
  if (PROTECTED_NAMES.includes(name)) throw invalid(`"${name}" is a protected variable name`);
  checkNewName('variable name', name);
  return name;
}

function required(given: Arguments | undefined): Arguments {
  if (given === undefined) throw invalid('invalid arguments type');
  return given;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
