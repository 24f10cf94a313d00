/** Numbers beside an axis: as many digits as tell two of them apart, and no more. */

/** Beyond these a number is written with its power of ten. */
const [PLAIN_MIN, PLAIN_MAX] = [1e-4, 1e9];
const DIGITS_MAX = 15;

export function axisLabels(values: readonly number[]): string[] {
  const [first = 0, second = first] = values;
  const step = Math.abs(second - first);
  const largest = Math.max(...values.map(Math.abs));
  if (step === 0 || !Number.isFinite(step)) return values.map((value) => formatNumber(value));
  const isPlain = largest < PLAIN_MAX && largest >= PLAIN_MIN;
  // One more than the step needs on its own: steps of 0.25 begin with two digits.
  const needed = (size: number): number =>
    Math.min(DIGITS_MAX, Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step)) + 1));
  return values.map((value) => {
    if (Math.abs(value) < step / 1e6) return '0';
    return isPlain
      ? value.toLocaleString('en', { maximumFractionDigits: Math.min(DIGITS_MAX, Math.max(0, 1 - Math.floor(Math.log10(step)))) })
      : value.toLocaleString('en', { notation: 'scientific', maximumFractionDigits: needed(largest) }).replace('E', 'e');
  });
}

export const formatNumber = (value: number): string => {
  const size = Math.abs(value);
  return size === 0 || (size >= PLAIN_MIN && size < PLAIN_MAX)
    ? value.toLocaleString('en', { maximumFractionDigits: DIGITS_MAX })
    : value.toExponential();
};
