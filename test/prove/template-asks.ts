/** What can be asked of templates and stacks: with a label that is there, or is made and taken away again. */
import type { Answered, Sent } from './client.js';
import type { Ask, Chances, Opened } from './asks.js';

const YES: Opened = new Set(['yes']);
const NO: Opened = new Set();
const STACKS = '/api/v2/stacks';

const unlessRefused = ({ status }: Answered): Opened => ([401, 403, 404].includes(status) ? NO : YES);
const placeOf = ({ random, world }: Chances) => random.pick(world.places);
const stackOf = (chances: Chances): { readonly id: string; readonly orgID: string } => {
  const place = placeOf(chances);
  return { id: place.others.stacks?.id ?? '', orgID: place.id };
};
const label = (name: string) => ({
  apiVersion: 'influxdata.com/v2alpha1',
  kind: 'Label',
  metadata: { name: 'made-for-this' },
  spec: { name, color: '#fff' },
});

/** Applies a template with a label that is not there; the operator takes it away again. */
function apply(chances: Chances): Ask {
  const { random, world } = chances;
  const place = placeOf(chances);
  const name = `templated ${random.below(1_000_000)}`;
  const stackID = random.chance(0.5) ? place.others.stacks?.id : undefined;
  const json = { orgID: place.id, stackID, template: { contents: [label(name)] } };
  return {
    sent: { method: 'POST', path: '/api/v2/templates/apply', json },
    opened: unlessRefused,
    async undo() {
      const found = await world.client.send(world.operator, { method: 'GET', path: `/api/v2/labels?orgID=${place.id}` });
      const made = (found.json.labels as { id: string; name: string }[]).filter((each) => each.name === name);
      for (const { id } of made) await world.client.send(world.operator, { method: 'DELETE', path: `/api/v2/labels/${id}` });
    },
  };
}

const simple = (sent: Sent): Ask => ({ sent, opened: unlessRefused });

export const TEMPLATE_ASKS: Readonly<Record<string, (chances: Chances) => Ask>> = {
  'POST /api/v2/templates/apply': apply,
  'POST /api/v2/templates/export': (chances) => {
    const id = chances.random.pick(placeOf(chances).labels);
    return simple({ method: 'POST', path: '/api/v2/templates/export', json: { resources: [{ kind: 'Label', id }] } });
  },
  [`GET ${STACKS}`]: (chances) => simple({ method: 'GET', path: `${STACKS}?orgID=${placeOf(chances).id}` }),
  // An organization of which nothing is known is refused behind the right.
  [`POST ${STACKS}`]: (chances) => simple({ method: 'POST', path: STACKS, json: { orgID: placeOf(chances).id, name: 'made' } }),
  [`GET ${STACKS}/:id`]: (chances) => simple({ method: 'GET', path: `${STACKS}/${stackOf(chances).id}` }),
  [`PATCH ${STACKS}/:id`]: (chances) => simple({ method: 'PATCH', path: `${STACKS}/${stackOf(chances).id}`, json: {} }),
  [`DELETE ${STACKS}/:id`]: (chances) => {
    const { orgID } = stackOf(chances);
    // One that is not there is no error for whoever may.
    return simple({ method: 'DELETE', path: `${STACKS}/0123456789abcdef?orgID=${orgID}` });
  },
  [`POST ${STACKS}/:id/uninstall`]: (chances) => {
    const { orgID } = stackOf(chances);
    return {
      sent: { method: 'POST', path: `${STACKS}/0123456789abcdef/uninstall?orgID=${orgID}` },
      opened: ({ status }) => ([401, 403].includes(status) ? NO : YES),
    };
  },
};
