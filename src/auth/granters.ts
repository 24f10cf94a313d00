/** Users who could make a token that has a permission, as far as the asker can see them. */
import type { Actor } from '../domain/actor.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import type { AskedPermission, PermissionSet } from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';
import { INSTANCE_ID, type User } from '../domain/user.js';
import type { Authenticator } from './authenticate.js';
import { permissionsOf } from './authorize.js';
import { authorizationRights } from './resource-rights.js';
import { userRights } from './tenancy.js';

/** Members of a place whose permissions are looked at, and users who are named. */
const CANDIDATES_MAX = 100;
const GRANTERS_MAX = 20;

interface Candidate {
  readonly user: Pick<User, 'id' | 'name'>;
  readonly permissions: PermissionSet;
}

/** For the questions of one request, which are mostly about one organization. */
export class Granters {
  readonly #store: StoreReader;
  readonly #authenticator: Pick<Authenticator, 'permissionsOfUser'>;
  readonly #actor: Actor;
  readonly #byPlace = new Map<Id, Promise<readonly Candidate[]>>();

  constructor(store: StoreReader, authenticator: Pick<Authenticator, 'permissionsOfUser'>, actor: Actor) {
    this.#store = store;
    this.#authenticator = authenticator;
    this.#actor = actor;
  }

  /** @param home the organization of a token that has it */
  async of(asked: AskedPermission, home: OrganizationId | undefined): Promise<Pick<User, 'id' | 'name'>[]> {
    const { type, id, orgID } = asked.resource;
    const place = type === 'orgs' ? (id as OrganizationId | undefined) : orgID;
    const [owners, operators] = await Promise.all([place === undefined ? [] : this.#ownersOf(place), this.#operators()]);
    const where = place ?? home;
    const found = new Map<UserId, Pick<User, 'id' | 'name'>>();
    for (const { user, permissions } of [...owners, ...operators]) {
      if (found.size === GRANTERS_MAX) break;
      if (!permissions.covers(asked)) continue;
      if (where !== undefined && !permissions.covers(authorizationRights.toCreateIn(where))) continue;
      found.set(user.id, user);
    }
    return [...found.values()];
  }

  #ownersOf(place: OrganizationId): Promise<readonly Candidate[]> {
    return this.#remember(place, () => this.#candidates('orgs', place));
  }

  #operators(): Promise<readonly Candidate[]> {
    return this.#remember(INSTANCE_ID, () => this.#candidates('instance', INSTANCE_ID));
  }

  #remember(place: Id, find: () => Promise<readonly Candidate[]>): Promise<readonly Candidate[]> {
    let candidates = this.#byPlace.get(place);
    if (candidates === undefined) this.#byPlace.set(place, (candidates = find()));
    return candidates;
  }

  async #candidates(type: 'orgs' | 'instance', id: Id): Promise<readonly Candidate[]> {
    const owners = (await this.#store.listMembershipsOfResource(type, id)).filter(({ role }) => role === 'owner');
    const held = permissionsOf(this.#actor);
    const candidates: Candidate[] = [];
    for (const { userId } of owners.filter((owner) => held.covers(userRights.toRead(owner.userId))).slice(0, CANDIDATES_MAX)) {
      const user = await this.#store.findUser(userId);
      if (user?.status !== 'active') continue;
      candidates.push({ user: { id: user.id, name: user.name }, permissions: await this.#authenticator.permissionsOfUser(userId) });
    }
    return candidates;
  }
}
