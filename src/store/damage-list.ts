/** Damage found in the store; each record is reported once. */
import type { StoreDamage } from '../domain/store.js';

/** Beyond this number nothing more is reported: the store should be restored. */
const DAMAGE_MAX = 1_000;

export class DamageList {
  readonly #found = new Map<string, StoreDamage>();
  readonly #listeners: ((damage: StoreDamage) => void)[] = [];

  add(damage: StoreDamage): void {
    const key = JSON.stringify([damage.noun, damage.id, damage.problem]);
    if (this.#found.has(key) || this.#found.size >= DAMAGE_MAX) return;
    this.#found.set(key, damage);
    for (const listener of this.#listeners) listener(damage);
  }

  onAdd(listener: (damage: StoreDamage) => void): void {
    for (const damage of this.#found.values()) listener(damage);
    this.#listeners.push(listener);
  }
}
