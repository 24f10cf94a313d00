/**
 * The types of fields. InfluxDB keeps one per shard, so that a field may have had several; here it has one for all time, and values of
 * other types are converted to it where that is possible.
 */
import type { BucketId } from '../domain/id.js';
import type { Column, FieldType } from '../domain/series.js';
import type { Points } from '../influxdb-files/tsm/block.js';
import { pickPoints } from '../influxdb-files/tsm/pick.js';
import type { SeriesBlock } from '../influxdb-files/tsm/tsm-file.js';

/** The type that a field should get where it has none; undefined: that of its first values. */
export type ChooseType = (measurement: string, field: string) => FieldType | undefined;

interface Seen {
  readonly type: FieldType;
  lastNs: bigint;
}

/** What types there are in a source, so that the best of them can be chosen before anything is written. */
export class TypeSurvey {
  readonly #seen = new Map<BucketId, Map<string, Map<string, Seen[]>>>();

  note(bucketId: BucketId, { measurement, field, times, values }: SeriesBlock): void {
    let measurements = this.#seen.get(bucketId);
    if (measurements === undefined) this.#seen.set(bucketId, (measurements = new Map<string, Map<string, Seen[]>>()));
    let fields = measurements.get(measurement);
    if (fields === undefined) measurements.set(measurement, (fields = new Map<string, Seen[]>()));
    let seen = fields.get(field);
    if (seen === undefined) fields.set(field, (seen = []));
    const lastNs = times.at(-1) ?? 0n;
    const known = seen.find(({ type }) => type === values.type);
    if (known === undefined) seen.push({ type: values.type, lastNs });
    else if (lastNs > known.lastNs) known.lastNs = lastNs;
  }

  /**
   * If all are numbers: float if there are floats, since that holds every number, else integer. Otherwise the type of the latest value,
   * since writers continue with that.
   */
  chooserFor(bucketId: BucketId): ChooseType {
    const measurements = this.#seen.get(bucketId);
    return (measurement, field) => {
      const seen = measurements?.get(measurement)?.get(field) ?? [];
      const latest = seen.reduce<Seen | undefined>((a, b) => (a === undefined || b.lastNs > a.lastNs ? b : a), undefined);
      if (latest === undefined || !isNumeric(latest.type)) return latest?.type;
      const numbers = seen.filter(({ type }) => isNumeric(type));
      if (numbers.length === 1) return latest.type;
      return numbers.some(({ type }) => type === 'float') ? 'float' : 'integer';
    };
  }
}

const isNumeric = (type: FieldType): boolean => type === 'float' || type === 'integer' || type === 'unsigned';

/**
 * Those points whose values can be given another type; maybe none. Integers become the nearest float; numbers become integers only where
 * they are just these.
 */
export function convertPoints(points: Points, type: FieldType): Points {
  const { times, values } = points;
  if (values.type === type) return points;
  if (values.type === 'string' || values.type === 'boolean' || type === 'string' || type === 'boolean') return pickPoints(points, NONE);
  if (type === 'float') return { times, values: { type, values: toFloats(values) } };
  const [min, max] = RANGES[type];
  const fits = (index: number): boolean => {
    const value = values.values[index] as number | bigint;
    // Comparisons of floats with big integers are exact.
    return (typeof value === 'bigint' || Number.isInteger(value)) && value >= min && value <= max;
  };
  const kept = pickPoints(
    points,
    Uint32Array.from(times, (_, index) => index).filter((index) => fits(index)),
  );
  const numbers = Array.from(kept.values.values as ArrayLike<number | bigint>, (value) => BigInt(value));
  return {
    times: kept.times,
    values: type === 'integer' ? { type, values: BigInt64Array.from(numbers) } : { type, values: BigUint64Array.from(numbers) },
  };
}

const NONE = new Uint32Array(0);
const RANGES = { integer: [-(2n ** 63n), 2n ** 63n - 1n], unsigned: [0n, 2n ** 64n - 1n] } as const;

type Numbers = Extract<Column, { type: 'float' | 'integer' | 'unsigned' }>;

const toFloats = ({ values }: Numbers): Float64Array => {
  const floats = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) floats[i] = Number(values[i]);
  return floats;
};
