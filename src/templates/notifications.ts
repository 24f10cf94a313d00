/** Notification endpoints and notification rules of templates. */
import { formatDuration } from '../domain/duration.js';
import { problemOfUrl } from '../wire/go-url.js';
import { isLevel, levelFault } from './checks.js';
import type { Fault } from './faults.js';
import type { TemplateKind } from './kinds.js';
import { checkName, STATUSES, type NamedReference, type ParseContext, type ParseSpec } from './resource.js';
import { hasValue, referenceText, textOf, type Reference, type Spec } from './spec.js';

const METHODS: readonly string[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const OPERATORS: readonly string[] = ['equal', 'notequal', 'equalregex', 'notequalregex'];
const AUTH_METHODS: readonly string[] = ['basic', 'bearer', 'none'];
const SECRET_FIELDS = ['password', 'routingKey', 'token', 'username'] as const;
type SecretField = (typeof SECRET_FIELDS)[number];

export const ENDPOINT_TYPES: Readonly<Partial<Record<TemplateKind, 'http' | 'pagerduty' | 'slack'>>> = {
  NotificationEndpointHTTP: 'http',
  NotificationEndpointPagerDuty: 'pagerduty',
  NotificationEndpointSlack: 'slack',
};

/** How the API names a secret that is stored; else it is a new value. */
function secretOf(reference: Reference): string {
  if (reference.secretKey !== '') return `secret: ${reference.secretKey}`;
  return reference.envKey === '' ? (textOf(reference.value) ?? '') : referenceText(reference);
}

export const parseEndpoint: ParseSpec = (spec, context) => {
  const { kind, name } = context;
  const type = ENDPOINT_TYPES[kind] ?? 'http';
  const secrets = readSecrets(spec, context);
  const [url, status, method, authMethod] = [spec.text('url'), spec.lower('status') || 'active', spec.upper('method'), spec.lower('type')];
  const faults: Fault[] = [...checkName(name, 1)];
  if (url === '' || problemOfUrl(url) !== undefined) faults.push({ field: 'url', reason: 'must be valid url' });
  if (!STATUSES.includes(status)) {
    faults.push({ field: 'status', reason: 'not a valid status; valid statues are one of [active, inactive]' });
  }
  const shared = { type, name, description: spec.text('description'), status };
  const references = SECRET_FIELDS.map((field): NamedReference => ({ field: `spec.${field}`, reference: secrets[field] }));
  switch (type) {
    case 'pagerduty':
      if (!hasValue(secrets.routingKey)) faults.push({ field: 'routingKey', reason: 'must be provide' });
      return { faults, references, body: { ...shared, clientURL: url, routingKey: secretOf(secrets.routingKey) }, summary: {}, diff: {} };
    case 'slack':
      return { faults, references, body: { ...shared, url, token: secretOf(secrets.token) }, summary: {}, diff: {} };
    case 'http': {
      if (!METHODS.includes(method)) faults.push({ field: 'method', reason: 'http method must be a valid HTTP verb' });
      const needed: readonly SecretField[] = authMethod === 'basic' ? ['password', 'username'] : authMethod === 'bearer' ? ['token'] : [];
      for (const field of needed) if (!hasValue(secrets[field])) faults.push({ field, reason: 'must provide non empty string' });
      if (!AUTH_METHODS.includes(authMethod)) {
        const reason = `invalid type provided ${JSON.stringify(authMethod)}; valid type is 1 in [basic, bearer, none]`;
        faults.push({ field: 'type', reason });
      }
      const given = Object.fromEntries(needed.map((field) => [field, secretOf(secrets[field])]));
      return { faults, references, body: { ...shared, url, method, authMethod, ...given }, summary: {}, diff: {} };
    }
  }
};

function readSecrets(spec: Spec, { refer }: ParseContext): Readonly<Record<SecretField, Reference>> {
  const read = (field: SecretField): Reference => refer(spec, field);
  return { password: read('password'), routingKey: read('routingKey'), token: read('token'), username: read('username') };
}

/** @param typeOf of the endpoint with a meta name; undefined: the template has none */
export const parseRule =
  (typeOf: (metaName: string) => string | undefined): ParseSpec =>
  (spec, { name, refer }) => {
    const reference = refer(spec, 'endpointName');
    const endpoint = referenceText(reference);
    const type = typeOf(endpoint);
    const status = spec.lower('status') || 'active';
    const statusRules = spec.objects('statusRules').map((rule) => ({
      currentLevel: rule.upper('currentLevel'),
      previousLevel: rule.upper('previousLevel'),
    }));
    const tagRules = spec.objects('tagRules').map((rule) => ({
      key: rule.text('key'),
      value: rule.text('value'),
      operator: rule.lower('operator'),
    }));
    const faults: Fault[] = [...checkName(name, 1)];
    if (!hasValue(reference)) faults.push({ field: 'endpointName', reason: 'must be provided' });
    else if (type === undefined) {
      faults.push({ field: 'endpointName', reason: `notification endpoint ${JSON.stringify(endpoint)} does not exist in pkg` });
    }
    if (spec.durationNs('every') === 0n) faults.push({ field: 'every', reason: 'must be provided' });
    if (!STATUSES.includes(status)) {
      faults.push({ field: 'status', reason: `must be 1 in [active, inactive]; got=${JSON.stringify(spec.text('status'))}` });
    }
    if (statusRules.length === 0) faults.push({ field: 'statusRules', reason: 'must provide at least 1' });
    const levelFaults = statusRules.flatMap(({ currentLevel, previousLevel }, index): Fault[] => [
      ...(isLevel(currentLevel) ? [] : [levelFault('currentLevel', currentLevel, index)]),
      ...(previousLevel === '' || isLevel(previousLevel) ? [] : [levelFault('previousLevel', previousLevel, index)]),
    ]);
    if (levelFaults.length > 0) faults.push({ field: 'statusRules', nested: levelFaults });
    const tagFaults = tagRules.flatMap(({ operator }, index): Fault[] =>
      OPERATORS.includes(operator) ? [] : [{ field: 'operator', index, reason: `must be 1 in [equal]; got=${JSON.stringify(operator)}` }],
    );
    if (tagFaults.length > 0) faults.push({ field: 'tagRules', nested: tagFaults });
    const [every, offset] = [formatDuration(spec.durationNs('every')), formatDuration(spec.durationNs('offset'))];
    const [description, messageTemplate] = [spec.text('description'), spec.text('messageTemplate')];
    const shown = { name, description, every, offset, messageTemplate, statusRules, tagRules };
    return {
      faults,
      references: [{ field: 'spec.endpointName', reference }],
      endpoint,
      body: {
        type,
        ...shown,
        status,
        channel: spec.text('channel'),
        statusRules: statusRules.map(({ currentLevel, previousLevel }) => ({
          currentLevel,
          ...(previousLevel === '' ? {} : { previousLevel }),
        })),
      },
      summary: { ...shown, endpointTemplateMetaName: type === undefined ? '' : endpoint, endpointType: type ?? '', status },
      diff: { ...shown, endpointType: type ?? '' },
    };
  };
