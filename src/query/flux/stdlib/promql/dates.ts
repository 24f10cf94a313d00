/** Parts of dates for Prometheus: of a number of seconds since 1970, in UTC. */
import { native } from '../native.js';
import type { Native } from '../native.js';

const MS_PER_SECOND = 1000;

const part = (of: (date: Date) => number): Native => native((args) => of(new Date(Math.floor(args.float('timestamp') * MS_PER_SECOND))));

export const promqlDayOfMonth = part((date) => date.getUTCDate());
export const promqlDayOfWeek = part((date) => date.getUTCDay());
export const promqlDaysInMonth = part((date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate());
export const promqlHour = part((date) => date.getUTCHours());
export const promqlMinute = part((date) => date.getUTCMinutes());
export const promqlMonth = part((date) => date.getUTCMonth() + 1);
export const promqlYear = part((date) => date.getUTCFullYear());
