/** When a token ends: what the form offers, and how it is told. Rules without React. */
import { EXPIRY_WARNING_DAYS } from '../../../src/domain/token-lifetime.js';
import type { Authorization, NewToken } from '../api/authorizations.js';
import { formatAgo } from '../components/times.js';
import type { Zone } from '../components/zone.js';

export const EXPIRY_PERIODS = ['7d', '30d', '90d'] as const;

/** `none`, one of the periods, or `date` with the day that is chosen (`2027-01-31`). */
export interface ExpiryChoice {
  readonly kind: 'none' | (typeof EXPIRY_PERIODS)[number] | 'date';
  readonly day: string;
}

export const NO_EXPIRY: ExpiryChoice = { kind: 'none', day: '' };

const DAY_MS = 86_400_000;
/** The clock is only as exact as this. */
const SOON_MS = 60_000;

/** The last second of a day, in the zone that all times are shown in. */
const endOf = (day: string, zone: Zone): Date => new Date(`${day}T23:59:59${zone === 'utc' ? 'Z' : ''}`);

export function expiryProblem({ kind, day }: ExpiryChoice, zone: Zone, nowMs: number): string | undefined {
  if (kind !== 'date') return undefined;
  const end = endOf(day, zone).getTime();
  if (Number.isNaN(end)) return 'Choose the last day on which the token is valid.';
  return end <= nowMs ? 'Choose today or a later day.' : undefined;
}

export function expiryToSend({ kind, day }: ExpiryChoice, zone: Zone): Pick<NewToken, 'expiresIn' | 'expiresAt'> {
  if (kind === 'none') return {};
  return kind === 'date' ? { expiresAt: endOf(day, zone).toISOString() } : { expiresIn: kind };
}

export const isExpired = ({ expiresAt }: Pick<Authorization, 'expiresAt'>, nowMs: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= nowMs;

/** The server warns from then on, too. */
export const expiresSoon = ({ expiresAt }: Pick<Authorization, 'expiresAt'>, nowMs: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) - nowMs <= EXPIRY_WARNING_DAYS[0] * DAY_MS;

/** `Expires in 3 days`, `Expired`. */
export function expiryInWords(expiresAt: string, nowMs: number): string {
  const end = Date.parse(expiresAt);
  if (end <= nowMs) return 'Expired';
  return end - nowMs < SOON_MS ? 'Expires within a minute' : `Expires ${formatAgo(end, nowMs)}`;
}
