/** Sizes in bytes as InfluxDB 2.9 reads them: an integer, or a number with a unit, where `k` is 1000 and `KiB` is 1024. */
import { invalid } from '../domain/errors.js';

const PREFIXES = ['', 'k', 'm', 'g', 't', 'p', 'e'];
const BYTES_MAX = 2n ** 63n - 1n;
const SIZE = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?\s*([a-z]*)$/;

/**
 * Reads `1048576`, `25m`, `1.5 GB`, `512KiB`; units in any case. A bare letter is decimal, as in InfluxDB 2.9 (its 1.x counted `k` as 1024).
 *
 * @returns bytes; negative where the text is
 * @throws DomainError `invalid` with a reason that does not repeat the text
 */
export function parseSize(text: string): bigint {
  const match = SIZE.exec(text.trim().toLowerCase());
  if (!match) throw invalid('must be a number of bytes such as 1048576, 25MB or 512MiB');
  const [, sign, whole = '', fraction = '', unit = ''] = match;
  const multiplier = unitBytes(unit);
  if (multiplier === undefined) throw invalid('has an unknown unit: write k, M or G (thousands), or KiB, MiB or GiB (1024s)');
  const bytes = BigInt(whole) * multiplier + (BigInt(fraction === '' ? '0' : fraction) * multiplier) / 10n ** BigInt(fraction.length);
  if (bytes > BYTES_MAX) throw invalid(`must be at most ${BYTES_MAX.toString()} bytes`);
  return sign === '-' ? -bytes : bytes;
}

function unitBytes(unit: string): bigint | undefined {
  const binary = /^[kmgtpe]ib?$/.test(unit);
  const power = PREFIXES.indexOf(unit.replace(/i?b?$/, ''));
  if (power < 0 || (!binary && unit.includes('i'))) return undefined;
  return (binary ? 1024n : 1000n) ** BigInt(power);
}
