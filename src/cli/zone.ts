/** Time zones: how far a clock in one is ahead of UTC when it shows a time. */

/** Seconds east of UTC at a moment that is given in local time, in seconds since 1970. */
export type Zone = (localSeconds: number) => number;

export const UTC: Zone = () => 0;

/** The zone of this machine. */
export const LOCAL: Zone = (localSeconds) => offsetAt(localSeconds, (ms) => -new Date(ms).getTimezoneOffset() * 60);

/** @throws Error for an unknown name */
export function zoneByName(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new Error(`unknown time zone ${name}`);
  }
  const offsetOf = (ms: number): number => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts;
    return Math.round((Date.UTC(year, month - 1, day, hour, minute, seconds) - Math.floor(ms / 1000) * 1000) / 1000);
  };
  return (localSeconds) => offsetAt(localSeconds, offsetOf);
}

/** The offset at a local time: that of the moment which the offset itself leads to. */
function offsetAt(localSeconds: number, offsetOf: (ms: number) => number): number {
  const first = offsetOf(localSeconds * 1000);
  return offsetOf((localSeconds - first) * 1000);
}
