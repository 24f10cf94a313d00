/** What the commands show of templates: summaries and differences as tables, or as the JSON that `influx` prints. */
import type { ImpactJson, Members, ObjectJson, StackJson } from '../../client/templates.js';
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { describeFileFault } from '../failure.js';
import { printJson, printTable, sortMembers, type OutputOptions } from '../output.js';
import { formatTable, type Cell } from '../table.js';
import { writeOut } from '../terminal.js';

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** As ids are written everywhere else; nothing for none. */
const idOf = (value: unknown): string => (typeof value === 'string' && value !== '0' ? BigInt(value).toString(16).padStart(16, '0') : '');

/** The lists of a summary, what they are called, and what is shown of their entries. */
const LISTS: readonly { readonly title: string; readonly summary: string; readonly diff: string; readonly more: readonly string[] }[] = [
  { title: 'Labels', summary: 'labels', diff: 'labels', more: ['color', 'description'] },
  { title: 'Buckets', summary: 'buckets', diff: 'buckets', more: ['description'] },
  { title: 'Checks', summary: 'checks', diff: 'checks', more: ['description'] },
  { title: 'Dashboards', summary: 'dashboards', diff: 'dashboards', more: ['description'] },
  { title: 'Notification endpoints', summary: 'notificationEndpoints', diff: 'notificationEndpoints', more: ['description'] },
  { title: 'Notification rules', summary: 'notificationRules', diff: 'notificationRules', more: ['every', 'offset'] },
  { title: 'Tasks', summary: 'summaryTask', diff: 'tasks', more: ['every', 'cron', 'offset'] },
  { title: 'Telegraf configurations', summary: 'telegrafConfigs', diff: 'telegrafConfigs', more: ['description'] },
  { title: 'Variables', summary: 'variables', diff: 'variables', more: ['description'] },
];

/** Some entries hold the resource as its API shows it. */
const contentsOf = (entry: Members): Members => ({
  ...((entry.check ?? entry.notificationEndpoint ?? entry.telegrafConfig ?? entry.properties ?? {}) as Members),
  ...entry,
});

const heading = (name: string): string => name.toUpperCase();

function printSection(title: string, headers: readonly string[], rows: readonly (readonly Cell[])[]): void {
  if (rows.length > 0) writeOut(`${heading(title)}\n${formatTable(headers, rows)}\n`);
}

export function printSummary({ summary }: Pick<ImpactJson, 'summary'>): void {
  for (const { title, summary: list, more } of LISTS) {
    const rows = (summary[list] ?? []).map((entry) => {
      const contents = contentsOf(entry);
      return [
        textOf(entry.templateMetaName),
        idOf(entry.id) || textOf(contents.id),
        textOf(contents.name),
        ...more.map((name) => textOf(contents[name])),
      ];
    });
    printSection(title, ['Template Name', 'ID', 'Name', ...more.map(heading)], rows);
  }
  printSection(
    'Label associations',
    ['Resource Type', 'Resource Name', 'Label Name'],
    (summary.labelMappings ?? []).map((each) => [textOf(each.resourceType), textOf(each.resourceName), textOf(each.labelName)]),
  );
  printSection(
    'Missing secrets',
    ['Key'],
    summary.missingSecrets.map((key) => [key]),
  );
  printSection(
    'Missing environment references',
    ['Key'],
    summary.missingEnvRefs.map((key) => [key]),
  );
}

const MARKS: Readonly<Record<string, string>> = { new: '+', remove: '-' };

/** `+` is made, `~` is changed, `-` is deleted; what stays as it is has no mark. */
export function printDiff({ diff }: Pick<ImpactJson, 'diff'>): void {
  for (const { title, diff: list, more } of LISTS) {
    const rows = (diff[list] ?? []).map((entry) => {
      const [before, after] = [entry.old as Members | null | undefined, (entry.new ?? {}) as Members];
      const isRemoved = entry.stateStatus === 'remove';
      const shown = isRemoved ? (before ?? {}) : after;
      const isChanged =
        before !== null && before !== undefined && [...more, 'name'].some((name) => textOf(before[name]) !== textOf(after[name]));
      const mark = MARKS[textOf(entry.stateStatus)] ?? (isChanged ? '~' : '');
      return [mark, textOf(entry.templateMetaName), idOf(entry.id), textOf(shown.name), ...more.map((name) => textOf(shown[name]))];
    });
    printSection(title, ['+/-', 'Template Name', 'ID', 'Name', ...more.map(heading)], rows);
  }
  printSection(
    'Label associations',
    ['+/-', 'Resource Type', 'Resource Name', 'Label Name'],
    (diff.labelMappings ?? []).map((each) => [
      MARKS[textOf(each.stateStatus)] ?? '',
      textOf(each.resourceType),
      textOf(each.resourceName) || textOf(each.resourceTemplateMetaName),
      textOf(each.labelName) || textOf(each.labelTemplateMetaName),
    ]),
  );
}

/** The members that `influx` knows, by list; it does not know tasks. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  buckets: ['description', 'id', 'name', 'orgID', 'retentionPeriod'],
  checks: ['description', 'id', 'name'],
  dashboards: ['description', 'id', 'name', 'orgID'],
  labels: ['id', 'name', 'orgID', 'properties'],
  notificationEndpoints: ['description', 'id', 'name', 'status'],
  notificationRules: ['description', 'endpointID', 'endpointTemplateMetaName', 'endpointType', 'every', 'id', 'name', 'offset'],
  telegrafConfigs: ['telegrafConfig'],
  variables: ['arguments', 'description', 'id', 'name', 'orgID'],
};

export function summaryForJson({ summary }: Pick<ImpactJson, 'summary'>): Members {
  const lists = Object.entries(KNOWN).map(([list, members]) => [list, (summary[list] ?? []).map((entry) => reduce(entry, list, members))]);
  const { labelMappings = [], missingEnvRefs, missingSecrets } = summary;
  return sortMembers({ ...(Object.fromEntries(lists) as Members), labelMappings, missingEnvRefs, missingSecrets, tasks: null }) as Members;
}

function reduce(entry: Members, list: string, members: readonly string[]): Members {
  const contents = contentsOf(entry);
  const kept = Object.fromEntries(
    members.flatMap((name) => (contents[name] === undefined && name !== 'id' ? [] : [[name, contents[name] ?? '0']])),
  );
  const telegraf = contents.telegrafConfig as Members | undefined;
  const labels = (entry.labelAssociations ?? []) as readonly Members[];
  return sortMembers({
    kind: entry.kind,
    templateMetaName: entry.templateMetaName,
    envReferences: ((entry.envReferences ?? []) as readonly Members[]).map(reduceReference),
    ...kept,
    ...(list === 'telegrafConfigs'
      ? { telegrafConfig: { id: textOf(telegraf?.id), name: textOf(telegraf?.name), ...descriptionOf(telegraf) } }
      : {}),
    ...(list === 'labels' ? {} : { labelAssociations: labels.map((label) => reduce(label, 'labels', KNOWN.labels ?? [])) }),
  }) as Members;
}

const descriptionOf = (members: Members | undefined): Members =>
  typeof members?.description === 'string' ? { description: members.description } : {};

const reduceReference = ({ envRefKey, resourceField, value, defaultValue }: Members): Members => ({
  envRefKey,
  resourceField,
  ...(value === null ? {} : { value }),
  ...(defaultValue === null ? {} : { defaultValue }),
});

const NUMBERS = /("(?:id|orgID|resourceID|labelID|endpointID)": )"(\d{1,20})"/g;

/** Ids are numbers in it. Those of organizations elsewhere have letters or sixteen digits, and stand in no summary. */
export const printSummaryJson = (value: unknown): void => {
  writeOut(`${JSON.stringify(value, undefined, '\t').replace(NUMBERS, '$1$2')}\n`);
};

/** @throws Error for a file that cannot be written */
export async function writeTemplate(path: string | undefined, objects: readonly ObjectJson[]): Promise<void> {
  const isJson = path !== undefined && extname(path) === '.json';
  const { formatTemplate } = await import('../../wire/template-text.js');
  const text = isJson ? `${JSON.stringify(objects, undefined, '\t')}\n` : formatTemplate(objects);
  if (path === undefined) {
    writeOut(text);
    return;
  }
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new Error(`failed to open output path ${JSON.stringify(path)}: open ${path}: ${describeFileFault(cause)}`, { cause });
  }
}

const STACK_HEADERS = ['ID', 'OrgID', 'Active', 'Name', 'Description', 'Num Resources', 'Sources', 'URLs', 'Created At', 'Updated At'];

const jsonOfStack = ({ id, orgID, createdAt, events }: StackJson) => ({ createdAt, events: events.map(sortMembers), id, orgID });

export const printStacks = (options: OutputOptions, stacks: readonly StackJson[]): void => {
  if (options.json) printJson(stacks.map(jsonOfStack));
  else printTable(options, STACK_HEADERS, stacks.map(rowOfStack));
};

export const printStack = (options: OutputOptions, stack: StackJson): void => {
  if (options.json) printJson(jsonOfStack(stack));
  else printTable(options, STACK_HEADERS, [rowOfStack(stack)]);
};

function rowOfStack({ id, orgID, createdAt, events }: StackJson): Cell[] {
  const latest = events.at(-1);
  const { name = '', description = '', resources = [], sources = [], urls = [], updatedAt = '' } = latest ?? {};
  return [id, orgID, latest?.eventType !== 'uninstall', name, description, resources.length, sources, urls, createdAt, updatedAt];
}
