/**
 * Explains decisions: may somebody do this, which permission decides, what is missing, and who could give it. It decides nothing itself:
 * the standing of a token is the authenticator's, and what its permissions cover is asked of them as a request asks.
 */
import type { Actor, Identity, SessionIdentity, TokenIdentity } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import { invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId, Clock, OrganizationId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import type { Permission } from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';
import type { User } from '../domain/user.js';
import { identityOf, refusalOf, type Authenticator, type Refusal } from './authenticate.js';
import { mayReadAuthorization } from './authorizations.js';
import { isAllowed, isInactive, permissionsOf } from './authorize.js';
import { describePermission, type DescribedPermission } from './describe.js';
import { findDeciding } from './deciding-permission.js';
import { Granters } from './granters.js';
import { findNearest, type Nearest } from './nearest-permission.js';
import { resolveAsked, type AskedCheck, type ResolvedCheck } from './resolve-asked.js';
import type { Secret } from './secret.js';
import { lifetimeOfAuthorization, standingOf } from './standing.js';

export const CHECKS_MAX = 100;
/** Permissions may be many: others have their turn after so much work. */
const TURN_MS = 5;

/** Whom the question is about; neither: the actor itself. */
export interface Subject {
  readonly authorizationId?: AuthorizationId | undefined;
  readonly token?: Secret | undefined;
}

/** Why nothing is allowed; or that there is no such resource, where the actor could see one. */
export type Reason = 'inactive' | 'expired' | 'user inactive' | 'no permission' | 'not found';

export interface Explanation {
  readonly check: AskedCheck;
  /** With the id behind a name, where it is no secret to the actor. */
  readonly resource: Permission['resource'];
  readonly allowed: boolean;
  readonly decidedBy: DescribedPermission | Reason;
  /** Where it is not allowed: the permission that comes closest. */
  readonly nearest: { readonly permission: DescribedPermission; readonly lacks: Nearest['lacks'] } | undefined;
  /** Where a permission is missing: users who could make a token that has it. */
  readonly grantableBy: readonly Pick<User, 'id' | 'name'>[];
}

/** Who came with a request, and whether it may pass. */
export interface Admission extends Decision {
  readonly authorizationId: AuthorizationId | undefined;
  readonly user: User | undefined;
  /** Of the token; undefined for a session. */
  readonly organization: Organization | undefined;
}

export interface ExplainedSubject {
  readonly identity: TokenIdentity | SessionIdentity;
  readonly explanations: readonly Explanation[];
}

export interface ExplainDependencies {
  readonly store: StoreReader;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
}

export type Explain = ReturnType<typeof createExplain>;

interface Decision {
  readonly allowed: boolean;
  readonly decidedBy: Permission | Reason;
}

interface Judged {
  readonly identity: TokenIdentity | SessionIdentity;
  /** Undefined: it is valid. */
  readonly reason: Reason | undefined;
}

/** What a refusal is called here. */
const reasonOf = (refusal: Refusal): Reason =>
  refusal === 'expired' ? 'expired' : refusal === 'inactive token' ? 'inactive' : 'user inactive';

export const createExplain = ({ store, clock, authenticator }: ExplainDependencies) => {
  /** @throws DomainError `not found`, for what is unknown and for what the actor cannot read alike */
  async function findReadable(actor: Actor, id: AuthorizationId | undefined): Promise<Authorization> {
    const authorization = id === undefined ? undefined : await store.findAuthorization(id);
    if (authorization === undefined || !mayReadAuthorization(actor, authorization)) throw notFound('authorization not found');
    return authorization;
  }

  async function judge(actor: Actor, { authorizationId, token }: Subject): Promise<Judged> {
    if (authorizationId !== undefined && token !== undefined) throw invalid('give authorizationID or token, not both');
    if (token !== undefined) {
      const verdict = await authenticator.authenticateToken(token);
      if ('identity' in verdict) {
        await findReadable(actor, verdict.identity.authorizationId);
        return { identity: verdict.identity, reason: undefined };
      }
      return { identity: identityOf(await findReadable(actor, verdict.authorizationId)), reason: reasonOf(verdict.refusal) };
    }
    if (authorizationId !== undefined) {
      const authorization = await findReadable(actor, authorizationId);
      const userStatus = (await store.findUser(authorization.userID))?.status;
      const refusal = refusalOf(standingOf(lifetimeOfAuthorization(authorization), userStatus, clock()));
      return { identity: identityOf(authorization), reason: refusal && reasonOf(refusal) };
    }
    if (actor.kind !== 'token' && actor.kind !== 'session') throw invalid('an authorization is needed');
    return { identity: actor, reason: undefined };
  }

  /** What a request of the identity for this would be told. */
  function decide({ identity, reason }: Judged, { asked, isUnknown }: ResolvedCheck): Decision {
    const held = permissionsOf(identity);
    const isCovered = held.covers(asked);
    if (isCovered && reason === undefined) {
      if (isUnknown) return { allowed: false, decidedBy: 'not found' };
      return { allowed: true, decidedBy: held.permissions[findDeciding(held.permissions, asked)] ?? 'no permission' };
    }
    return { allowed: false, decidedBy: reason ?? (isInactive(identity) ? 'inactive' : 'no permission') };
  }

  return {
    /**
     * @throws DomainError `not found` for an authorization or a token that is unknown, or that the actor cannot read; `invalid` for more
     *   questions than 100
     */
    async check(actor: Actor, subject: Subject, checks: readonly AskedCheck[]): Promise<ExplainedSubject> {
      if (checks.length > CHECKS_MAX) throw invalid(`ask for ${CHECKS_MAX} checks at the most`);
      const judged = await judge(actor, subject);
      const { identity } = judged;
      const granters = new Granters(store, authenticator, actor);
      const explanations: Explanation[] = [];
      let turnEndsAtMs = performance.now() + TURN_MS;
      for (const check of checks) {
        const resolved = await resolveAsked(store, actor, check, homeOf(identity));
        const decision = decide(judged, resolved);
        const { asked, shownId } = resolved;
        const { orgID } = asked.resource;
        const nearest = decision.allowed ? undefined : findNearest(identity.permissions.permissions, asked);
        explanations.push({
          check,
          resource: { type: check.resource.type, id: shownId, orgID },
          allowed: decision.allowed,
          decidedBy: typeof decision.decidedBy === 'string' ? decision.decidedBy : await describePermission(store, decision.decidedBy),
          nearest: nearest && { ...nearest, permission: await describePermission(store, nearest.permission) },
          grantableBy: decision.decidedBy === 'no permission' ? await granters.of(asked, homeOf(identity)) : [],
        });
        if (performance.now() < turnEndsAtMs) continue;
        await new Promise((resolve) => setImmediate(resolve));
        turnEndsAtMs = performance.now() + TURN_MS;
      }
      return { identity, explanations };
    },

    /** For another service that asks on behalf of the actor: a request like any other, whose need of a permission counts. */
    async admit(actor: Actor, check: AskedCheck): Promise<Admission> {
      if (actor.kind !== 'token' && actor.kind !== 'session') throw invalid('an authorization is needed');
      const resolved = await resolveAsked(store, actor, check, homeOf(actor));
      isAllowed(actor, resolved.asked);
      const home = homeOf(actor);
      return {
        ...decide({ identity: actor, reason: undefined }, resolved),
        authorizationId: actor.kind === 'token' ? actor.authorizationId : undefined,
        user: await store.findUser(actor.userId),
        organization: home && (await store.findOrganization(home)),
      };
    },
  };
};

/** Where names are looked for that say nothing else. */
const homeOf = (identity: Identity): OrganizationId | undefined => (identity.kind === 'token' ? identity.orgId : undefined);
