/**
 * What was refused, in the audit log: the first of a kind at once, then a summary a minute with a count. Noting is a look into a map;
 * all is stored in the background, in bounded amounts, however much is refused.
 */
import type { AuditEntry, RefusedRequest } from '../domain/audit.js';
import type { Clock } from '../domain/id.js';
import type { Store, StoreWriter } from '../domain/store.js';
import { Allowance } from '../bounded/allowance.js';
import { MINUTE_MS } from './usage.js';

/** Kinds that are counted apart; what is beyond is counted together. */
const KINDS_MAX = 5_000;
/** Records of known tokens and users: at once, and per minute. */
const KNOWN_RECORDS = { burst: 1_000, perMinute: 100 };
/** Records of strangers, who can make up as many kinds as there are routes. */
const STRANGE_RECORDS = { burst: 100, perMinute: 10 };
/** Refused requests that are kept one by one. */
const KEPT_REQUESTS = { burst: 1_000, perMinute: 6_000 };
/** Records that wait while the store cannot take them. */
const WAITING_MAX = 2_000;
const STORE_DELAY_MS = 200;
const BATCH_ROWS = 500;

export interface NotedRefusal {
  /** What is counted together: a token and a route, for example. */
  readonly kind: string;
  /** Whether it is about a token or a user that there is. */
  readonly isKnown: boolean;
  readonly entry: AuditEntry;
}

interface Window {
  startedAtMs: number;
  /** Of those since the record that was written last. */
  count: number;
  latest: AuditEntry;
}

export interface RefusalLogDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Told once a minute at the most. */
  readonly onFailure: (error: unknown) => void;
}

export class RefusalLog {
  readonly #dependencies: RefusalLogDependencies;
  readonly #windows = new Map<string, Window>();
  readonly #known: Allowance;
  readonly #strange: Allowance;
  readonly #keptRequests: Allowance;
  readonly #failures: Allowance;
  #records: AuditEntry[] = [];
  #requests: RefusedRequest[] = [];
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> = Promise.resolve();

  constructor(dependencies: RefusalLogDependencies) {
    this.#dependencies = dependencies;
    const { clock } = dependencies;
    this.#known = new Allowance(KNOWN_RECORDS, clock);
    this.#strange = new Allowance(STRANGE_RECORDS, clock);
    this.#keptRequests = new Allowance(KEPT_REQUESTS, clock);
    this.#failures = new Allowance({ burst: 1, perMinute: 1 }, clock);
  }

  note({ kind, isKnown, entry }: NotedRefusal): void {
    const window = this.#windows.get(kind);
    if (window === undefined && this.#windows.size < KINDS_MAX && this.#take(isKnown)) {
      this.#windows.set(kind, { startedAtMs: entry.timeMs, count: 0, latest: entry });
      this.#records.push(entry);
    } else {
      this.#count(window ?? this.#othersOf(isKnown, entry), entry);
      const { requestId } = entry;
      if (requestId !== undefined && this.#keptRequests.take()) this.#requests.push({ ...entry, requestId });
    }
    this.#storeSoon();
  }

  /** Writes the summaries that are due; to be called at intervals below a minute. */
  async summarize(): Promise<void> {
    this.#endWindows(this.#dependencies.clock() - MINUTE_MS);
    await this.flush();
  }

  /** Fulfilled when everything that was noted before is stored. What cannot be stored is tried again later. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const done = this.#storing.then(() => this.#storeAll());
    this.#storing = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    this.#endWindows(Number.POSITIVE_INFINITY);
    await this.flush();
  }

  #take(isKnown: boolean): boolean {
    return this.#records.length < WAITING_MAX && (isKnown ? this.#known : this.#strange).take();
  }

  /** Counts together what no record of its own is left for. */
  #othersOf(isKnown: boolean, entry: AuditEntry): Window {
    const kind = isKnown ? 'others' : 'other strangers';
    let window = this.#windows.get(kind);
    if (window === undefined) {
      const latest: AuditEntry = {
        ...entry,
        actor: { kind: 'unknown' },
        resource: undefined,
        orgID: undefined,
        reason: 'of several kinds',
      };
      this.#windows.set(kind, (window = { startedAtMs: entry.timeMs, count: 0, latest }));
    }
    return window;
  }

  #count(window: Window, entry: AuditEntry): void {
    window.count++;
    if (window.latest.reason !== 'of several kinds') window.latest = entry;
  }

  /** Ends the windows that began before, or begins them anew where something was counted. */
  #endWindows(beforeMs: number): void {
    const now = this.#dependencies.clock();
    for (const [kind, window] of this.#windows) {
      // A clock that was set back must not keep any for longer.
      if (window.startedAtMs > beforeMs && window.startedAtMs <= now) continue;
      const { count, latest } = window;
      const isOthers = latest.reason === 'of several kinds';
      if (count === 0) {
        this.#windows.delete(kind);
        continue;
      }
      const isKnown = latest.actor.kind !== 'unknown';
      if (!isOthers && !this.#take(isKnown)) {
        this.#windows.delete(kind);
        this.#othersOf(isKnown, latest).count += count;
        continue;
      }
      window.startedAtMs = now;
      window.count = 0;
      this.#records.push({ ...latest, timeMs: now, requestId: undefined, details: { ...latest.details, count } });
    }
  }

  #storeSoon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.flush().catch((error: unknown) => {
        if (this.#failures.take()) this.#dependencies.onFailure(error);
      });
    }, STORE_DELAY_MS);
    this.#timer.unref();
  }

  async #storeAll(): Promise<void> {
    const { store } = this.#dependencies;
    while (this.#records.length > 0) {
      const batch = this.#records.slice(0, BATCH_ROWS);
      await store.transaction(async (writer) => {
        for (const entry of batch) await writer.appendAudit(await withOwner(writer, entry));
      });
      this.#records = this.#records.slice(batch.length);
    }
    while (this.#requests.length > 0) {
      const batch = this.#requests.slice(0, BATCH_ROWS);
      await store.transaction((writer) => writer.putRefusedRequests(batch));
      this.#requests = this.#requests.slice(batch.length);
    }
  }
}

/** Of credentials that were refused only the authorization is known. */
async function withOwner(writer: StoreWriter, entry: AuditEntry): Promise<AuditEntry> {
  const { authorizationId } = entry.actor;
  if (authorizationId === undefined || entry.orgID !== undefined) return entry;
  const authorization = await writer.findAuthorization(authorizationId);
  if (authorization === undefined) return entry;
  return { ...entry, orgID: authorization.orgID, actor: { ...entry.actor, userId: authorization.userID } };
}
