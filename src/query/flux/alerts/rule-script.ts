/** The script of a notification rule: reads statuses, and sends those that it is for to its endpoint. */
import { invalid } from '../../../domain/errors.js';
import type { NotificationRule, RuleEndpoint, StatusRule } from '../../../domain/notification-rule.js';
import type { TaskScript } from '../../../domain/task.js';
import type { Expression, File, Statement } from '../syntax/ast.js';
import { fluxParser } from '../syntax/parser.js';
import { readTaskScript } from '../tools/task-script.js';
import {
  binary,
  call,
  choice,
  define,
  dictionary,
  duration,
  expression,
  flag,
  giveBack,
  importsOf,
  integer,
  list,
  literalOf,
  logical,
  member,
  name,
  negative,
  ofRow,
  partsOf,
  pipe,
  record,
  subtractedFromNow,
  taskOption,
  text,
  type Members,
} from './nodes.js';

/** @throws DomainError `invalid`, in InfluxDB's words */
export const readRuleScript = async (rule: NotificationRule, endpoint: RuleEndpoint): Promise<TaskScript> =>
  readTaskScript(await fluxParser.format(generate(rule, endpoint)), {});

/** A script that sends nothing, and says why. */
export const readFailingScript = async ({ name: ruleName, every, offset }: NotificationRule, reason: string): Promise<TaskScript> =>
  readTaskScript(
    await fluxParser.format(fileOf([], [taskOption(ruleName, every, offset), expression(call(name('die'), { msg: text(reason) }))])),
    {},
  );

const fileOf = (imports: readonly string[], body: readonly Statement[]): File => ({
  type: 'File',
  package: null,
  imports: importsOf(...imports),
  body,
});

const MONITOR = 'influxdata/influxdb/monitor';
const SECRETS = 'influxdata/influxdb/secrets';

/** What differs between the types of rules. */
interface Sending {
  readonly imports: readonly string[];
  /** Define the variable that `endpoint` names. */
  readonly statements: readonly Statement[];
  readonly endpoint: string;
  /** What is sent for a row. */
  readonly mapped: Expression;
}

function generate(rule: NotificationRule, endpoint: RuleEndpoint): File {
  if (rule.type !== endpoint.type) throw invalid(`endpoint provided is a ${endpoint.type}, not ${ARTICLES[rule.type]} endpoint`);
  const { imports, statements, endpoint: variable, mapped } = SENDINGS[rule.type](rule, endpoint);
  const notify = call(member('monitor', 'notify'), { data: name('notification'), endpoint: call(name(variable), { mapFn: mapped }) });
  const { levels, statuses } = levelChecks(rule);
  return fileOf(imports, [
    taskOption(rule.name, rule.every, rule.offset),
    ...statements,
    define(
      'notification',
      record({
        _notification_rule_id: text(rule.id),
        _notification_rule_name: text(rule.name),
        _notification_endpoint_id: text(rule.endpointID),
        _notification_endpoint_name: text(endpoint.name),
      }),
    ),
    define('statuses', call(member('monitor', 'from'), { start: negative(widened(rule.every)), ...tagFilter(rule) })),
    ...levels,
    define('all_statuses', statuses),
    expression(pipe(name('all_statuses'), notify)),
  ]);
}

const ARTICLES = { http: 'an HTTP', slack: 'an Slack', pagerduty: 'an PagerDuty', telegram: 'a Telegram' } as const;

/** Windows overlap, so that the first change of a state is seen. */
function widened(every: string): Expression {
  const [first, ...others] = partsOf(every);
  if (first === undefined) return duration(every);
  const isSmall = ['s', 'ms', 'us', 'ns'].includes(first.unit);
  return literalOf([{ ...first, magnitude: isSmall ? first.magnitude * 2 : first.magnitude + 1 }, ...others]);
}

/** Whatever the operator, tags are compared for equality, as in InfluxDB. */
function tagFilter({ tagRules }: NotificationRule): Members {
  const [first, ...others] = tagRules.map(({ key, value }) => binary(member('r', key), '==', text(value)));
  return first === undefined ? {} : { fn: ofRow(others.reduce((all, each) => logical(all, 'and', each), first)) };
}

function levelChecks({ statusRules, every }: NotificationRule): { readonly levels: readonly Statement[]; readonly statuses: Expression } {
  const checks = statusRules.map(levelCheck);
  const isRecent = call(name('filter'), { fn: ofRow(binary(member('r', '_time'), '>=', subtractedFromNow(every))) });
  const tables = checks.map((each) => name(each.id.name));
  const [only] = tables;
  const union = call(name('union'), { tables: list(...tables) });
  const sort = call(name('sort'), { columns: list(text('_time')) });
  return { levels: checks, statuses: tables.length === 1 && only !== undefined ? pipe(only, isRecent) : pipe(union, sort, isRecent) };
}

function levelCheck({ currentLevel, previousLevel }: StatusRule) {
  const current = currentLevel.toLowerCase();
  if (previousLevel !== null) {
    const previous = previousLevel.toLowerCase();
    const changes = call(member('monitor', 'stateChanges'), { fromLevel: text(previous), toLevel: text(current) });
    return define(`${previous}_to_${current}`, pipe(name('statuses'), changes));
  }
  const isWanted = currentLevel === 'ANY' ? flag(true) : binary(member('r', '_level'), '==', text(current));
  return define(current, pipe(name('statuses'), call(name('filter'), { fn: ofRow(isWanted) })));
}

const secret = (key: string): Expression => call(member('secrets', 'get'), { key: text(key) });
const isLevel = (level: string): Expression => binary(member('r', '_level'), '==', text(level));

const SENDINGS: Readonly<Record<NotificationRule['type'], (rule: NotificationRule, endpoint: RuleEndpoint) => Sending>> = {
  http(_rule, { url, authMethod, secrets }) {
    const headers: Record<string, Expression> = { 'Content-Type': text('application/json') };
    if (authMethod === 'bearer') headers.Authorization = binary(text('Bearer '), '+', secret(secrets.token ?? ''));
    if (authMethod === 'basic') {
      headers.Authorization = call(member('http', 'basicAuth'), { u: secret(secrets.username ?? ''), p: secret(secrets.password ?? '') });
    }
    return {
      imports: [MONITOR, 'http', 'json', 'experimental', ...(authMethod === 'bearer' || authMethod === 'basic' ? [SECRETS] : [])],
      statements: [define('headers', dictionary(headers)), define('endpoint', call(member('http', 'endpoint'), { url: text(url) }))],
      endpoint: 'endpoint',
      mapped: ofRow([
        define('body', record({ _version: integer(1) }, 'r')),
        giveBack(record({ headers: name('headers'), data: call(member('json', 'encode'), { v: name('body') }) })),
      ]),
    };
  },

  slack({ channel, messageTemplate }, { url, secrets: { token = '' } }) {
    const members = { ...(token === '' ? {} : { token: name('slack_secret') }), ...(url === '' ? {} : { url: text(url) }) };
    return {
      imports: [MONITOR, 'slack', SECRETS, 'experimental'],
      statements: [
        ...(token === '' ? [] : [define('slack_secret', secret(token))]),
        define('slack_endpoint', call(member('slack', 'endpoint'), members)),
      ],
      endpoint: 'slack_endpoint',
      mapped: ofRow(
        record({
          channel: text(channel),
          text: text(messageTemplate),
          color: choice(isLevel('crit'), text('danger'), choice(isLevel('warn'), text('warning'), text('good'))),
        }),
      ),
    };
  },

  pagerduty(_rule, { clientURL, secrets: { routingKey = '' } }) {
    const ofLevel = (callee: string): Expression => call(member('pagerduty', callee), { level: member('r', '_level') });
    return {
      imports: [MONITOR, 'pagerduty', SECRETS, 'experimental'],
      statements: [define('pagerduty_secret', secret(routingKey)), define('pagerduty_endpoint', call(member('pagerduty', 'endpoint')))],
      endpoint: 'pagerduty_endpoint',
      mapped: ofRow(
        record({
          routingKey: name('pagerduty_secret'),
          client: text('influxdata'),
          clientURL: text(clientURL),
          class: { type: 'MemberExpression', object: name('r'), property: { type: 'Identifier', name: '_check_name' } },
          group: member('r', '_source_measurement'),
          severity: ofLevel('severityFromLevel'),
          eventAction: ofLevel('actionFromLevel'),
          source: member('notification', '_notification_rule_name'),
          summary: member('r', '_message'),
          timestamp: call(name('time'), { v: member('r', '_source_timestamp') }),
        }),
      ),
    };
  },

  telegram({ messageTemplate, parseMode, disableWebPagePreview }, { channel, secrets: { token = '' } }) {
    const members = {
      ...(token === '' ? {} : { token: name('telegram_secret') }),
      ...(parseMode === '' ? {} : { parseMode: text(parseMode) }),
      disableWebPagePreview: flag(disableWebPagePreview),
    };
    return {
      imports: [MONITOR, 'contrib/sranka/telegram', SECRETS, 'experimental'],
      statements: [
        ...(token === '' ? [] : [define('telegram_secret', secret(token))]),
        define('telegram_endpoint', call(member('telegram', 'endpoint'), members)),
      ],
      endpoint: 'telegram_endpoint',
      mapped: ofRow(
        record({
          channel: text(channel),
          text: text(messageTemplate),
          silent: choice(isLevel('crit'), flag(true), choice(isLevel('warn'), flag(true), flag(false))),
        }),
      ),
    };
  },
};
