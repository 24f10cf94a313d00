/** Users and their passwords: reading and changing them. */
import { recordEvent, type AuditEvent } from '../auth/audit.js';
import { guardUnconstrained } from '../auth/constraints.js';
import { authorize, readableScope } from '../auth/authorize.js';
import type { PasswordChecks } from '../auth/password-checks.js';
import { checkPasswordRules } from '../auth/passwords.js';
import { listOwnPermissions, rolePermissions } from '../auth/roles.js';
import type { Secret } from '../auth/secret.js';
import type { Sessions } from '../auth/sessions.js';
import { userRights } from '../auth/tenancy.js';
import { transactionBy } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { DomainError, conflict, forbidden, invalid, notFound } from '../domain/errors.js';
import type { Clock, IdGenerator, UserId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { Page } from '../domain/page.js';
import type { Permission } from '../domain/permission.js';
import { DuplicateError, type Store } from '../domain/store.js';
import { checkUserName, isStatus, type Status, type User } from '../domain/user.js';

export interface UserDependencies {
  readonly store: Store;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly passwords: PasswordChecks;
  readonly strongPasswords: boolean;
}

export type Users = ReturnType<typeof createUsers>;

export const createUsers = ({ store, ids, clock, sessions, passwords, strongPasswords }: UserDependencies) => {
  /**
   * Sets a password and ends the user's sessions, but for the one that asked.
   *
   * @param known the hash that the old password was right for, where it was asked for: another must not have come in between
   */
  async function storePassword(actor: Actor, userId: UserId, password: Secret, known?: string): Promise<void> {
    checkPasswordRules(password, strongPasswords);
    const hash = await passwords.hash(actor.kind === 'system' ? actor.kind : actor.userId, password);
    const spared = actor.kind === 'session' && actor.userId === userId ? actor.sessionHash : undefined;
    await transactionBy({ store, clock }, authorize(actor, userRights.toWrite(userId)), async (writer) => {
      if ((await writer.findUser(userId)) === undefined) throw forbidden('your userID is incorrect');
      if (known !== undefined && (await writer.findPasswordHash(userId)) !== known) throw wrongPassword();
      await writer.putPasswordHash(userId, hash);
      await writer.deleteSessionsOfUser(userId, spared);
      await recordEvent(writer, actor, clock(), { action: 'password.changed', resource: { type: 'users', id: userId } });
    });
  }

  return {
    async create(
      actor: Actor,
      { name, status, oauthID }: { readonly name: string; readonly status?: string | undefined; readonly oauthID?: string | undefined },
    ): Promise<User> {
      const clearance = authorize(actor, userRights.toCreate());
      // InfluxDB's store has no place for a user without a name.
      if (name === '') throw new DomainError('empty value', 'key required');
      checkUserName(name);
      if (oauthID !== undefined) checkNewName('oauthID', oauthID);
      const user: User = { id: ids<UserId>(), name, status: checkStatus(status ?? ''), ...(oauthID === undefined ? {} : { oauthID }) };
      try {
        await transactionBy({ store, clock }, clearance, async (writer) => {
          await writer.insertUser(user);
          await recordEvent(writer, actor, clock(), userEvent('user.created', user));
        });
      } catch (error) {
        throw nameTaken(error, name);
      }
      return user;
    },

    async find(actor: Actor, id: UserId): Promise<User> {
      const user = await store.findUser(id);
      if (user === undefined) throw notFound('user not found');
      authorize(actor, userRights.toRead(id));
      return user;
    },

    /** One that is asked for by id or name is `not found` when there is none; the id beats the name. */
    async list(actor: Actor, query: { readonly id?: UserId | undefined; readonly name?: string | undefined }, page: Page): Promise<User[]> {
      const readable = readableScope(actor, 'users');
      const { id, name } = query;
      if (id === undefined && name === undefined) return store.listUsers({ readable }, page);
      const user = id !== undefined ? await store.findUser(id) : await store.findUserByName(name ?? '');
      if (user === undefined) throw notFound('user not found');
      return store.listUsers({ readable, id: user.id }, { ...page, offset: 0, after: undefined });
    },

    async update(
      actor: Actor,
      id: UserId,
      change: { readonly name?: string | undefined; readonly status?: string | undefined },
    ): Promise<User> {
      const known = await store.findUser(id);
      if (known === undefined) throw notFound('user not found');
      const clearance = authorize(actor, userRights.toWrite(id));
      const status = change.status === undefined ? undefined : checkStatus(change.status);
      if (change.name !== undefined && change.name !== known.name) checkUserName(change.name);
      try {
        return await transactionBy({ store, clock }, clearance, async (writer) => {
          const current = await writer.findUser(id);
          if (current === undefined) throw notFound('user not found');
          const user: User = { ...current, name: change.name ?? current.name, status: status ?? current.status };
          await writer.updateUser(user);
          const details = { ...(user.name === current.name ? {} : { name: user.name }), status: user.status };
          await recordEvent(writer, actor, clock(), { ...userEvent('user.changed', current), details });
          return user;
        });
      } catch (error) {
        throw nameTaken(error, change.name ?? '');
      }
    },

    /** Deletes the user's roles and password, too; the user's tokens are revoked in the same transaction. */
    async remove(actor: Actor, id: UserId): Promise<void> {
      const known = await store.findUser(id);
      if (known === undefined) throw notFound('user not found');
      const clearance = authorize(actor, userRights.toWrite(id));
      const removed = await transactionBy({ store, clock }, clearance, async (writer) => {
        const isThere = await writer.deleteUser(id, clock());
        if (isThere) await recordEvent(writer, actor, clock(), userEvent('user.deleted', known));
        return isThere;
      });
      if (!removed) throw notFound('user not found');
    },

    /** The permissions of the user's roles; sessions also have those of the user's active tokens. */
    async listPermissions(actor: Actor, id: UserId): Promise<Permission[]> {
      if ((await store.findUser(id)) === undefined) throw notFound('user not found');
      authorize(actor, userRights.toRead(id));
      return rolePermissions(store, id);
    },

    listOwnPermissions,

    async setPassword(actor: Actor, id: UserId, password: Secret): Promise<void> {
      authorize(actor, userRights.toWrite(id));
      guardUnconstrained(actor);
      await storePassword(actor, id, password);
    },

    /**
     * Sets a password for one who knows the old one.
     *
     * @throws DomainError `forbidden` for a wrong old password, TryAgainLaterError after several in a row
     */
    async changePassword(actor: Actor, id: UserId, address: string, old: Secret, password: Secret): Promise<void> {
      authorize(actor, userRights.toWrite(id));
      const user = await store.findUser(id);
      const verified = await sessions.verifyPassword(address, user?.name ?? '', old, user);
      if (verified === undefined) throw wrongPassword();
      await storePassword(actor, id, password, verified.passwordHash);
    },
  };
};

const userEvent = (action: AuditEvent['action'], { id, name }: User): AuditEvent => ({ action, resource: { type: 'users', id, name } });

const wrongPassword = () => forbidden('your username or password is incorrect');

function checkStatus(text: string): Status {
  if (text === '') return 'active';
  if (!isStatus(text)) throw invalid('invalid status: must be active or inactive');
  return text;
}

const nameTaken = (error: unknown, name: string): unknown =>
  error instanceof DuplicateError ? conflict(`user with name ${name} already exists`) : error;
