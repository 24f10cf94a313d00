/** Looks hosts up. A lookup holds one of the few threads that the process has for files, too, so only few run at a time. */
import { lookup } from 'node:dns/promises';
import { OutgoingError } from '../domain/outgoing.js';
import { Turns } from './turns.js';

const LOOKUPS_MAX = 2;
const WAITING_LOOKUPS_MAX = 256;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export type Lookup = (name: string) => Promise<readonly ResolvedAddress[]>;

const systemLookup: Lookup = (name) => lookup(name, { all: true });

export class Resolver {
  readonly #lookup: Lookup;
  readonly #turns = new Turns(
    { runningMax: LOOKUPS_MAX, runningPerUserMax: LOOKUPS_MAX, waitingMax: WAITING_LOOKUPS_MAX },
    () => new OutgoingError('unreachable', 'too many hosts are being looked up; try again later'),
  );

  constructor(look: Lookup = systemLookup) {
    this.#lookup = look;
  }

  /** @throws the reason of the signal as soon as it is aborted; the lookup itself cannot be ended and keeps its turn */
  resolve(name: string, user: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#turns
        .run(user, signal, () => this.#lookup(name))
        .then(resolve, reject)
        .finally(() => {
          signal.removeEventListener('abort', onAbort);
        });
    });
  }
}
