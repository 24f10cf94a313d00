/** Moments as people read them: how long ago, with the exact time for who wants it. */

import { useSyncExternalStore } from 'react';
import { formatExactly, formatMinute, useZone } from './zone.js';

/** How often what is shown is made true again. */
const TICK_MS = 30_000;

let nowMs = Date.now();

function subscribe(listener: () => void): () => void {
  nowMs = Date.now();
  const timer = setInterval(() => {
    nowMs = Date.now();
    listener();
  }, TICK_MS);
  return () => {
    clearInterval(timer);
  };
}

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function formatAgo(ms: number, now: number): string {
  let amount = Math.round((ms - now) / 1000);
  if (Math.abs(amount) < 45) return 'just now';
  for (const [unit, next] of STEPS) {
    if (Math.abs(amount) < next) return relative.format(amount, unit);
    amount = Math.round(amount / next);
  }
  return '';
}

export function Moment({ at }: { readonly at: string }) {
  const zone = useZone();
  return (
    <time dateTime={at} title={formatExactly(at, zone)}>
      {formatMinute(at, zone)}
    </time>
  );
}

/** Now, to the half minute. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => nowMs);

export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  const zone = useZone();
  return (
    <time dateTime={at} title={formatExactly(at, zone)}>
      {formatAgo(Date.parse(at), now)}
    </time>
  );
}

/** A moment that is to come: `in 5 minutes`. */
export function Soon({ atMs }: { readonly atMs: number }) {
  const now = useNow();
  const zone = useZone();
  const at = new Date(atMs).toISOString();
  const seconds = Math.round((atMs - now) / 1000);
  return (
    <time dateTime={at} title={formatExactly(at, zone)}>
      {seconds < 45 ? 'in less than a minute' : formatAgo(atMs, now)}
    </time>
  );
}
