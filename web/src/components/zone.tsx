/** The time zone that lists, tables and charts show times in: that of the reader, or UTC. One choice for all of them. */
import { useSyncExternalStore } from 'react';

export const ZONES = ['local', 'utc'] as const;
export type Zone = (typeof ZONES)[number];

export const ZONE_NAMES: Readonly<Record<Zone, string>> = { local: 'Local time', utc: 'UTC' };

const KEY = 'sluice-time-zone';
const listeners = new Set<() => void>();
let zone: Zone = read();

function read(): Zone {
  try {
    return localStorage.getItem(KEY) === 'utc' ? 'utc' : 'local';
  } catch {
    return 'local';
  }
}

export function setZone(next: Zone): void {
  zone = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Then it is chosen again next time.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useZone = (): Zone => useSyncExternalStore(subscribe, () => zone);

const pad = (part: number, length = 2): string => String(part).padStart(length, '0');

/** `+01:00`; nothing is ahead of UTC by a part of a minute any more. */
export function offsetOf(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** `2026-11-22 10:05`. */
export function formatMinute(text: string | number, inZone: Zone): string {
  const time = new Date(text);
  return inZone === 'utc'
    ? `${time.getUTCFullYear()}-${pad(time.getUTCMonth() + 1)}-${pad(time.getUTCDate())} ${pad(time.getUTCHours())}:${pad(time.getUTCMinutes())}`
    : `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

/** A time of a result with all that it has: `2026-11-22T10:05:06.000000007Z` -> `2026-11-22T11:05:06.000000007+01:00`. */
export function formatExactly(utc: string, inZone: Zone): string {
  const time = new Date(utc);
  if (inZone === 'utc' || Number.isNaN(time.getTime()) || time.getTimezoneOffset() === 0) return utc;
  const fraction = /\.\d+/.exec(utc)?.[0] ?? '';
  const [date, clock] = formatMinute(time.getTime(), 'local').split(' ');
  return `${date ?? ''}T${clock ?? ''}:${pad(time.getSeconds())}${fraction}${offsetOf(time)}`;
}
