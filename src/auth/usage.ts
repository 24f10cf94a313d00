/** When tokens were used last: noted in memory on every request, and stored once a minute. InfluxDB does not know. */
import type { TokenActor } from '../domain/actor.js';
import type { TokenSecret } from '../domain/authorization.js';
import type { AuthorizationId, Clock } from '../domain/id.js';
import type { Store, TokenUse } from '../domain/store.js';
import { isInactive } from './authorize.js';
import { hasExpired } from './standing.js';

export const MINUTE_MS = 60_000;
/** More uses than these are stored before the minute is over. */
const PENDING_MAX = 100_000;
/** Uses that are stored in one transaction. */
const BATCH_ROWS = 5_000;

export interface AuthorizationUse {
  /** The latest of all its secrets; undefined: it was never used, as far as is known. */
  readonly latest: TokenUse | undefined;
  /** The secret before the last rotation, while its grace time lasts, or without an end while the rotation awaits confirmation. */
  readonly previous: { readonly expiresAtMs: number | undefined; readonly latest: TokenUse | undefined } | undefined;
}

/** At most one use a secret and minute is kept and stored; what a crash loses is younger than a minute. */
export class TokenUsage {
  readonly #store: Store;
  readonly #clock: Clock;
  /** By the hash of the secret, or by the id of an authorization of the v1-compatible API. */
  readonly #uses = new Map<string, TokenUse>();
  #unstored: TokenUse[] = [];
  #storing: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** On the path of every request: a look into a map, except for the first use in a minute. */
  note(actor: TokenActor, method: string, path: string): void {
    if (isInactive(actor)) return;
    const { authorizationId, tokenHash } = actor;
    const now = this.#clock();
    const usedAtMs = now - (now % MINUTE_MS);
    const key = tokenHash ?? authorizationId;
    if (this.#uses.get(key)?.usedAtMs === usedAtMs) return;
    const use: TokenUse = {
      authorizationId,
      secretHash: tokenHash ?? '',
      usedAtMs,
      address: actor.request.address,
      operation: `${method} ${path}`,
    };
    this.#uses.set(key, use);
    this.#unstored.push(use);
    if (this.#unstored.length === PENDING_MAX) void this.flush().catch(() => undefined);
  }

  /** Fulfilled when everything that was noted before is stored. What cannot be stored is tried again by the next call. */
  flush(): Promise<void> {
    const done = this.#storing.then(() => this.#storeAll());
    this.#storing = done.catch(() => undefined);
    return done;
  }

  async #storeAll(): Promise<void> {
    while (this.#unstored.length > 0) {
      const batch = this.#unstored.slice(0, BATCH_ROWS);
      await this.#store.transaction((writer) => writer.putUses(batch));
      this.#unstored = this.#unstored.slice(batch.length);
    }
    const now = this.#clock();
    for (const [key, { usedAtMs }] of this.#uses) if (now - usedAtMs >= MINUTE_MS) this.#uses.delete(key);
  }

  /** What is stored; call `flush` before. */
  async of(id: AuthorizationId, tokens: readonly TokenSecret[]): Promise<AuthorizationUse> {
    const uses = await this.#store.listUses(id);
    const [, before] = tokens;
    const previous =
      before === undefined || hasExpired(before, this.#clock())
        ? undefined
        : { expiresAtMs: before.expiresAtMs, latest: uses.find(({ secretHash }) => secretHash === before.hash) };
    return { latest: uses[0], previous };
  }
}
