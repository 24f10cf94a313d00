/** When a task runs: at the multiples of a duration, or at the times of a cron pattern; all in UTC. */
import { Cron } from 'croner';
import { NS_BY_UNIT, takeDurationPart } from './duration.js';
import type { TaskOptions } from './task.js';

/** Calendar months and milliseconds. */
export interface Interval {
  readonly months: number;
  readonly ms: number;
}

export interface Schedule {
  /** The first moment behind another one; undefined where there is none any more. */
  next(afterMs: number): number | undefined;
}

const MONTHS_OF_UNIT: Readonly<Record<string, number>> = { mo: 1, y: 12 };
const NS_PER_MS = 1_000_000n;
const SECOND_MS = 1000;

/** Multiples are counted from Monday, the first of January of the year 1, as Go truncates times. */
const FIRST_MS = -62_135_596_800_000;
/** The last moment that dates can show. */
const LAST_MS = 8_640_000_000_000_000;

export const CONCURRENCY_MAX = 100;
export const RETRY_MAX = 10;
/** Characters of a cron pattern; the longest useful ones list every minute. */
const CRON_LENGTH_MAX = 512;

/** @returns undefined for what is no duration */
export function parseInterval(text: string): Interval | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  let months = 0;
  let ns = 0n;
  for (let left = text.replace(/^-/, ''), isFirst = true; left !== '' || isFirst; isFirst = false) {
    const { digits, unit, rest } = takeDurationPart(left);
    const unitMonths = MONTHS_OF_UNIT[unit];
    const unitNs = NS_BY_UNIT.get(unit);
    if (digits === '' || digits.length > 15 || (unitMonths === undefined && unitNs === undefined)) return undefined;
    months += Number(digits) * (unitMonths ?? 0);
    ns += BigInt(digits) * (unitNs ?? 0n);
    left = rest;
  }
  const ms = Number(ns / NS_PER_MS) + (ns % NS_PER_MS === 0n ? 0 : 0.5);
  return { months: sign * months, ms: sign * ms };
}

const isZero = ({ months, ms }: Interval): boolean => months === 0 && ms === 0;
const isWholeSeconds = ({ ms }: Interval): boolean => ms % SECOND_MS === 0;

/** Of what a script says, what InfluxDB does not take, in its words. */
export function checkOptions({ name, every, cron, offset, concurrency, retry }: TaskOptions): readonly string[] {
  const faults: string[] = [];
  if (name === '') faults.push('name required');
  const interval = every === '' ? undefined : parseInterval(every);
  const hasEvery = every !== '' && (interval === undefined || !isZero(interval));
  if (hasEvery === (cron !== '')) faults.push('must specify exactly one of either cron or every');
  else if (cron !== '') faults.push(...checkCron(cron));
  else faults.push(...checkInterval(interval));
  const delay = offset === '' ? undefined : parseInterval(offset);
  if (delay !== undefined && !isWholeSeconds(delay)) faults.push('offset option must be expressible as whole seconds');
  if (concurrency < 1) faults.push('concurrency must be at least 1');
  if (concurrency > CONCURRENCY_MAX) faults.push(`concurrency exceeded max of ${CONCURRENCY_MAX}`);
  if (retry < 1) faults.push('retry must be at least 1');
  if (retry > RETRY_MAX) faults.push(`retry exceeded max of ${RETRY_MAX}`);
  return faults;
}

function checkInterval(interval: Interval | undefined): readonly string[] {
  if (interval === undefined) return ['every option must be a duration'];
  if (interval.months === 0 && interval.ms < SECOND_MS) return ['every option must be at least 1 second'];
  return isWholeSeconds(interval) ? [] : ['every option must be expressible as whole seconds'];
}

/** The units of an offset end with hours. */
const LONG_UNIT = /\d(mo|[dwy])/;

/** @returns what is wrong with an offset, in InfluxDB's words */
export function checkOffsetUnits(offset: string): string | undefined {
  const unit = LONG_UNIT.exec(offset)?.[1];
  if (unit === undefined) return undefined;
  return `offset: ${offset}, time: unknown unit "${unit}" in duration "${offset}" is invalid, the largest unit supported is h`;
}

/** Milliseconds; 0 without an offset. */
export const offsetMsOf = (offset: string): number => (offset === '' ? 0 : (parseInterval(offset)?.ms ?? 0));

/** As InfluxDB shows an offset: `1h30m`, and nothing for zero. */
export function formatOffset(offset: string): string {
  const ms = offsetMsOf(offset);
  const seconds = Math.abs(ms) / SECOND_MS;
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return (ms < 0 ? '-' : '') + parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
}

/** @throws Error for options that `checkOptions` does not take */
export function scheduleOf({ every, cron }: Pick<TaskOptions, 'every' | 'cron'>): Schedule {
  const text = every === '' ? everyOfCron(cron) : every;
  if (text === undefined) return cronSchedule(cron);
  const interval = parseInterval(text);
  if (interval === undefined) throw new Error(`${text} is no duration`);
  return intervalSchedule(interval);
}

const intervalSchedule = ({ months, ms }: Interval): Schedule => ({
  next(afterMs) {
    const next = months === 0 ? nextMultiple(afterMs, ms) : ms === 0 ? nextMonths(afterMs, months) : addMonths(afterMs, months) + ms;
    return next <= LAST_MS ? next : undefined;
  },
});

const nextMultiple = (afterMs: number, ms: number): number => (Math.floor((afterMs - FIRST_MS) / ms) + 1) * ms + FIRST_MS;

/** Months begin with their first day; multiples of them are counted from the year 0. */
function nextMonths(afterMs: number, months: number): number {
  const after = new Date(afterMs);
  const index = after.getUTCFullYear() * 12 + after.getUTCMonth();
  return Date.UTC(0, (Math.floor(index / months) + 1) * months - 1900 * 12);
}

const addMonths = (ms: number, months: number): number => {
  const date = new Date(ms);
  return date.setUTCMonth(date.getUTCMonth() + months);
};

const NICKNAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const EVERY_PREFIX = '@every ';

const everyOfCron = (cron: string): string | undefined => {
  const pattern = cron.trim();
  return pattern.startsWith(EVERY_PREFIX) ? pattern.slice(EVERY_PREFIX.length).trim() : undefined;
};

const MONTH_NAMES = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const DAY_NAMES = 'SUN|MON|TUE|WED|THU|FRI|SAT';
/** What stands in each field, and its greatest value; a pattern of five fields has neither seconds nor years. */
const FIELDS = [
  { names: '', max: 59 },
  { names: '', max: 59 },
  { names: '', max: 23 },
  { names: '', max: 31 },
  { names: MONTH_NAMES, max: 12 },
  { names: DAY_NAMES, max: 6 },
  { names: '', max: 2099 },
].map(({ names, max }) => {
  const one = names === '' ? '\\d{1,4}' : `(?:\\d{1,4}|${names})`;
  return { pattern: new RegExp(`^(\\*|${one})(-${one})?(/\\d{1,4})?$`, 'i'), max };
});

/** The pattern as the library reads it: from a number in steps means up to the end. @returns undefined for what InfluxDB does not read */
function normalizeCron(cron: string): string | undefined {
  const pattern = cron.trim();
  if (NICKNAMES.includes(pattern)) return pattern;
  const given = pattern.split(/\s+/);
  if (given.length < 5 || given.length > 7) return undefined;
  const first = given.length === 5 ? 1 : 0;
  const fields = given.map((field, index) => {
    const { pattern: shape, max } = FIELDS[first + index] as (typeof FIELDS)[number];
    const items = field.split(',').map((item) => {
      const [, from = '', to = '', step = ''] = shape.exec(item) ?? [];
      if (from === '' || (from === '*' && to !== '')) return undefined;
      return step !== '' && to === '' && from !== '*' ? `${from}-${max}${step}` : item;
    });
    return items.includes(undefined) ? undefined : items.join(',');
  });
  return fields.includes(undefined) ? undefined : fields.join(' ');
}

/** A day must fit both the day of the month and of the week (InfluxDB's rule). */
const openCron = (pattern: string): Cron => new Cron(pattern, { timezone: 'UTC', domAndDow: true, paused: true });

function checkCron(cron: string): readonly string[] {
  const shown = cron.length > CRON_LENGTH_MAX ? `${cron.slice(0, CRON_LENGTH_MAX)}…` : cron;
  const unreadable = `cron invalid: failed to parse cron string '${shown}'`;
  if (cron.length > CRON_LENGTH_MAX) return [unreadable];
  const every = everyOfCron(cron);
  if (every !== undefined) {
    const interval = parseInterval(every);
    return interval === undefined || isZero(interval) || checkInterval(interval).length > 0 ? [unreadable] : [];
  }
  const pattern = normalizeCron(cron);
  if (pattern === undefined) return [unreadable];
  try {
    return openCron(pattern).nextRun() === null ? ['cron invalid: could not fulfil schedule'] : [];
  } catch {
    return [unreadable];
  }
}

function cronSchedule(cron: string): Schedule {
  const pattern = normalizeCron(cron);
  if (pattern === undefined) throw new Error('the cron pattern cannot be read');
  const opened = openCron(pattern);
  return { next: (afterMs) => opened.nextRun(new Date(afterMs))?.getTime() };
}
