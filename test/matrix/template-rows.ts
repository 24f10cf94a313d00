/** Rows of templates and stacks. A template asks for what its resources ask for: here, for one label. */
import type { World } from './personas.js';
import type { Row } from './rows.js';

const STACKS = '/api/v2/stacks';

export const labelTemplate = (n: number) => [
  {
    apiVersion: 'influxdata.com/v2alpha1',
    kind: 'Label',
    metadata: { name: `label-${n}` },
    spec: { name: `templated ${n}`, color: '#fff' },
  },
];
const newLabel = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.post('/api/v2/labels', { as: operator, json: { orgID: orgId, name: `exported ${n}` } })).json.label.id;
const newStack = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.post(STACKS, { as: operator, json: { orgID: orgId, name: `stack ${n}` } })).json.id;
/** With a label that goes with it. */
const newFilledStack = async (world: World, n: number): Promise<string> => {
  const { client, operator, orgId } = world;
  const stackID = await newStack(world, n);
  const json = { orgID: orgId, stackID, template: { contents: labelTemplate(n) } };
  await client.post('/api/v2/templates/apply', { as: operator, json });
  return stackID;
};

export const templateRows: Record<string, Row> = {
  'POST /api/v2/templates/apply': ({ orgId }, n) => ({
    path: '/api/v2/templates/apply',
    json: { orgID: orgId, template: { contents: labelTemplate(n) } },
  }),
  'POST /api/v2/templates/apply [dry run]': ({ orgId }, n) => ({
    path: '/api/v2/templates/apply',
    json: { orgID: orgId, dryRun: true, template: { contents: labelTemplate(n) } },
  }),
  'POST /api/v2/templates/apply [stack]': async (world, n) => ({
    path: '/api/v2/templates/apply',
    json: { orgID: world.orgId, stackID: await newStack(world, n), template: { contents: labelTemplate(n) } },
  }),
  'POST /api/v2/templates/apply [secret]': ({ orgId }, n) => ({
    path: '/api/v2/templates/apply',
    json: { orgID: orgId, secrets: { [`key ${n}`]: 'value' } },
  }),
  'POST /api/v2/templates/export': async (world, n) => ({
    path: '/api/v2/templates/export',
    json: { resources: [{ kind: 'Label', id: await newLabel(world, n) }] },
  }),
  'POST /api/v2/templates/export [stack]': async (world, n) => ({
    path: '/api/v2/templates/export',
    json: { stackID: await newStack(world, n) },
  }),
  [`GET ${STACKS}`]: ({ orgId }) => ({ path: `${STACKS}?orgID=${orgId}` }),
  [`POST ${STACKS}`]: ({ orgId }, n) => ({ path: STACKS, json: { orgID: orgId, name: `made ${n}` } }),
  [`GET ${STACKS}/:id`]: async (world, n) => ({ path: `${STACKS}/${await newStack(world, n)}` }),
  [`PATCH ${STACKS}/:id`]: async (world, n) => ({ path: `${STACKS}/${await newStack(world, n)}`, json: { name: `renamed ${n}` } }),
  [`DELETE ${STACKS}/:id`]: async (world, n) => ({ path: `${STACKS}/${await newStack(world, n)}?orgID=${world.orgId}` }),
  [`DELETE ${STACKS}/:id [with a label]`]: async (world, n) => ({
    path: `${STACKS}/${await newFilledStack(world, n)}?orgID=${world.orgId}`,
  }),
  [`POST ${STACKS}/:id/uninstall`]: async (world, n) => ({ path: `${STACKS}/${await newStack(world, n)}/uninstall?orgID=${world.orgId}` }),
};
