/** Times in answers: RFC 3339 in UTC. */

export const formatTime = (ms: number): string => new Date(ms).toISOString();

/** Without a fraction. */
export const formatSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** With as many digits of a fraction as it needs. */
export function formatTimeNs(ns: bigint): string {
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return formatSeconds(Number(ns / 1_000_000n)).replace('Z', fraction === '' ? 'Z' : `.${fraction}Z`);
}
