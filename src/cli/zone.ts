/** Time zones: how far a clock in one is ahead of UTC when it shows a time. */
import { type ZoneOffset, zoneOffset } from '../domain/zone-offset.js';

/** Seconds east of UTC at a moment that is given in local time, in seconds since 1970. */
export type Zone = (localSeconds: number) => number;

export const UTC: Zone = () => 0;

/** The zone of this machine. */
export const LOCAL: Zone = (localSeconds) => offsetAt(localSeconds, (second) => -new Date(second * 1000).getTimezoneOffset() * 60);

/** @throws Error for an unknown name */
export function zoneByName(name: string): Zone {
  let offsetOf: ZoneOffset;
  try {
    offsetOf = zoneOffset(name);
  } catch {
    throw new Error(`unknown time zone ${name}`);
  }
  return (localSeconds) => offsetAt(localSeconds, offsetOf);
}

/** The offset at a local time: that of the moment which the offset itself leads to. */
function offsetAt(localSeconds: number, offsetOf: ZoneOffset): number {
  return offsetOf(localSeconds - offsetOf(localSeconds));
}
