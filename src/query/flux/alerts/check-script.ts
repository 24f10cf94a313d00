/** The script of a check: generated from its query and what is compared; of a custom one, its own text. */
import type { Check, Threshold } from '../../../domain/check.js';
import { invalid } from '../../../domain/errors.js';
import type { TaskScript } from '../../../domain/task.js';
import type { Expression, File, Property, Statement, VariableAssignment } from '../syntax/ast.js';
import { fluxParser } from '../syntax/parser.js';
import { parseScript } from '../syntax/script.js';
import { faultsOf, readTaskScript } from '../tools/task-script.js';
import {
  binary,
  call,
  define,
  duration,
  expression,
  float,
  importsOf,
  logical,
  member,
  name,
  ofRow,
  pipe,
  property,
  record,
  subtractedFromNow,
  taskOption,
  text,
} from './nodes.js';
import {
  assignToData,
  fieldsIn,
  isRecord,
  keepStartOfRange,
  keyOf,
  nodesIn,
  replaceDurations,
  withoutAggregateWindow,
  withoutEmptyWindows,
} from './rewrite.js';

/** @throws DomainError `invalid`, in InfluxDB's words */
export async function readCheckScript(check: Check): Promise<TaskScript> {
  if (check.type === 'custom') return readTaskScript(await customScript(check), {});
  try {
    return await readTaskScript(await fluxParser.format(await generate(check)), {});
  } catch (cause) {
    throw invalid(`Could not create task from check: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

async function parse(script: string): Promise<File> {
  const file = await parseScript(script);
  const faults = [...faultsOf(file)];
  if (faults.length > 0) throw invalid(faults.map((fault) => `${fault}\n`).join(''));
  return file;
}

async function generate(check: Check): Promise<File> {
  const query = await parse(check.query.text);
  const imports = query.imports ?? [];
  if (check.type === 'deadman') {
    const rewritten = keepStartOfRange(replaceDurations(withoutAggregateWindow(query), duration(check.staleTime)));
    return {
      ...rewritten,
      imports: [...imports, ...importsOf('influxdata/influxdb/monitor', 'experimental', 'influxdata/influxdb/v1')],
      body: [...assignToData(rewritten), ...deadmanBody(check)],
    };
  }
  const rewritten = withoutEmptyWindows(keepStartOfRange(replaceDurations(query, duration(check.every))));
  const [field, ...others] = fieldsIn(rewritten);
  if (field === undefined || others.length > 0) {
    throw invalid(`expected a single field but got: [${[...(field === undefined ? [] : [field]), ...others].join(' ')}]`);
  }
  return {
    ...rewritten,
    imports: [...imports, ...importsOf('influxdata/influxdb/monitor', 'influxdata/influxdb/v1')],
    body: [...assignToData(rewritten), ...thresholdBody(check, field)],
  };
}

function head(check: Check): Statement[] {
  const tags = (check.tags ?? []).map(({ key, value }) => [key, text(value)] as const);
  const definition = { _check_id: text(check.id), _check_name: text(check.name), _type: text(check.type), tags: record(tags) };
  return [taskOption(check.name, check.every, check.offset), define('check', record(definition))];
}

const messageFunction = ({ statusMessageTemplate }: Check): Statement => define('messageFn', ofRow(text(statusMessageTemplate)));

const fieldsAsColumns = call(member('v1', 'fieldsAsCols'));

const checkCall = (levels: readonly string[]) => {
  const members = [
    ['data', name('check')],
    ['messageFn', name('messageFn')],
    ...levels.map((level) => [level, name(level)] as const),
  ] as const;
  return { ...call(member('monitor', 'check')), arguments: [record(members)] };
};

function deadmanBody(check: Check): Statement[] {
  const level = check.level.toLowerCase();
  const deadman = call(member('monitor', 'deadman'), { t: subtractedFromNow(check.timeSince) });
  return [
    ...head(check),
    define(level, ofRow(member('r', 'dead'))),
    messageFunction(check),
    expression(pipe(name('data'), fieldsAsColumns, deadman, checkCall([level]))),
  ];
}

function thresholdBody(check: Check, field: string): Statement[] {
  const thresholds = check.thresholds ?? [];
  const levelOf = ({ level }: Threshold): string => level.toLowerCase();
  return [
    ...head(check),
    ...thresholds.map((threshold) => define(levelOf(threshold), ofRow(comparison(threshold, member('r', field))))),
    messageFunction(check),
    expression(pipe(name('data'), fieldsAsColumns, checkCall(thresholds.map(levelOf)))),
  ];
}

function comparison({ type, value, min, max, within }: Threshold, field: Expression): Expression {
  if (type !== 'range') return binary(field, type === 'greater' ? '>' : '<', float(value));
  return within
    ? logical(binary(field, '<', float(max)), 'and', binary(field, '>', float(min)))
    : logical(binary(field, '<', float(min)), 'or', binary(field, '>', float(max)));
}

/** The text of a custom check, whose record `check` gets the id that the check has. */
async function customScript({ id, name: checkName, query }: Check): Promise<string> {
  const file = await parseScript(query.text);
  checkRecord(file, checkName);
  checkTask(file, checkName);
  const faults = [...faultsOf(file)];
  if (faults.length > 0) throw invalid(faults.map((fault) => `${fault}\n`).join(''));
  return fluxParser.format(withId(file, id));
}

const assignmentsOf = (node: unknown, variable: string): VariableAssignment[] =>
  [...nodesIn(node)].filter(
    (each) => each.type === 'VariableAssignment' && (each.id as { readonly name: string }).name === variable,
  ) as unknown as VariableAssignment[];

const isText = ({ value }: Property, wanted: string): boolean => value?.type === 'StringLiteral' && value.value === wanted;

function checkRecord(file: File, checkName: string): void {
  const found = assignmentsOf(file, 'check');
  const properties = found.flatMap(({ init }) => (isRecord(init) ? init.properties : []));
  const has = (key: string, value: string): boolean => properties.some((each) => keyOf(each) === key && isText(each, value));
  if (found.length === 0) throw invalid("Custom flux must have an object called 'check'");
  if (!has('_check_name', checkName)) throw invalid('_check_name parameter on check object must match check name');
  if (!has('_type', 'custom')) throw invalid("_type parameter on check object must be set to 'custom'");
}

function checkTask(file: File, checkName: string): void {
  const found = [...nodesIn(file)].filter(({ type }) => type === 'OptionStatement').flatMap((option) => assignmentsOf(option, 'task'));
  const properties = found.flatMap(({ init }) => (isRecord(init) ? init.properties : []));
  const named = properties.filter((each) => keyOf(each) === 'name');
  if (found.length === 0) throw invalid('Custom flux missing task option statement');
  if (named.length === 0) throw invalid('Custom flux missing name parameter from task option statement');
  if (!named.some((each) => isText(each, checkName))) throw invalid('Name parameter from task option statement must match check name');
  for (const key of ['every', 'offset']) {
    if (!properties.some((each) => keyOf(each) === key)) throw invalid(`Custom flux missing ${key} parameter from task option statement`);
  }
}

function withId(file: File, id: string): File {
  const change = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(change);
    if (typeof node !== 'object' || node === null) return node;
    const { type, id: variable, init } = node as Partial<VariableAssignment>;
    if (type === 'VariableAssignment' && variable?.name === 'check' && isRecord(init)) {
      const own = property('_check_id', text(id));
      const at = init.properties.findIndex((each) => keyOf(each) === '_check_id');
      const properties = at < 0 ? [...init.properties, own] : init.properties.with(at, own);
      return { ...node, init: { ...init, properties } };
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === 'location' ? (value as unknown) : change(value)]));
  };
  return change(file) as File;
}
