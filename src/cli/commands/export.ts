/** `export`: resources as a template. */
import { exportTemplate } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { writeTemplate } from '../template/output.js';

/** The kinds of templates, and how their flags are called. */
const KINDS = [
  ['Bucket', 'buckets', 'bucket-names'],
  ['Check', 'checks', 'check-names'],
  ['Dashboard', 'dashboards', 'dashboard-names'],
  ['NotificationEndpoint', 'endpoints', 'endpoint-names'],
  ['Label', 'labels', 'label-names'],
  ['NotificationRule', 'rules', 'rule-names'],
  ['Task', 'tasks', 'task-names'],
  ['Telegraf', 'telegraf-configs', 'telegraf-config-names'],
  ['Variable', 'variables', 'variable-names'],
] as const;

const ids = (what: string) => text(`ids of ${what}, separated by commas`, { value: 'ids' });
const names = (what: string) => text(`names of ${what}, separated by commas`, { value: 'names' });

export const command = defineCommand({
  description: 'Labels of what is exported, and the endpoints of rules, come with it. Secrets are never exported.',
  positionals: '[id]...',
  examples: [
    'sluice export --dashboards 0a1b2c3d4e5f6071 -f template.yml',
    'sluice export --dashboard-names board --label-names blue',
    'sluice export --resource-type Bucket 0a1b2c3d4e5f6071',
  ],
  flags: {
    file: text('file to write to; .json for JSON, and else YAML', { short: 'f', value: 'path' }),
    'stack-id': text('also what this stack has', { value: 'id' }),
    'resource-type': text('kind of the resources whose ids are given as arguments', { value: 'kind' }),
    buckets: ids('buckets'),
    checks: ids('checks'),
    dashboards: ids('dashboards'),
    endpoints: ids('notification endpoints'),
    labels: ids('labels'),
    rules: ids('notification rules'),
    tasks: ids('tasks'),
    'telegraf-configs': ids('Telegraf configurations'),
    variables: ids('variables'),
    'bucket-names': names('buckets'),
    'check-names': names('checks'),
    'dashboard-names': names('dashboards'),
    'endpoint-names': names('notification endpoints'),
    'label-names': names('labels'),
    'rule-names': names('notification rules'),
    'task-names': names('tasks'),
    'telegraf-config-names': names('Telegraf configurations'),
    'variable-names': names('variables'),
    ...commonFlags,
  },
  async run(invocation) {
    const { values, positionals } = invocation;
    const type = values['resource-type'];
    if (positionals.length > 0 && type === undefined) throw new Error('must specify --resource-type when passing IDs as args');
    const resources = [
      ...KINDS.flatMap(([kind, byId, byName]) => [
        ...split(values[byId]).map((id) => ({ kind, id })),
        ...split(values[byName]).map((name) => ({ kind, name })),
      ]),
      ...positionals.map((id) => ({ kind: type, id })),
    ];
    const { send } = await openSession(invocation);
    const objects = await attempt('failed to export template', exportTemplate(send, { resources, stackID: values['stack-id'] }));
    await writeTemplate(values.file, objects);
  },
});

const split = (list: string | undefined): string[] => (list ?? '').split(',').filter((each) => each !== '');
