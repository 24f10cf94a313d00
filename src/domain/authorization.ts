/** Authorizations: the stored records of tokens. The secret itself is not part of one, unless hashing is switched off. */
import { effectivePermissions, type Constraints } from './constraints.js';
import type { AuthorizationId, OrganizationId, UserId } from './id.js';
import type { PermissionSet } from './permission.js';
import { isUnscoped, operatorPermissions, type Permission } from './permission.js';
import type { Status } from './user.js';

/** What is stored of one token of an authorization. A rotation keeps two for a while. */
export interface TokenSecret {
  /** `$influxdb2-sha256$<digest>`, or under a key `$sluice-hmac$<scheme>$<digest>`: the token is looked up by it. */
  readonly hash: string;
  /** The token in plain text; only if hashing is off. */
  readonly plainToken?: string | undefined;
  readonly createdAtMs: number;
  /** From this time on it grants nothing; undefined: never. */
  readonly expiresAtMs?: number | undefined;
  /** When somebody showed that it is known to others. */
  readonly leakedAtMs?: number | undefined;
  /** What derived tokens are checked with, encrypted under what comes with them. */
  readonly derivation?: string | undefined;
}

/** Tells the secrets of one authorization apart. It stays when the hash is made with another key: no two are made in one millisecond. */
export const secretIdOf = ({ createdAtMs }: Pick<TokenSecret, 'createdAtMs'>): string => String(createdAtMs);

/** What is stored of the secrets of an authorization. */
export type StoredSecret =
  | {
      readonly kind: 'token';
      /** The newest first. Empty if a downgrade erased the hashes: then the authorization cannot be used. */
      readonly tokens: readonly TokenSecret[];
    }
  | {
      /** An authorization of the v1-compatible API: a name, and a password that may have to be set yet. */
      readonly kind: 'v1';
      readonly userName: string;
      readonly passwordHash?: string | undefined;
    };

export interface Authorization {
  readonly id: AuthorizationId;
  readonly orgID: OrganizationId;
  readonly userID: UserId;
  readonly status: Status;
  readonly description: string;
  /** What a file of tokens knows it by: no other of its organization has it. */
  readonly name?: string | undefined;
  readonly permissions: readonly Permission[];
  /** Never empty; undefined: none. */
  readonly constraints?: Constraints | undefined;
  readonly secret: StoredSecret;
  /** When its user was deleted. From then on it is permanently refused, and can only be deleted. */
  readonly endedAtMs?: number | undefined;
  /** From this time on it grants nothing; undefined: never. */
  readonly expiresAtMs?: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Its permissions with its constraints on what may be read: what it grants. */
export const grantedBy = ({ permissions, constraints }: Pick<Authorization, 'permissions' | 'constraints'>): readonly Permission[] =>
  effectivePermissions(permissions, constraints);

/** The permissions that reach beyond any organization: who changes or ends the authorization must hold them too. */
export const unscopedPermissions = (permissions: readonly Permission[]): Permission[] => permissions.filter(isUnscoped);

const OPERATOR = operatorPermissions();

/** The first operator permission that is missing, or undefined for an operator. */
export const firstMissingOperatorPermission = (permissions: PermissionSet): Permission | undefined => permissions.firstMissing(OPERATOR);

/** It was rotated, and nobody has said yet that the new secret arrived: the one before has no end. */
export const awaitsConfirmation = ({ secret }: Pick<Authorization, 'secret'>): boolean => {
  const before = secret.kind === 'token' ? secret.tokens[1] : undefined;
  return before !== undefined && before.expiresAtMs === undefined;
};

/** Its secret is known to others: it must be rotated before it can be active again. */
export const isLeaked = ({ secret }: Pick<Authorization, 'secret'>): boolean => newestToken(secret)?.leakedAtMs !== undefined;

/** The token that a list or an export shows: the one that was made last. */
export const newestToken = (secret: StoredSecret): TokenSecret | undefined => (secret.kind === 'token' ? secret.tokens[0] : undefined);
