/** Parts of a date: `hour`, `monthDay`, `week` and their like. */
import { NS_PER_DAY, civilOf, daysFromCivil, floorDivide } from '../../../../domain/time.js';
import type { Native } from '../native.js';
import { native } from '../native.js';
import { localMoment, momentArgument } from './moment.js';

const NS_PER_SECOND = 1_000_000_000n;

/** A part of what clocks at the location show. */
const localPart = (part: (ns: bigint) => number): Native => native((args, context) => BigInt(part(localMoment(args, context))));

/** A part that is the same in all places. */
const part = (of: (ns: bigint) => bigint): Native => native((args, context) => of(momentArgument(args, 't', context)));

const remainder = (ns: bigint, unit: bigint): bigint => ns - floorDivide(ns, unit) * unit;

const withinSecond = (ns: bigint): bigint => remainder(ns, NS_PER_SECOND);
const secondOfDay = (ns: bigint): number => Number(remainder(ns, NS_PER_DAY) / NS_PER_SECOND);
const dayNumber = (ns: bigint): number => Number(floorDivide(ns, NS_PER_DAY));

/** 1970 began on a Thursday. */
const FIRST_WEEKDAY = 4;
const DAYS_PER_WEEK = 7;

/** Sunday is 0. */
const weekDayOf = (day: number): number => (((day + FIRST_WEEKDAY) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK;

const firstDayOfYear = (year: number): number => daysFromCivil(year, 1, 1);

const yearDayOf = (ns: bigint): number => dayNumber(ns) - firstDayOfYear(civilOf(ns).year) + 1;

/** The week by ISO 8601: weeks begin on Monday, the first is the one with the year's first Thursday. */
function weekOf(ns: bigint): number {
  const day = dayNumber(ns);
  const thursday = day - ((weekDayOf(day) + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK) + 3;
  const { year } = civilOf(BigInt(thursday) * NS_PER_DAY);
  return Math.floor((thursday - firstDayOfYear(year)) / DAYS_PER_WEEK) + 1;
}

export const nanosecond = part(withinSecond);
export const microsecond = part((ns) => withinSecond(ns) / 1_000n);
export const millisecond = part((ns) => withinSecond(ns) / 1_000_000n);
export const second = part((ns) => BigInt(secondOfDay(ns) % 60));
export const minute = localPart((ns) => Math.floor(secondOfDay(ns) / 60) % 60);
export const hour = localPart((ns) => Math.floor(secondOfDay(ns) / 3600));
export const weekDay = localPart((ns) => weekDayOf(dayNumber(ns)));
export const monthDay = localPart((ns) => civilOf(ns).day);
export const yearDay = localPart(yearDayOf);
export const month = localPart((ns) => civilOf(ns).month);
export const year = localPart((ns) => civilOf(ns).year);
export const week = localPart(weekOf);
export const quarter = localPart((ns) => Math.ceil(civilOf(ns).month / 3));
