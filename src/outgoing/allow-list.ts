/** Decides which hosts are resolved, and to which addresses a connection may be opened. Without places, to none. */
import type { AllowedPlace } from '../domain/allowed-place.js';
import { bitsToName, networkOf, type Network } from './special-addresses.js';

/** `special`: the host is allowed, but its address is one that must be named itself. */
export type Verdict = 'allowed' | 'special' | 'not named';

export class AllowList {
  readonly isEmpty: boolean;
  readonly #hosts: readonly Exclude<AllowedPlace, { kind: 'network' }>[];
  readonly #networks: readonly (Network & { readonly port: number | undefined })[];

  constructor(places: readonly AllowedPlace[]) {
    this.isEmpty = places.length === 0;
    this.#hosts = places.filter((place) => place.kind !== 'network');
    this.#networks = places
      .filter((place) => place.kind === 'network')
      .map(({ address, bits, port }) => ({ ...networkOf(address, bits), port }));
  }

  /** Whether any address of a host could be allowed; a host that cannot be is not even looked up. */
  mayResolve(name: string, port: number): boolean {
    return this.#names(name, port) || this.#networks.some((network) => isPort(network.port, port));
  }

  /** @param name undefined where the URL has the address itself */
  judge(name: string | undefined, address: string, port: number): Verdict {
    const bitsMin = bitsToName(address);
    const isInNetwork = this.#networks.some(
      (network) => isPort(network.port, port) && network.bits >= (bitsMin ?? 0) && network.contains(address),
    );
    if (isInNetwork) return 'allowed';
    if (name === undefined || !this.#names(name, port)) return 'not named';
    return bitsMin === undefined ? 'allowed' : 'special';
  }

  #names(name: string, port: number): boolean {
    return this.#hosts.some(
      (place) => isPort(place.port, port) && (place.kind === 'host' ? place.name === name : name.endsWith(place.suffix)),
    );
  }
}

const isPort = (allowed: number | undefined, port: number): boolean => allowed === undefined || allowed === port;
