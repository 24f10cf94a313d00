/** Set-up: the first user, organization, bucket and operator token, all of them or none. */
import { authorizationEvent, recordEvent } from '../auth/audit.js';
import type { Authorizations } from '../auth/authorizations.js';
import type { PasswordChecks } from '../auth/password-checks.js';
import { checkPasswordRules } from '../auth/passwords.js';
import type { Secret } from '../auth/secret.js';
import { checkChosenToken } from '../auth/token.js';
import { systemActor } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import { singleRetentionRule, type Bucket } from '../domain/bucket.js';
import { conflict, unprocessable } from '../domain/errors.js';
import type { Clock, IdGenerator, OrganizationId, UserId } from '../domain/id.js';
import { checkOrganizationName, type Organization } from '../domain/organization.js';
import type { Store } from '../domain/store.js';
import { checkUserName, INSTANCE_ID, type User } from '../domain/user.js';
import type { Organizations } from './organizations.js';
import { bucketKind } from '../kinds/buckets.js';

export interface SetupInput {
  readonly username: string;
  /** Undefined: the user cannot sign in until a password is set. */
  readonly password: Secret | undefined;
  readonly org: string;
  readonly bucket: string;
  /** 0: for ever. */
  readonly retentionSeconds: number;
  /** The operator token; undefined: one is generated. */
  readonly token: Secret | undefined;
}

export interface SetupResult {
  readonly user: User;
  readonly organization: Organization;
  readonly bucket: Bucket;
  readonly authorization: Authorization;
  /** To be shown in the one response that answers the set-up. */
  readonly secret: Secret;
}

export interface SetupDependencies {
  readonly store: Store;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly organizations: Organizations;
  readonly authorizations: Authorizations;
  readonly passwords: PasswordChecks;
  readonly strongPasswords: boolean;
}

const ACTOR = systemActor('setup');

export type Setup = ReturnType<typeof createSetup>;

/** No users exist yet, so nothing is authorized: the first request sets up the server. */
export const createSetup = ({ store, ids, clock, organizations, authorizations, passwords, strongPasswords }: SetupDependencies) => {
  const isAllowed = async (): Promise<boolean> => !(await store.hasAnyUserOrOrganization());
  const done = () => conflict('onboarding has already been completed');

  return {
    isAllowed,

    /**
     * @throws DomainError `conflict` if another request was faster, even at the same moment; in InfluxDB's order and words for missing or
     * invalid input, and then nothing has been created (InfluxDB leaves a user and an organization)
     */
    async run(input: SetupInput): Promise<SetupResult> {
      if (!(await isAllowed())) throw done();
      const missing = (['username', 'org', 'bucket'] as const).filter((field) => input[field] === '');
      if (missing.length > 0) throw unprocessable(`onboarding failed: missing required fields [${missing.join(',')}]`);
      if (input.password !== undefined) checkPasswordRules(input.password, strongPasswords);
      if (input.token !== undefined) checkChosenToken(input.token.reveal());
      checkUserName(input.username);
      checkOrganizationName(input.org);

      const now = clock();
      const user: User = { id: ids<UserId>(), name: input.username, status: 'active' };
      const bucketOf = (orgID: OrganizationId): Bucket =>
        bucketKind.build(
          {
            orgID,
            name: input.bucket,
            description: '',
            retentionPolicyName: '',
            retentionRule: singleRetentionRule([{ everySeconds: input.retentionSeconds }]),
          },
          { id: ids(), orgID, nowMs: now, newId: () => ids() },
        );
      // Refused before the password is hashed, which takes a while.
      bucketOf(INSTANCE_ID as OrganizationId);
      const passwordHash = input.password && (await passwords.hash('set-up', input.password));

      return store.transaction(async (writer) => {
        // Asked again where nothing can come in between.
        if (await writer.hasAnyUserOrOrganization()) throw done();
        await writer.insertUser(user);
        if (passwordHash !== undefined) await writer.putPasswordHash(user.id, passwordHash);
        const organization = await organizations.insert(writer, input.org, '', user.id);
        await writer.insertMembership({ resourceType: 'instance', resourceId: INSTANCE_ID, userId: user.id, role: 'owner' });
        const bucket = bucketOf(organization.id);
        await writer.resources(bucketKind).insert(bucket);
        const description = `${user.name}'s Token`;
        const { authorization, secret } = authorizations.mintOperator(
          { orgID: organization.id, userID: user.id, description },
          input.token,
        );
        await writer.insertAuthorization(authorization);
        await recordEvent(writer, ACTOR, now, {
          action: 'setup.completed',
          resource: { type: 'orgs', id: organization.id, name: organization.name },
          orgID: organization.id,
          details: { userID: user.id, authorizationID: authorization.id },
        });
        await recordEvent(writer, ACTOR, now, authorizationEvent('authorization.created', authorization));
        return { user, organization, bucket, authorization, secret };
      });
    },
  };
};
