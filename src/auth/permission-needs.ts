/**
 * Which permissions of a token its requests needed. A request only notes what it asked for, and that once a day; the permission that
 * decided is found when the notes are stored, off the path of requests.
 */
import type { NeededPermissions } from '../domain/actor.js';
import { PermissionSet, type Action, type AskedPermission, type Permission, type ResourceType } from '../domain/permission.js';
import { findDeciding } from './deciding-permission.js';

export const DAY_MS = 86_400_000;
/** Different things that a token asked for, before it is worked out which permissions they needed. */
const ASKED_MAX = 64;

const NO_STATES = new Uint8Array(0);
const NEEDED = 1;
/** Needed, and stored for this day. */
const STORED = 2;

export class PermissionNeeds implements NeededPermissions {
  readonly #permissions: readonly Permission[];
  #day = -1;
  /** Tokens ask for the same thing again and again. */
  #lastAsked: AskedPermission | undefined;
  readonly #seen = new Set<string>();
  #asked: AskedPermission[] = [];
  #listed: { readonly action: Action; readonly type: ResourceType }[] = [];
  /** By position. */
  #states = NO_STATES;

  constructor(permissions: readonly Permission[]) {
    this.#permissions = permissions;
  }

  startDay(day: number): void {
    if (day === this.#day) return;
    this.#resolve();
    this.#day = day;
    this.#states = this.#states.map((state) => (state === STORED ? 0 : state));
  }

  noteNeed(permission: AskedPermission): void {
    const { action, resource } = permission;
    const last = this.#lastAsked;
    if (
      last?.action === action &&
      last.resource.id === resource.id &&
      last.resource.type === resource.type &&
      last.resource.orgID === resource.orgID &&
      last.somePoints === permission.somePoints &&
      last.match === permission.match
    )
      return;
    this.#lastAsked = permission;
    const points = permission.somePoints === true ? 'some' : permission.match === undefined ? '' : JSON.stringify(permission.match);
    const key = `${action} ${resource.type} ${resource.id ?? ''} ${resource.orgID ?? ''} ${points}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#asked.push(permission);
    if (this.#asked.length >= ASKED_MAX) this.#resolve();
  }

  noteList(action: Action, type: ResourceType): void {
    const key = `${action} ${type}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#listed.push({ action, type });
  }

  listUnstored(): number[] {
    this.#findNeeded();
    return [...this.#states.entries()].filter(([, state]) => state === NEEDED).map(([position]) => position);
  }

  noteStored(positions: readonly number[]): void {
    for (const position of positions) this.#states[position] = STORED;
  }

  #resolve(): void {
    this.#findNeeded();
    this.#seen.clear();
    this.#lastAsked = undefined;
  }

  #findNeeded(): void {
    const [asked, listed] = [this.#asked, this.#listed];
    this.#asked = [];
    this.#listed = [];
    for (const one of asked) {
      const position = findDeciding(this.#permissions, { ...one, somePoints: undefined });
      this.#add(position);
      if (position >= 0 || one.somePoints !== true) continue;
      // Each of them adds points.
      for (const [part, permission] of this.#permissions.entries()) if (new PermissionSet([permission]).covers(one)) this.#add(part);
    }
    if (listed.length === 0) return;
    // A list would be another one without any of these.
    for (const [position, { action, resource }] of this.#permissions.entries()) {
      if (listed.some((one) => one.action === action && (one.type === resource.type || resource.type === 'instance'))) this.#add(position);
    }
  }

  #add(position: number): void {
    if (position < 0 || this.#states[position] === STORED) return;
    if (this.#states.length === 0) this.#states = new Uint8Array(this.#permissions.length);
    this.#states[position] = NEEDED;
  }
}
