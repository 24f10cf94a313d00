/** Bodies that ask for new authorizations: some as clients send them, most of them bent. */
import { ALL_RESOURCE_TYPES, RESOURCE_TYPES } from '../../src/domain/permission.js';
import type { Random } from './random.js';
import type { Held, Maker, Place, World } from './world.js';

export interface NewToken {
  readonly orgID: string;
  readonly userID?: string;
  readonly status?: string;
  readonly permissions: readonly unknown[];
}

const NOBODY = '00000000000000ab';

/** The id of a resource of a type, in a place. */
export function idOf(random: Random, world: World, place: Place, type: string): string {
  switch (type) {
    case 'buckets':
      return random.pick(place.buckets).id;
    case 'labels':
      return random.pick(place.labels);
    case 'dbrp':
      return random.pick(place.mappings);
    case 'authorizations':
      return random.pick([...place.tokens, ...place.v1]);
    case 'users':
      return random.pick(world.people).id;
    case 'orgs':
      return place.id;
    default:
      return random.chance(0.5) ? NOBODY : (place.others[type]?.id ?? random.pick(place.buckets).id);
  }
}

const nameOf = (random: Random, world: World, place: Place, type: string): string =>
  type === 'users' ? random.pick(world.people).name : type === 'orgs' ? place.name : random.pick(place.buckets).name;

/** The kinds that open something here, more often than the others. */
const OFTEN = ['buckets', 'buckets', 'users', 'users', 'orgs', 'authorizations', 'labels', 'dbrp', 'secrets'];

function bendCase(random: Random, name: string): string {
  if (random.chance(0.5)) return name.toLowerCase();
  return name.replace(/./g, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase()));
}

/** The same with names of members in other cases, with members that nobody knows, with nulls. */
function bend(random: Random, members: Record<string, unknown>): Record<string, unknown> {
  const bent: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    bent[random.chance(0.06) ? bendCase(random, name) : name] = random.chance(0.02) ? null : value;
  }
  if (random.chance(0.02)) bent[random.pick(['colour', 'organisationID', 'ids', 'bucket'])] = 'x';
  return bent;
}

/** A permission that the maker has, or one like it. */
function nearby(random: Random, world: World, maker: Maker, place: Place): Held {
  // Half of them for the kinds that open something here.
  const telling = maker.held.filter(({ resource: { type } }) => OFTEN.includes(type));
  const { action, resource } = random.pick(telling.length > 0 && random.chance(0.5) ? telling : maker.held);
  const changed: Record<string, string> = { ...resource };
  // `instance` is for nobody: what it covers is asked for instead.
  if (changed.type === 'instance') changed.type = random.pick(OFTEN);
  const type = changed.type ?? '';
  // All of his organization, and an id of another one beside it.
  if (changed.orgID !== undefined && random.chance(0.15)) {
    changed.id = idOf(random, world, random.pick(world.places.filter(({ id }) => id !== changed.orgID)), type);
    return { action, resource: changed as unknown as Held['resource'] };
  }
  for (let changes = random.below(4); changes > 0; changes--) {
    const change = random.below(6);
    if (change === 0) changed.id = idOf(random, world, random.pick(world.places), type);
    else if (change === 1) changed.id = idOf(random, world, place, type);
    else if (change === 2) changed.orgID = place.id;
    else if (change === 3) changed.orgID = random.pick(world.places).id;
    else if (change === 4) delete changed.id;
    else delete changed.orgID;
  }
  return { action: random.chance(0.9) ? action : random.pick(['read', 'write']), resource: changed as unknown as Held['resource'] };
}

function anything(random: Random, world: World, place: Place): Held {
  const type = random.chance(0.8) ? random.pick(OFTEN) : random.pick(ALL_RESOURCE_TYPES);
  const from = random.chance(0.5) ? place : random.pick(world.places);
  const resource: Record<string, string> = { type };
  if (random.chance(0.6)) resource.id = idOf(random, world, from, type);
  else if (random.chance(0.2)) resource.name = nameOf(random, world, from, type);
  if (random.chance(0.7)) resource.orgID = random.chance(0.8) ? place.id : random.pick(world.places).id;
  else if (random.chance(0.1)) resource.org = random.chance(0.8) ? place.name : random.pick(world.places).name;
  return { action: random.pick(['read', 'write']), resource: resource as unknown as Held['resource'] };
}

/** Mostly in an organization in which the maker may do something. */
function placeFor(random: Random, world: World, maker: Maker): Place {
  const known = world.places.filter(({ id }) => maker.held.some(({ resource }) => resource.orgID === id));
  return random.pick(known.length > 0 && random.chance(0.85) ? known : world.places);
}

export function createBody(random: Random, world: World, maker: Maker): NewToken {
  const place = placeFor(random, world, maker);
  let permissions: Held[];
  if (random.chance(0.03)) {
    permissions = RESOURCE_TYPES.map((type) => ({ action: 'read', resource: { type, orgID: place.id } }));
  } else {
    permissions = Array.from({ length: 1 + random.below(3) }, () =>
      random.chance(0.6) ? nearby(random, world, maker, place) : anything(random, world, place),
    );
  }
  return {
    orgID: place.id,
    ...(random.chance(0.1) ? { userID: random.pick(world.people).id } : {}),
    ...(random.chance(0.02) ? { status: 'inactive' } : {}),
    permissions: permissions.map(({ action, resource }) =>
      bend(random, { action, resource: bend(random, resource as unknown as Record<string, unknown>) }),
    ),
  };
}
