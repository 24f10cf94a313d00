/** Whether a token may be used from where it is used. */
import type { Identity } from '../domain/actor.js';
import type { Verdict } from './authenticate.js';
import { isInNetworks } from './networks.js';

/** From elsewhere a token is answered like an unknown one: who found it learns nothing. */
export function judgeAddress<I extends Identity>(verdict: Verdict<I>, address: string): Verdict<I> {
  if ('refusal' in verdict || verdict.identity.kind !== 'token') return verdict;
  const { constraints, authorizationId } = verdict.identity;
  if (constraints?.cidrs === undefined || isInNetworks(address, constraints.cidrs)) return verdict;
  return { refusal: 'address not allowed', authorizationId };
}
