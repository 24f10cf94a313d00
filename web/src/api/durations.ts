/** How long a bucket keeps its data, in the words and units of people. */

const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `30 days`, `1 day 12 hours`; 0 is `Forever`. */
export function formatRetention(seconds: number): string {
  if (seconds === 0) return 'Forever';
  // Weeks are said only where nothing else is: 30 days are no 4 weeks and 2 days.
  const units = seconds % 604_800 === 0 && seconds <= 3 * 604_800 ? UNITS.slice(0, 1) : UNITS.slice(1);
  const parts: string[] = [];
  let left = seconds;
  for (const [name, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(' ');
}

const SECONDS_PER: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const DURATION = /^(?:\d{1,7}\s*[smhdw]\s*)+$/;

/** `30d`, `1d12h`, `90 d` -> seconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (!DURATION.test(trimmed)) return undefined;
  let seconds = 0;
  for (const [, count, unit = ''] of trimmed.matchAll(/(\d+)\s*([smhdw])/g)) seconds += Number(count) * (SECONDS_PER[unit] ?? 0);
  return seconds;
}

/** As `parseDuration` reads it. */
export function writeDuration(seconds: number): string {
  const parts: string[] = [];
  let left = seconds;
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = SECONDS_PER[unit] ?? 1;
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join('');
}
