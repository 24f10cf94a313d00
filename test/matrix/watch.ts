/** What happens inside the server during one request: every right that is asked for and every change, in their order. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { vi } from 'vitest';
import { DECISIONS_CHANNEL, type Decision } from '../../src/auth/decisions.js';
import type { Needs } from '../../src/auth/needs.js';
import { ACTIONS, RESOURCE_TYPES } from '../../src/domain/permission.js';
import { SwitchableEngine } from '../../src/series/switchable.js';
import type { TestServer } from '../support/server.js';

export type Happening =
  | { readonly kind: 'asked'; readonly requestId: string | undefined; readonly right: string; readonly allowed: boolean }
  | { readonly kind: 'changed'; readonly what: string };

/** A right as texts that a declaration and a decision have in common: `write buckets`, `list labels`. */
const rightOf = ({ about, action, type }: Pick<Decision, 'about' | 'action' | 'type'>): string =>
  about === 'one' ? `${action} ${type}` : `list ${type}`;

const asList = <T extends string>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const OPERATOR_RIGHTS = RESOURCE_TYPES.flatMap((type) => ACTIONS.map((action) => `${action} ${type}`));

/** The rights that must be asked for and held. */
export const requiredRights = (needs: Needs): readonly string[] => {
  if (needs === 'signed in') return [];
  if (needs === 'operator') return OPERATOR_RIGHTS;
  return (['read', 'write'] as const).flatMap((action) => asList(needs[action]).map((type) => `${action} ${type}`));
};

/** The lists that must be asked for; who may read nothing gets an empty one. */
export const listedRights = (needs: Needs): readonly string[] =>
  typeof needs === 'string' ? [] : asList(needs.list).map((type) => `list ${type}`);

export class Watch {
  #happenings: Happening[] = [];
  readonly #ends: (() => void)[] = [];

  constructor(server: TestServer) {
    const onDecision = (message: unknown): void => {
      const decision = message as Decision;
      const requestId = decision.actor.kind === 'system' ? undefined : decision.actor.request.id;
      this.#happenings.push({ kind: 'asked', requestId, right: rightOf(decision), allowed: decision.allowed });
    };
    subscribe(DECISIONS_CHANNEL, onDecision);
    this.#ends.push(() => {
      unsubscribe(DECISIONS_CHANNEL, onDecision);
    });
    server.services.authenticator.onChange((changes) => {
      // A session that is used lasts longer, whatever it is used for.
      const real = changes.filter(({ noun, kind }) => !(noun === 'session' && kind === 'update'));
      this.#happenings.push(...real.map(({ noun, kind }) => ({ kind: 'changed' as const, what: `${kind} ${noun}` })));
    });
    for (const method of ['write', 'delete', 'dropBucket', 'dropBefore'] as const) {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its engine below
      const original = SwitchableEngine.prototype[method] as (...args: unknown[]) => unknown;
      const happenings = (): Happening[] => this.#happenings;
      const spy = vi.spyOn(SwitchableEngine.prototype, method).mockImplementation(function (this: SwitchableEngine, ...args: unknown[]) {
        happenings().push({ kind: 'changed', what: `${method} points` });
        return original.apply(this, args) as never;
      });
      this.#ends.push(() => {
        spy.mockRestore();
      });
    }
  }

  /** What has happened since it was asked the last time. */
  take(): readonly Happening[] {
    return this.#happenings.splice(0);
  }

  end(): void {
    for (const end of this.#ends) end();
  }
}
