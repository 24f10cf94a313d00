/** Floats as `display` shows them: the shortest digits that read back, with an exponent where there would be many zeros. */
import { formatFloat } from '../../../../domain/float.js';

const EXPONENT_MIN = -4;
const EXPONENT_MAX = 5;

export function formatFloatShortly(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatFloat(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= EXPONENT_MIN && power <= EXPONENT_MAX) return formatFloat(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
