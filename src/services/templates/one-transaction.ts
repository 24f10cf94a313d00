/**
 * Runs many operations of services as one transaction. The services are the same as elsewhere, over a store whose transactions are parts of
 * this one, so that each asks for the rights that it always asks for, and a refusal undoes all of it.
 */
import { authorize } from '../../auth/authorize.js';
import type { Sealer } from '../../auth/sealer.js';
import { transactionBy } from '../../auth/transactions.js';
import type { Actor } from '../../domain/actor.js';
import { conflict, DomainError } from '../../domain/errors.js';
import type { BucketId, Clock, Id, IdGenerator } from '../../domain/id.js';
import type { KindType } from '../../domain/kind.js';
import type { SeriesEngine } from '../../domain/series.js';
import type { Store, StoreWriter } from '../../domain/store.js';
import type { TaskScript } from '../../domain/task.js';
import { KINDS } from '../../kinds/index.js';
import { serveKinds, type ServedKind } from '../kinds.js';
import { createLabelsOnResources, type LabelsOnResources } from '../labels-on-resources.js';
import type { ReplicationDependencies } from '../replications.js';
import { createSecrets, type Secrets } from '../secrets.js';
import type { TaskScripts } from '../task-scripts.js';
import { createTasks, type Tasks } from '../tasks.js';

export interface OneTransactionDependencies extends Pick<ReplicationDependencies, 'queues' | 'remoteWrites'> {
  readonly store: Store;
  readonly engine: Pick<SeriesEngine, 'dropBucket'>;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly scripts: TaskScripts;
}

/** The services of one transaction, and the transaction itself for what they do not store. */
export interface JoinedServices {
  readonly served: (type: KindType) => ServedKind;
  readonly tasks: Tasks;
  readonly labels: LabelsOnResources;
  readonly secrets: Secrets;
  readonly writer: StoreWriter;
  readonly newId: () => Id;
  readonly nowMs: number;
}

/** How often what is read before the transaction may turn out to be something else within it. */
const ATTEMPTS_MAX = 4;

/** The services over a store, as they are or as a part of a transaction. */
export function servicesOver(store: Store, dependencies: Omit<OneTransactionDependencies, 'store'>) {
  const { ids, clock, sealer, scripts } = dependencies;
  const kinds = new Map(serveKinds(KINDS, { ...dependencies, store }).map((served) => [served.kind.type, served]));
  return {
    served(type: KindType): ServedKind {
      const served = kinds.get(type);
      if (served === undefined) throw new Error(`there is no service of ${type}`);
      return served;
    },
    tasks: createTasks({ store, ids, clock, scripts }),
    labels: createLabelsOnResources({ store, clock }),
    secrets: createSecrets({ store, clock, sealer }),
  };
}

/**
 * Scripts are read in other threads, for which no transaction may wait. The first attempt notes the scripts that it needs, stands in for
 * them, and is undone; they are read, and the next attempt finds them. Ids and the time stay the same from attempt to attempt, so that it
 * asks for the same.
 *
 * @throws DomainError as the services do, and `conflict` when others change what it works on all the time
 */
export async function inOneTransaction<T>(
  dependencies: OneTransactionDependencies,
  actor: Actor,
  work: (services: JoinedServices) => Promise<T>,
): Promise<T> {
  const { store, engine, clock } = dependencies;
  const nowMs = clock();
  const ids = new RepeatedIds(dependencies.ids);
  const scripts = new ScriptsAhead(dependencies.scripts);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    ids.restart();
    const dropped: BucketId[] = [];
    try {
      const result = await transactionBy({ store, clock }, authorize(actor), async (writer) => {
        const services = servicesOver(joinTransaction(writer), {
          ...dependencies,
          ids: ids.next,
          clock: () => nowMs,
          scripts: scripts.known,
          // The points of a bucket go when its deletion is certain.
          engine: { dropBucket: (id) => Promise.resolve(void dropped.push(id)) },
        });
        const made = await work({ ...services, writer, newId: ids.next, nowMs });
        if (scripts.isMissingSome) throw new Rehearsed();
        return made;
      });
      for (const id of dropped) await engine.dropBucket(id);
      return result;
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error;
      await scripts.read();
    }
  }
  throw conflict('what the template changes is being changed by others: try again');
}

/** Ends an attempt that was without some scripts. */
class Rehearsed extends Error {}

/** Changes are parts of the transaction, and reads see them. */
const joinTransaction = (writer: StoreWriter): Store => ({
  ...writer,
  transaction: (work) => writer.part(work),
  onChange: () => undefined,
  onDamage: () => undefined,
  close: () => Promise.resolve(),
});

/** The same ids in each attempt, in the same order. */
class RepeatedIds {
  readonly #make: IdGenerator;
  readonly #made: Id[] = [];
  #at = 0;

  constructor(make: IdGenerator) {
    this.#make = make;
  }

  restart(): void {
    this.#at = 0;
  }

  readonly next: IdGenerator = <T extends Id>(): T => {
    const id = this.#made[this.#at] ?? this.#make();
    this.#made[this.#at++] = id;
    return id as T;
  };
}

const STAND_IN: TaskScript = { flux: '', name: 'script', every: '1h', cron: '', offset: '', concurrency: 1, retry: 1 };
/** Scripts that are read at once: they take turns with the queries of the same user. */
const READ_AT_ONCE = 4;

/** Scripts that have been read, and those that were asked for before they were. */
class ScriptsAhead {
  readonly #scripts: TaskScripts;
  readonly #read = new Map<string, { readonly script: TaskScript } | { readonly refusal: DomainError }>();
  readonly #missing = new Map<string, () => Promise<TaskScript>>();

  constructor(scripts: TaskScripts) {
    this.#scripts = scripts;
  }

  get isMissingSome(): boolean {
    return this.#missing.size > 0;
  }

  readonly known: TaskScripts = {
    read: (actor, flux, edits) => this.#find(['task', flux, edits], () => this.#scripts.read(actor, flux, edits)),
    readCheck: (actor, check) => this.#find(['check', check], () => this.#scripts.readCheck(actor, check)),
    readRule: (actor, rule, endpoint) => this.#find(['rule', rule, endpoint], () => this.#scripts.readRule(actor, rule, endpoint)),
  };

  #find(asked: unknown, read: () => Promise<TaskScript>): Promise<TaskScript> {
    const key = JSON.stringify(asked);
    const found = this.#read.get(key);
    if (found === undefined) {
      this.#missing.set(key, read);
      return Promise.resolve(STAND_IN);
    }
    return 'refusal' in found ? Promise.reject(found.refusal) : Promise.resolve(found.script);
  }

  async read(): Promise<void> {
    const waiting = [...this.#missing];
    this.#missing.clear();
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [key, read] = next;
        try {
          this.#read.set(key, { script: await read() });
        } catch (error) {
          if (!(error instanceof DomainError) || error.code !== 'invalid') throw error;
          this.#read.set(key, { refusal: error });
        }
      }
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, work));
  }
}
