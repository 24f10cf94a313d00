/** Notification rules: as all resources, with the task that runs them, for an endpoint of their organization. */
import { authorize } from '../auth/authorize.js';
import { mayRead, rightsToKind } from '../auth/kind-rights.js';
import { notFound } from '../domain/errors.js';
import { WHOLE_LIST } from '../domain/page.js';
import type { NotificationRule } from '../domain/notification-rule.js';
import { notificationEndpointKind, type NotificationEndpoint } from '../kinds/notification-endpoints.js';
import { notificationRuleKind, type NewRule, type RuleChange } from '../kinds/notification-rules.js';
import type { Resources } from './resources.js';
import { createScripted, type ScriptedDependencies } from './scripted.js';

const endpointRights = rightsToKind(notificationEndpointKind);

export function createNotificationRules(dependencies: ScriptedDependencies): Resources<NotificationRule, NewRule, RuleChange> {
  const { store, scripts } = dependencies;

  /** An endpoint of another organization does not exist for a rule. */
  async function findEndpoint({ endpointID, orgID }: NotificationRule): Promise<NotificationEndpoint> {
    const endpoint = await store.resources(notificationEndpointKind).find(endpointID);
    if (endpoint?.orgID !== orgID) throw notFound(notificationEndpointKind.words.notFound(endpointID));
    return endpoint;
  }

  const rules = createScripted(notificationRuleKind, dependencies, {
    /**
     * InfluxDB lets a rule send to endpoints that its maker may not read. Here it can be made as well, since clients count on that, but it
     * sends nothing.
     */
    async write(actor, rule) {
      const endpoint = await findEndpoint(rule);
      // What does not fit the endpoint is refused in any case.
      const script = await scripts.readRule(actor, rule, endpoint);
      if (mayRead(actor, notificationEndpointKind, endpoint)) return { resource: rule, script };
      const missing = `whoever changed this notification rule last may not read the notification endpoint ${endpoint.id}`;
      return { resource: rule, script: await scripts.readRule(actor, rule, { missing }) };
    },
    isRewrittenBy: ({ isWhole, name }) => isWhole || name !== undefined,
  });

  return {
    ...rules,

    async list(actor, query, page, order) {
      const { tags = [], ...others } = query;
      if (tags.length === 0) return rules.list(actor, others, page, order);
      const { offset, limit, descending, after } = page;
      const found = await rules.list(actor, others, { ...WHOLE_LIST, descending, after }, order);
      const matching = found.filter((rule) => matches(rule, tags));
      return matching.slice(offset, limit === undefined ? undefined : offset + limit);
    },

    /** Its script shows where it sends to, which is for those who may read the endpoint. */
    async operate(actor, id) {
      const rule = await rules.find(actor, id);
      const endpoint = await findEndpoint(rule);
      authorize(actor, endpointRights.toRead(endpoint));
      return { status: 200, body: { flux: (await scripts.readRule(actor, rule, endpoint)).flux } };
    },
  };
}

/** Each tag rule must fit one of the tags, as in InfluxDB. */
const matches = ({ tagRules }: NotificationRule, tags: readonly string[]): boolean =>
  tagRules.every(({ key, value, operator }) =>
    tags.some((tag) => {
      const [tagKey = '', tagValue = ''] = tag.split(':');
      return tagKey === key && ((operator === 'equal' && tagValue === value) || (operator === 'notequal' && tagValue !== value));
    }),
  );
