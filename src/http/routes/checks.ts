/**
 * Questions about tokens: may one do this, and why not; and what other services ask: what a token is (RFC 7662), its end (RFC 7009), and
 * whether a request may pass (forward authentication).
 */
import type { Explain } from '../../auth/explain.js';
import { UnrevocableTokenError, type Introspection } from '../../auth/introspection.js';
import { Secret } from '../../auth/secret.js';
import type { Actor } from '../../domain/actor.js';
import { decodeAdmission, decodeChecks, encodeExplanation } from '../../wire/explain.js';
import { decodeTokenForm, encodeIntrospection, encodeOAuthError } from '../../wire/oauth.js';
import { empty, json, type Answer, type Route, type RouteRequest } from '../route.js';

export interface CheckDependencies {
  readonly explain: Explain;
  readonly introspection: Introspection;
}

const NO_TOKEN = json(400, encodeOAuthError('invalid_request', 'send the token in the body, as a form: token=...'));

export const checkRoutes = ({ explain, introspection }: CheckDependencies): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/authorizations/check',
    access: 'actor',
    needs: { named: true },
    async handle(actor, { body }) {
      const { authorizationId, token, checks } = decodeChecks(body);
      const subject = { authorizationId, token: token === undefined ? undefined : new Secret(token) };
      const { identity, explanations } = await explain.check(actor, subject, checks);
      return json(200, {
        userID: identity.userId,
        ...(identity.kind === 'token' && { authorizationID: identity.authorizationId, orgID: identity.orgId }),
        checks: explanations.map((explanation) => encodeExplanation(explanation.check, explanation)),
      });
    },
  },
  {
    method: 'POST',
    path: '/api/v2/introspect',
    access: 'actor',
    needs: { named: true },
    async handle(actor, { body }) {
      const token = decodeTokenForm(body);
      if (token === undefined) return NO_TOKEN;
      const found = await introspection.introspect(actor, new Secret(token));
      if (found === undefined) return json(200, encodeIntrospection(undefined));
      const { authorization, identity, opens, userName, organizationName, expiresAtMs } = found;
      return json(
        200,
        encodeIntrospection({
          authorizationId: identity.authorizationId,
          orgID: identity.orgId,
          organizationName,
          userID: identity.userId,
          userName,
          permissions: opens,
          createdAtMs: authorization.createdAtMs,
          expiresAtMs,
        }),
      );
    },
  },
  {
    method: 'POST',
    path: '/api/v2/revoke',
    access: 'actor',
    needs: { named: true },
    async handle(_, request) {
      const token = decodeTokenForm(request.body);
      if (token === undefined) return NO_TOKEN;
      // From here on its own end does not cut the request.
      const actor = await request.confirm();
      try {
        await introspection.revoke(actor, new Secret(token));
      } catch (error) {
        if (!(error instanceof UnrevocableTokenError)) throw error;
        return json(400, encodeOAuthError('unsupported_token_type', error.message));
      }
      return empty(200);
    },
  },
  ...(['GET', 'HEAD'] as const).map((method): Route => ({
    method,
    path: '/api/v2/authorize',
    access: 'actor',
    needs: { named: true },
    handle: (actor, request) => admit(explain, actor, request),
  })),
];

/** Nothing but headers, which a proxy passes on to the service behind it. */
async function admit(explain: Explain, actor: Actor, { query }: RouteRequest): Promise<Answer> {
  const { allowed, decidedBy, authorizationId, user, organization } = await explain.admit(actor, decodeAdmission(query));
  return empty(allowed ? 204 : 403, {
    ...(typeof decidedBy === 'string' && { 'x-sluice-reason': decidedBy }),
    ...(user && { 'x-sluice-user': headerText(user.name), 'x-sluice-user-id': user.id }),
    ...(organization && { 'x-sluice-org': headerText(organization.name), 'x-sluice-org-id': organization.id }),
    ...(authorizationId !== undefined && { 'x-sluice-authorization-id': authorizationId }),
  });
}

/** A header carries printable ASCII: everything else, and the sign of the escape, is percent-encoded UTF-8. */
const headerText = (name: string): string => name.replace(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent);
