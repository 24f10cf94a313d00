/** What a token may do, in words. */
import type { AuthorizationJson } from '../client/authorizations.js';
import { RESOURCE_KINDS } from './resource-kinds.js';

type Permission = AuthorizationJson['permissions'][number];

/** A line for each thing that is opened, the actions together. */
export function describePermissions(permissions: readonly Permission[]): string[] {
  const byThing = new Map<string, Set<string>>();
  for (const permission of permissions) {
    const thing = describeThing(permission);
    byThing.set(thing, (byThing.get(thing) ?? new Set()).add(permission.action));
  }
  if (isEverything(permissions)) return ['everything, in every organization (an operator token)'];
  return [...byThing].map(([thing, actions]) => `${[...actions].sort().join(' and ')} ${thing}`);
}

function describeThing({ resource }: Permission): string {
  const { type, id, orgID, name, org } = resource;
  const organization = org ?? orgID;
  const within = organization === undefined ? '' : ` of organization ${organization}`;
  if (id !== undefined) return `${singular(type)} ${name === undefined ? id : `${name} (${id})`}${within}`;
  return organization === undefined ? `all ${type} of all organizations` : `all ${type}${within}`;
}

const singular = (type: string): string => (type === 'orgs' ? 'organization' : type.replace(/s$/, ''));

/** Every kind, both ways, in every organization: an operator's. */
export const isEverything = (permissions: readonly Permission[]): boolean => {
  const held = new Set(
    permissions
      .filter(({ resource: { id, orgID } }) => id === undefined && orgID === undefined)
      .map(({ action, resource }) => action + resource.type),
  );
  return RESOURCE_KINDS.every(({ name }) => held.has(`read${name}`) && held.has(`write${name}`));
};
