/**
 * When tokens were used last, and which of their permissions: noted in memory on every request, and stored once a minute. InfluxDB knows
 * neither.
 */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { NeededPermissions, TokenActor } from '../domain/actor.js';
import { secretIdOf, type Authorization } from '../domain/authorization.js';
import type { Clock } from '../domain/id.js';
import type { Permission } from '../domain/permission.js';
import type { PermissionUse, Store, TokenUse } from '../domain/store.js';
import { isInactive } from './authorize.js';
import { DAY_MS } from './permission-needs.js';
import { hasExpired } from './standing.js';

export const MINUTE_MS = 60_000;
/** Secrets whose last use is kept in memory: those used in the last minutes, and while the store fails those that cannot be stored. */
const NOTES_MAX = 100_000;
/** Uses that are stored in one transaction. */
const BATCH_ROWS = 5_000;
/** A request may still need permissions when its minute is over. */
const KEPT_MS = 2 * MINUTE_MS;
/** Work on many notes lets requests have their turn after so much. */
const TURN_MS = 5;
/** A permission that was not needed for so long is told as unused. */
export const UNUSED_MS = 90 * DAY_MS;

export interface AuthorizationUse {
  /** The latest of all its secrets; undefined: it was never used, as far as is known. */
  readonly latest: TokenUse | undefined;
  /** The secret before the last rotation, while its grace time lasts, or without an end while the rotation awaits confirmation. */
  readonly previous: { readonly expiresAtMs: number | undefined; readonly latest: TokenUse | undefined } | undefined;
  /** Its permissions that no request has needed since. */
  readonly unusedPermissions: readonly Permission[];
  /** 90 days ago, or when it was made, or when the server began to look at it: whichever was last. */
  readonly unusedSinceMs: number;
}

interface Note {
  readonly use: TokenUse;
  readonly needs: NeededPermissions | undefined;
  isStored: boolean;
}

/** At most one use a secret and minute is kept and stored; what a crash loses is younger than a minute. */
export class TokenUsage {
  readonly #store: Store;
  readonly #clock: Clock;
  /** By the ids of the authorization and its secret, or by the id of an authorization of the v1-compatible API. */
  readonly #notes = new BoundedMap<string, Note>(NOTES_MAX);
  #storing: Promise<void> = Promise.resolve();
  #beganAtMs: number | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** On the path of every request: a look into a map, except for the first use in a minute. */
  note(actor: TokenActor, method: string, path: string): void {
    if (isInactive(actor)) return;
    const { authorizationId, secretId, needs } = actor;
    const now = this.#clock();
    const usedAtMs = now - (now % MINUTE_MS);
    const key = secretId === undefined ? authorizationId : `${authorizationId} ${secretId}`;
    const known = this.#notes.get(key);
    if (known?.use.usedAtMs === usedAtMs && known.needs === needs) return;
    needs?.startDay(Math.floor(now / DAY_MS));
    const use: TokenUse = {
      authorizationId,
      secretId: secretId ?? '',
      usedAtMs,
      address: actor.request.address,
      operation: `${method} ${path}`,
    };
    this.#notes.setLast(key, { use, needs, isStored: false });
  }

  /** Fulfilled when everything that was noted before is stored. What cannot be stored is tried again by the next call. */
  flush(): Promise<void> {
    const done = this.#storing.then(() => this.#storeAll());
    this.#storing = done.catch(() => undefined);
    return done;
  }

  async #storeAll(): Promise<void> {
    await this.#findBeginning();
    const notes = [...this.#notes.values()];
    const unstored = notes.filter(({ isStored }) => !isStored);
    for (let start = 0; start < unstored.length; start += BATCH_ROWS) {
      const batch = unstored.slice(start, start + BATCH_ROWS);
      await this.#store.transaction((writer) => writer.putUses(batch.map(({ use }) => use)));
      for (const note of batch) note.isStored = true;
    }
    await this.#storeNeeds(notes);
    const now = this.#clock();
    for (const [key, { use, isStored }] of this.#notes) if (isStored && now - use.usedAtMs >= KEPT_MS) this.#notes.delete(key);
  }

  async #storeNeeds(notes: readonly Note[]): Promise<void> {
    const now = this.#clock();
    const neededAtMs = now - (now % DAY_MS);
    let rows: PermissionUse[] = [];
    let taken: (() => void)[] = [];
    const store = async (): Promise<void> => {
      const [uses, settle] = [rows, taken];
      [rows, taken] = [[], []];
      if (uses.length > 0) await this.#store.transaction((writer) => writer.putPermissionUses(uses));
      for (const each of settle) each();
    };
    let turnEndsAtMs = performance.now() + TURN_MS;
    for (const { use, needs } of notes) {
      const positions = needs?.listUnstored() ?? [];
      for (const position of positions) rows.push({ authorizationId: use.authorizationId, position, neededAtMs });
      if (positions.length > 0) taken.push(() => needs?.noteStored(positions));
      if (rows.length >= BATCH_ROWS) await store();
      if (performance.now() < turnEndsAtMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turnEndsAtMs = performance.now() + TURN_MS;
    }
    await store();
  }

  /** What was needed before the server looked is not known. */
  async #findBeginning(): Promise<number> {
    if (this.#beganAtMs !== undefined) return this.#beganAtMs;
    const stored = await this.#store.findFact('permission uses since');
    const began = stored === undefined ? this.#clock() : Number(stored);
    if (stored === undefined) await this.#store.transaction((writer) => writer.putFact('permission uses since', String(began)));
    this.#beganAtMs = began;
    return began;
  }

  /** What is stored; call `flush` before. */
  async of({ id, secret, permissions, createdAtMs }: Authorization): Promise<AuthorizationUse> {
    const uses = await this.#store.listUses(id);
    const [, before] = secret.kind === 'token' ? secret.tokens : [];
    const now = this.#clock();
    const previous =
      before === undefined || hasExpired(before, now)
        ? undefined
        : { expiresAtMs: before.expiresAtMs, latest: uses.find(({ secretId }) => secretId === secretIdOf(before)) };
    const unusedSinceMs = Math.max(now - UNUSED_MS, createdAtMs, await this.#findBeginning());
    const firstDayMs = now - UNUSED_MS - DAY_MS;
    const stored = await this.#store.listPermissionUses(id);
    const needed = new Set(stored.filter(({ neededAtMs }) => neededAtMs >= firstDayMs).map(({ position }) => position));
    const unusedPermissions = permissions.filter((_, position) => !needed.has(position));
    return { latest: uses[0], previous, unusedPermissions, unusedSinceMs };
  }
}
