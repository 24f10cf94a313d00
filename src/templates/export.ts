/** Resources, as their API shows them, as objects of a template. */
import { unprocessable } from '../domain/errors.js';
import { exportCharts } from './chart-export.js';
import { API_VERSION, type Family, type TemplateKind, type TemplateObject } from './kinds.js';
import { withoutEmpty } from './resource.js';
import { durationNsOf, isObject, Spec, type Values } from './spec.js';
import { formatNs } from './simple.js';

export interface ExportedResource {
  readonly family: Family;
  /** As the API shows it; a dashboard with the properties of its cells. */
  readonly shown: Values;
  readonly metaName: string;
  /** In the place of its own. */
  readonly name?: string | undefined;
  /** Meta names of the labels that are on it. */
  readonly labels: readonly string[];
  /** Of a rule: the meta name of its endpoint. */
  readonly endpoint?: string | undefined;
}

/** @throws DomainError `unprocessable entity` for what no template can hold: a custom check, or an endpoint of Telegram */
export function exportObject(resource: ExportedResource): TemplateObject {
  const shown = new Spec(resource.shown);
  const { kind, spec } = exportSpec(resource, shown);
  const associations = [...resource.labels].sort().map((name) => ({ kind: 'Label', name }));
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name: resource.metaName },
    spec: sortMembers({
      name: resource.name ?? shown.text('name'),
      ...spec,
      ...(associations.length === 0 ? {} : { associations }),
    }),
  };
}

/** Whether a template can hold it. */
export const isExportable = (family: Family, shown: Values): boolean => kindOf(family, new Spec(shown)) !== undefined;

const CHECK_KINDS: Readonly<Record<string, TemplateKind>> = { deadman: 'CheckDeadman', threshold: 'CheckThreshold' };
const ENDPOINT_KINDS: Readonly<Record<string, TemplateKind>> = {
  http: 'NotificationEndpointHTTP',
  pagerduty: 'NotificationEndpointPagerDuty',
  slack: 'NotificationEndpointSlack',
};

function kindOf(family: Family, shown: Spec): TemplateKind | undefined {
  const kinds = family === 'Check' ? CHECK_KINDS : family === 'NotificationEndpoint' ? ENDPOINT_KINDS : undefined;
  if (kinds === undefined) return family;
  const type = shown.text('type');
  return Object.hasOwn(kinds, type) ? kinds[type] : undefined;
}

function exportSpec({ family, endpoint = '' }: ExportedResource, shown: Spec): { readonly kind: TemplateKind; readonly spec: Values } {
  const kind = kindOf(family, shown);
  if (kind === undefined) {
    throw unprocessable(
      `a template cannot hold ${family === 'Check' ? 'a check' : 'a notification endpoint'} of the type ${shown.text('type')}`,
    );
  }
  const description = shown.text('description');
  switch (family) {
    case 'Label': {
      const properties = shown.textMap('properties');
      return { kind, spec: withoutEmpty({ color: properties.color, description: properties.description }) };
    }
    case 'Bucket': {
      const everySeconds = shown.objects('retentionRules')[0]?.integer('everySeconds') ?? 0;
      const rules = everySeconds === 0 ? undefined : [{ type: 'expire', everySeconds }];
      return { kind, spec: withoutEmpty({ description, retentionRules: rules }) };
    }
    case 'Check':
      return { kind, spec: exportCheck(shown) };
    case 'NotificationEndpoint':
      return { kind, spec: exportEndpoint(shown) };
    case 'NotificationRule':
      return { kind, spec: exportRule(shown, endpoint) };
    case 'Task':
      return { kind, spec: exportTask(shown) };
    case 'Telegraf':
      return { kind, spec: withoutEmpty({ description, config: shown.text('config') }) };
    case 'Variable':
      return { kind, spec: exportVariable(shown) };
    case 'Dashboard':
      return { kind, spec: { ...withoutEmpty({ description }), charts: exportCharts(shown.objects('cells')) } };
  }
}

const duration = (shown: Spec, field: string): string => formatNs(durationNsOf(shown.text(field)));

function exportCheck(shown: Spec): Values {
  const tags = shown.objects('tags').map((tag) => ({ key: tag.text('key'), value: tag.text('value') }));
  const shared = withoutEmpty({
    description: shown.text('description'),
    status: shown.text('status'),
    every: duration(shown, 'every'),
    offset: duration(shown, 'offset'),
    tags: tags.length === 0 ? undefined : tags,
  });
  const texts = { query: shown.object('query')?.text('text').trim() ?? '', statusMessageTemplate: shown.text('statusMessageTemplate') };
  if (shown.text('type') === 'threshold') return { ...shared, ...texts, thresholds: shown.objects('thresholds').map(exportThreshold) };
  return {
    ...shared,
    ...texts,
    ...withoutEmpty({
      timeSince: duration(shown, 'timeSince'),
      staleTime: duration(shown, 'staleTime'),
      reportZero: shown.flag('reportZero'),
    }),
    level: shown.text('level'),
  };
}

function exportThreshold(threshold: Spec): Values {
  const type = threshold.text('type');
  const shared = { level: threshold.text('level'), ...withoutEmpty({ allValues: threshold.flag('allValues') }) };
  if (type !== 'range') return { ...shared, type, value: threshold.number('value') };
  const range = threshold.flag('within') ? 'inside_range' : 'outside_range';
  return { ...shared, type: range, max: threshold.number('max'), min: threshold.number('min') };
}

const KEY_PREFIX = 'secret: ';

/** Secrets are never exported: only the keys under which they are stored. */
function exportEndpoint(shown: Spec): Values {
  const secrets = Object.fromEntries(
    ['token', 'username', 'password', 'routingKey'].flatMap((field) => {
      const text = shown.text(field);
      return text.startsWith(KEY_PREFIX) ? [[field, { secretRef: { key: text.slice(KEY_PREFIX.length) } }]] : [];
    }),
  );
  const shared = { ...withoutEmpty({ description: shown.text('description'), status: shown.text('status') }), ...secrets };
  switch (shown.text('type')) {
    case 'http':
      return { ...shared, url: shown.text('url'), method: shown.text('method'), type: shown.text('authMethod') };
    case 'pagerduty':
      return { ...shared, url: shown.text('clientURL') };
    default:
      return { ...shared, url: shown.text('url') };
  }
}

function exportRule(shown: Spec, endpointName: string): Values {
  const statusRules = shown.objects('statusRules').map((rule) => ({
    currentLevel: rule.text('currentLevel'),
    ...withoutEmpty({ previousLevel: rule.text('previousLevel') }),
  }));
  const tagRules = shown.objects('tagRules').map((rule) => ({
    key: rule.text('key'),
    value: rule.text('value'),
    operator: rule.text('operator'),
  }));
  return {
    endpointName,
    ...withoutEmpty({
      description: shown.text('description'),
      status: shown.text('status'),
      every: duration(shown, 'every'),
      offset: duration(shown, 'offset'),
      messageTemplate: shown.text('messageTemplate'),
      channel: shown.text('channel'),
      tagRules: tagRules.length === 0 ? undefined : tagRules,
      statusRules: statusRules.length === 0 ? undefined : statusRules,
    }),
  };
}

const TASK_OPTION = /option\s+task\s*=\s*\{/;
const OPTIONS = /(?:[^}"]|"(?:\\.|[^"\\])*")*\}\n*/y;

/** The options stand in fields of their own. */
function withoutOptions(flux: string): string {
  const start = TASK_OPTION.exec(flux);
  if (start === null) return flux.trim();
  OPTIONS.lastIndex = start.index + start[0].length;
  if (!OPTIONS.test(flux)) return flux.trim();
  return `${flux.slice(0, start.index).trimEnd()}\n${flux.slice(OPTIONS.lastIndex)}`.trim();
}

function exportTask(shown: Spec): Values {
  const query = withoutOptions(shown.text('flux'));
  return withoutEmpty({
    cron: shown.text('cron'),
    description: shown.text('description'),
    every: shown.text('every'),
    offset: duration(shown, 'offset'),
    status: shown.text('status') === 'inactive' ? 'inactive' : undefined,
    query,
  });
}

function exportVariable(shown: Spec): Values {
  const selected = shown.texts('selected');
  const args = shown.object('arguments');
  const shared = withoutEmpty({ description: shown.text('description'), selected: selected.length === 0 ? undefined : selected });
  const type = args?.text('type') ?? '';
  if (type !== 'query') return { ...shared, type, values: args?.any('values') };
  const values = args?.object('values');
  return { ...shared, type, language: values?.text('language') ?? '', query: values?.text('query').trim() ?? '' };
}

/** All members by name, so that what is exported twice is the same text. */
export function sortMembers<T>(value: T): T {
  if (Array.isArray(value)) return value.map((each: unknown) => sortMembers(each)) as T;
  if (!isObject(value)) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(sorted.map(([name, each]) => [name, sortMembers(each)])) as T;
}

const META_NAME_LENGTH_MAX = 40;

/** A name for an object: of what it is called, and of the end of its id, so that it stays what it is from export to export. */
export function metaNameOf(name: string, id: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, META_NAME_LENGTH_MAX)
    .replace(/^-+|-+$/g, '');
  return `${words === '' ? 'object' : words}-${id.slice(-8)}`;
}
