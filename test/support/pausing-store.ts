/** A real store of which one answer can be held back: it was read before a commit, and arrives after it. */
import type { Store } from '../../src/domain/store.js';

export interface HeldAnswer {
  /** Fulfilled when the answer has been read from the store. */
  readonly read: Promise<void>;
  /** Lets it arrive. */
  release(): void;
}

type AnyFunction = (...args: unknown[]) => unknown;

export class PausingStore {
  readonly store: Store;
  #held: { readonly method: string; readonly noteRead: () => void; readonly released: Promise<void> } | undefined;

  constructor(store: Store) {
    this.store = this.#wrap(store, '');
  }

  /** Holds back the next answer of a method: `findUser`, or `resources.find` for one of the resources of a kind. */
  hold(method: string): HeldAnswer {
    let noteRead: () => void = () => undefined;
    let release: () => void = () => undefined;
    const read = new Promise<void>((resolve) => (noteRead = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#held = { method, noteRead, released };
    return { read, release };
  }

  #wrap<T extends object>(target: T, prefix: string): T {
    const methods = Object.entries(target).map(([name, method]) => {
      const path = prefix + name;
      if (path === 'resources') return [name, (...args: unknown[]) => this.#wrap((method as AnyFunction)(...args) as object, 'resources.')];
      return [name, (...args: unknown[]) => this.#answer(path, () => (method as AnyFunction)(...args))];
    });
    return Object.fromEntries(methods) as T;
  }

  #answer(path: string, ask: () => unknown): unknown {
    const held = this.#held;
    if (held?.method !== path) return ask();
    this.#held = undefined;
    return (async () => {
      const answer = await ask();
      held.noteRead();
      await held.released;
      return answer;
    })();
  }
}
