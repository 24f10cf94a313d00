/** Labels, buckets, telegraf configurations and variables of templates. */
import { formatDuration } from '../domain/duration.js';
import type { Fault } from './faults.js';
import { checkName, type NamedReference, type ParseSpec } from './resource.js';
import { hasValue, readReference, referenceText } from './spec.js';

const NAME_LENGTH_MIN = 2;
const HOUR_SECONDS = 3600;
const SECOND_NS = 1_000_000_000;

export const parseLabel: ParseSpec = (spec, { name }) => {
  const [color, description] = [spec.text('color'), spec.text('description')];
  return {
    faults: checkName(name, NAME_LENGTH_MIN),
    body: { name, properties: { color, description } },
    summary: { name, properties: { color, description } },
    diff: { name, color, description },
  };
};

export const parseBucket: ParseSpec = (spec, { name }) => {
  const description = spec.text('description');
  const rules = spec.objects('retentionRules').map((rule) => ({ type: rule.text('type'), everySeconds: rule.integer('everySeconds') }));
  const faults = rules.flatMap(({ type, everySeconds }, index): Fault[] => {
    const nested: Fault[] = [];
    if (everySeconds < HOUR_SECONDS) nested.push({ field: 'everySeconds', reason: `seconds must be a minimum of ${HOUR_SECONDS}` });
    if (type !== 'expire') nested.push({ field: 'type', reason: 'type must be "expire"' });
    return nested.length === 0 ? [] : [{ field: 'retentionRules', index, nested }];
  });
  const [rule] = rules;
  return {
    faults: [...checkName(name, NAME_LENGTH_MIN), ...faults],
    // Without rules the points stay for ever, also where there is a bucket that had some.
    body: { name, description, retentionRules: [{ type: 'expire', everySeconds: rule?.everySeconds ?? 0 }] },
    summary: { name, description, retentionPeriod: (rule?.everySeconds ?? 0) * SECOND_NS },
    diff: { name, description, retentionRules: rules.length === 0 ? null : rules },
  };
};

export const parseTelegraf: ParseSpec = (spec, { name, orgID }) => {
  const [config, description] = [spec.text('config'), spec.text('description')];
  const shown = { name, ...(description === '' ? {} : { description }), ...(config === '' ? {} : { config }) };
  return {
    faults: [...checkName(name, 1), ...(config === '' ? [{ field: 'config', reason: 'no config provided' }] : [])],
    body: { name, description, config },
    summary: { telegrafConfig: { orgID, ...shown } },
    diff: shown,
  };
};

export const parseVariable: ParseSpec = (spec, { name, given }) => {
  const [type, description, query, language] = [
    spec.lower('type'),
    spec.text('description'),
    spec.text('query').trim(),
    spec.lower('language'),
  ];
  const references = spec
    .list('selected')
    .map((value, index): NamedReference => ({ field: `spec.selected[${index}]`, reference: readReference(value, given) }));
  const selected = references.map(({ reference }) => (hasValue(reference) ? referenceText(reference) : '')).filter((text) => text !== '');
  const [texts, map] = [spec.texts('values'), spec.textMap('values')];
  const faults: Fault[] = [...checkName(name, 1)];
  let values: unknown;
  switch (type) {
    case 'map':
      if (Object.keys(map).length === 0) faults.push({ field: 'values', reason: 'map variable must have at least 1 key/val pair' });
      values = map;
      break;
    case 'constant':
      if (texts.length === 0) faults.push({ field: 'values', reason: 'constant variable must have a least 1 value provided' });
      values = texts;
      break;
    case 'query':
      if (query === '') faults.push({ field: 'query', reason: 'query variable must provide a query string' });
      if (language !== 'influxql' && language !== 'flux') {
        faults.push({
          field: 'language',
          reason: `query variable language must be either "influxql" or "flux"; got ${JSON.stringify(language)}`,
        });
      }
      values = { query, language };
      break;
  }
  const args = type === '' ? null : { type, values };
  return {
    faults,
    references,
    body: { name, description, selected, arguments: args },
    summary: { name, description, variables: selected, arguments: args },
    diff: { name, description, args },
  };
};

/** As Go writes durations; empty for none. */
export const formatNs = (ns: bigint): string => (ns === 0n ? '' : formatDuration(ns));
