/** Authorizations as rows, and back: one row each, with permissions and secrets as JSON. */
import type { ExpressionBuilder } from 'kysely';
import { grantedBy, unscopedPermissions, type Authorization } from '../domain/authorization.js';
import { areConstraints } from '../domain/constraints.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { tokenKindOf } from '../domain/token-kind.js';
import type { Status } from '../domain/user.js';
import { jsonRows } from './aggregates.js';
import { decodeSecret, SECRET_COLUMNS } from './authorization-secrets.js';
import { decodePermissions, PERMISSION_COLUMNS } from './permissions.js';
import type { TellDamage } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

export type AuthorizationRow = Tables['authorizations'];

/** What is read of an authorization itself: not what it is searched and sorted by. */
export const AUTHORIZATION_COLUMNS = [
  'authorizations.id',
  'authorizations.organization_id',
  'authorizations.user_id',
  'authorizations.status',
  'authorizations.description',
  'authorizations.permission_count',
  'authorizations.v1_user',
  'authorizations.ended_at_ms',
  'authorizations.expires_at_ms',
  'authorizations.name',
  'authorizations.constraints',
  'authorizations.created_at_ms',
  'authorizations.updated_at_ms',
] as const;

export interface WholeRow extends Omit<AuthorizationRow, 'description_key' | 'token_kind' | 'is_unscoped' | 'expiry_warned_days'> {
  readonly permissions: string;
  readonly secrets: string;
}

/** What lies in other tables; it comes in the same statement, for one authorization and for a page alike. */
export const partsOf = (eb: ExpressionBuilder<Tables, 'authorizations'>) =>
  [
    eb
      .selectFrom('authorization_permissions')
      .select(jsonRows(PERMISSION_COLUMNS).as('permissions'))
      .whereRef('authorization_id', '=', 'authorizations.id')
      .as('permissions'),
    eb
      .selectFrom('authorization_secrets')
      .select(jsonRows(SECRET_COLUMNS).as('secrets'))
      .whereRef('authorization_id', '=', 'authorizations.id')
      .as('secrets'),
  ] as const;

/** One whose permissions cannot be read grants nothing. */
export function decodeAuthorization(row: WholeRow, tellDamage: TellDamage): Authorization {
  const constraints = row.constraints === null ? undefined : readJson(row.constraints, areConstraints);
  const isUnreadable = constraints === undefined && row.constraints !== null;
  const permissions = isUnreadable ? undefined : decodePermissions(row.permissions, row.permission_count);
  if (permissions === undefined) {
    const what = isUnreadable ? 'constraints' : 'permissions';
    tellDamage({ noun: 'authorization', id: row.id, problem: `its ${what} cannot be read: it grants nothing; create another one` });
  }
  return {
    id: row.id as AuthorizationId,
    orgID: row.organization_id as OrganizationId,
    userID: row.user_id as UserId,
    status: row.status as Status,
    description: row.description,
    name: row.name ?? undefined,
    permissions: permissions ?? [],
    constraints,
    secret: decodeSecret(row.v1_user, row.secrets),
    endedAtMs: row.ended_at_ms ?? undefined,
    expiresAtMs: row.expires_at_ms ?? undefined,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

/** Any row: its keys are the columns in the order in which they are written. */
export const SOME_AUTHORIZATION: AuthorizationRow = {
  id: '',
  organization_id: '',
  user_id: '',
  status: '',
  description: '',
  description_key: '',
  token_kind: '',
  permission_count: 0,
  is_unscoped: 0,
  v1_user: '',
  ended_at_ms: 0,
  expires_at_ms: 0,
  expiry_warned_days: 0,
  name: '',
  constraints: '',
  created_at_ms: 0,
  updated_at_ms: 0,
};

/** The values of a row, in the order of `SOME_AUTHORIZATION`. */
export function encodeAuthorization(authorization: Authorization): readonly unknown[] {
  const {
    id,
    orgID,
    userID,
    status,
    description,
    name,
    permissions,
    constraints,
    secret,
    endedAtMs,
    expiresAtMs,
    createdAtMs,
    updatedAtMs,
  } = authorization;
  return [
    id,
    orgID,
    userID,
    status,
    description,
    description.toLowerCase(),
    tokenKindOf(grantedBy(authorization), orgID),
    permissions.length,
    unscopedPermissions(permissions).length > 0 ? 1 : 0,
    secret.kind === 'v1' ? secret.userName : null,
    endedAtMs ?? null,
    expiresAtMs ?? null,
    null,
    name ?? null,
    constraints === undefined ? null : JSON.stringify(constraints),
    createdAtMs,
    updatedAtMs,
  ];
}
