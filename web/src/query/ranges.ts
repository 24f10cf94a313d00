/** The stretches of time that pages offer, up to now. */

export const RANGES = [
  { value: '-15m', label: 'Last 15 minutes' },
  { value: '-1h', label: 'Last hour' },
  { value: '-24h', label: 'Last 24 hours' },
  { value: '-7d', label: 'Last 7 days' },
  { value: '-30d', label: 'Last 30 days' },
  { value: '0', label: 'All time' },
] as const;

export type Range = (typeof RANGES)[number]['value'];

export const isRange = (text: string): text is Range => RANGES.some(({ value }) => value === text);
