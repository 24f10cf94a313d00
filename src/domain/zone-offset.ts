/** How far the clocks of a time zone are ahead of UTC, from the zone data that the JavaScript engine brings along. */

/** Seconds east of UTC at a moment in seconds since 1970. */
export type ZoneOffset = (second: number) => number;

/** @throws RangeError for an unknown name */
export function zoneOffset(name: string): ZoneOffset {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  return (second) => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(second * 1000)) parts[type] = value;
    const part = (type: string): number => Number(parts[type]);
    const year = parts['era'] === 'BC' ? 1 - part('year') : part('year');
    return Date.UTC(year, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) / 1000 - second;
  };
}
