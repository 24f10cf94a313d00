/** What a derived token grants: what its parent grants on buckets at this moment, less what its caveats take away. */
import type { TokenIdentity } from '../domain/actor.js';
import { grantedBy, type Authorization } from '../domain/authorization.js';
import type { OrganizationId } from '../domain/id.js';
import { isAction, PermissionSet, permissionFor, type Permission } from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import type { Caveat } from './derived-tokens.js';
import { areWithin } from './networks.js';

export interface NarrowedRights extends Pick<TokenIdentity, 'permissions' | 'constraints'> {
  readonly expiresAtMs: number | undefined;
}

/**
 * Permissions for anything but buckets are left out: with them the holder could make what outlives the derived token, such as tokens and
 * tasks.
 */
export async function narrowRights(store: StoreReader, authorization: Authorization, caveats: readonly Caveat[]): Promise<NarrowedRights> {
  let permissions = grantedBy(authorization).filter(({ resource }) => resource.type === 'buckets');
  let cidrs = authorization.constraints?.cidrs;
  let expiresAtMs: number | undefined;
  for (const caveat of caveats) {
    if (caveat.permissions !== undefined) permissions = await narrowTo(store, permissions, caveat.permissions, authorization.orgID);
    if (caveat.cidrs !== undefined) cidrs = cidrs === undefined ? caveat.cidrs : intersect(cidrs, caveat.cidrs);
    expiresAtMs = Math.min(expiresAtMs ?? Number.POSITIVE_INFINITY, caveat.expiresAtMs ?? Number.POSITIVE_INFINITY);
  }
  const constraints = cidrs === undefined ? authorization.constraints : { ...authorization.constraints, cidrs };
  return {
    permissions: new PermissionSet(permissions),
    ...(constraints !== undefined && { constraints }),
    expiresAtMs: expiresAtMs === Number.POSITIVE_INFINITY ? undefined : expiresAtMs,
  };
}

/** Each keeps the points that it is limited to. A bucket that is not there adds nothing. */
async function narrowTo(
  store: StoreReader,
  held: readonly Permission[],
  wanted: NonNullable<Caveat['permissions']>,
  orgID: OrganizationId,
): Promise<Permission[]> {
  const buckets = store.resources(bucketKind);
  const narrowed: Permission[] = [];
  for (const { action, bucket: named } of wanted) {
    const bucket = (await buckets.findByName(orgID, named)) ?? (isIdLike(named) ? await buckets.find(named) : undefined);
    if (bucket?.orgID !== orgID || !isAction(action)) continue;
    const one = permissionFor(action, 'buckets', bucket.id, orgID);
    for (const { match, ...whole } of held) {
      if (new PermissionSet([whole]).covers(one)) narrowed.push(match === undefined ? one : { ...one, match });
    }
  }
  return narrowed;
}

const isIdLike = (text: string): boolean => /^[0-9a-f]{16}$/.test(text);

/** The networks of both; none where they have nothing in common. */
const intersect = (a: readonly string[], b: readonly string[]): string[] =>
  a.flatMap((one) => b.flatMap((other) => (areWithin([one], [other]) ? [one] : areWithin([other], [one]) ? [other] : [])));
