/**
 * The bytes that tokens may write in a day (UTC). They are set aside in the store before they are used, some more than are needed: so no
 * crash and no other server gives any of them twice, and what cannot be set aside is not written.
 */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { Actor } from '../domain/actor.js';
import { DomainError, TryAgainLaterError } from '../domain/errors.js';
import type { AuthorizationId, Clock } from '../domain/id.js';
import type { Store } from '../domain/store.js';

const DAY_MS = 86_400_000;
/** Tokens of which something is set aside; what the first one has left is lost to it. */
const TOKENS_MAX = 10_000;
/** Set aside at a time: at most this, and at most a part of the limit. */
const SHARE_BYTES_MAX = 1024 * 1024;
const SHARES_PER_DAY = 64;

interface SetAside {
  readonly day: number;
  bytes: number;
  /** While more is being set aside. */
  setting: Promise<number> | undefined;
}

export class WrittenBytes {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #left = new BoundedMap<AuthorizationId, SetAside>(TOKENS_MAX);

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Call it before anything is written.
   *
   * @returns undefined where there is no limit, so that nobody else waits
   * @throws DomainError `request too large` for more than a day's bytes; TryAgainLaterError until midnight
   */
  take(actor: Actor, bytes: number): Promise<void> | undefined {
    const max = actor.kind === 'token' ? actor.constraints?.writtenBytesPerDay : undefined;
    return max === undefined || actor.kind !== 'token' ? undefined : this.#take(actor.authorizationId, bytes, max);
  }

  async #take(id: AuthorizationId, bytes: number, max: number): Promise<void> {
    if (bytes > max) throw new DomainError('request too large', `the token may write ${max} bytes a day, and this body has ${bytes}`);
    const now = this.#clock();
    const day = Math.floor(now / DAY_MS);
    const known = this.#left.get(id);
    const left: SetAside = known?.day === day ? known : { day, bytes: 0, setting: undefined };
    if (left !== known) this.#left.setLast(id, left);
    // One after the other: of what many would set aside at once, a crash would lose much.
    while (left.bytes < bytes && left.setting !== undefined) await left.setting.catch(() => undefined);
    const need = bytes - left.bytes;
    if (need <= 0) {
      left.bytes -= bytes;
      return;
    }
    const wish = Math.max(need, Math.min(SHARE_BYTES_MAX, Math.floor(max / SHARES_PER_DAY)));
    left.bytes = 0;
    const setting = this.#store.transaction((writer) => writer.takeWriteBytes(id, { day, need, wish, max }));
    left.setting = setting;
    let granted = 0;
    try {
      granted = await setting;
    } finally {
      left.setting = undefined;
      left.bytes += granted === 0 ? bytes - need : granted - need;
    }
    if (granted > 0) return;
    const seconds = Math.ceil(((day + 1) * DAY_MS - now) / 1000);
    throw new TryAgainLaterError(`the token may write ${max} bytes a day, and today's are used up: wait until midnight UTC`, seconds);
  }
}
