/** A series engine without speed or storage: what every engine's reads must agree with. For tests. */
import type { BucketId } from '../../src/domain/id.js';
import type {
  Column,
  PointBatch,
  Predicate,
  ReadRequest,
  SeriesDescription,
  SeriesTable,
  Tag,
  TimeRange,
  WriteOutcome,
} from '../../src/domain/series.js';
import { compareUtf8 } from '../../src/domain/utf8-order.js';
import { invalid } from '../../src/domain/errors.js';

type Scalar = number | bigint | boolean | string;

interface Series {
  readonly measurement: string;
  readonly field: string;
  readonly type: Column['type'];
  readonly tags: readonly Tag[];
  readonly points: Map<bigint, Scalar>;
}

/* eslint-disable @typescript-eslint/require-await -- nothing to wait for in memory */
export class MemoryEngine {
  private readonly buckets = new Map<BucketId, Map<string, Series>>();

  async write(bucketId: BucketId, batch: PointBatch): Promise<WriteOutcome> {
    const series = this.buckets.get(bucketId) ?? new Map<string, Series>();
    this.buckets.set(bucketId, series);
    for (const { measurement, rowCount, times, tagSetOf, tagSets, fields } of batch.measurements) {
      for (let row = 0; row < rowCount; row++) {
        const tags = tagSets[tagSetOf[row]!]!;
        for (const { key: field, column } of fields) {
          if (column.valid !== undefined && column.valid[row] === 0) continue;
          const key = JSON.stringify([measurement, tags, field]);
          let one = series.get(key);
          if (one === undefined) {
            one = { measurement, field, type: column.type, tags, points: new Map() };
            series.set(key, one);
          }
          one.points.set(times[row]!, column.type === 'boolean' ? column.values[row] !== 0 : (column.values[row] as Scalar));
        }
      }
    }
    return { droppedCount: 0 };
  }

  async *read({ bucketId, range, predicate, reduction }: ReadRequest, signal?: AbortSignal): AsyncIterable<SeriesTable> {
    for (const series of this.sorted(bucketId)) {
      signal?.throwIfAborted();
      const points = [...series.points]
        .filter(([ns, value]) => ns >= range.startNs && ns < range.stopNs && (predicate === undefined || holds(predicate, series, value)))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      if (points.length === 0) continue;
      if (reduction === undefined) yield tableOf(series, points);
      else if (reduction.kind === 'limit') {
        const ordered = reduction.descending ? [...points].reverse() : points;
        const cut = ordered.slice(reduction.offset, reduction.offset + reduction.count);
        if (reduction.descending) cut.reverse();
        if (cut.length > 0) yield tableOf(series, cut);
      } else if (reduction.kind === 'aggregate') yield reduced(series, [points], reduction.aggregate, [range.stopNs]);
      else {
        const windows = new Map<bigint, [bigint, Scalar][]>();
        for (const point of points) {
          const since = point[0] - reduction.offsetNs;
          const index = since >= 0n || since % reduction.everyNs === 0n ? since / reduction.everyNs : since / reduction.everyNs - 1n;
          const start = reduction.offsetNs + index * reduction.everyNs;
          const window = windows.get(start);
          if (window === undefined) windows.set(start, [point]);
          else window.push(point);
        }
        yield reduced(series, [...windows.values()], reduction.aggregate, [...windows.keys()]);
      }
    }
  }

  /** Without an index: the series are asked for. */
  schema(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async series(bucketId: BucketId, range: TimeRange | undefined, predicate: Predicate | undefined): Promise<readonly SeriesDescription[]> {
    return this.sorted(bucketId)
      .filter((series) => predicate === undefined || holds(predicate, series, undefined))
      .filter((series) => range === undefined || [...series.points.keys()].some((ns) => ns >= range.startNs && ns < range.stopNs))
      .map(({ measurement, field, type, tags }) => ({ measurement, field, type, tags }));
  }

  private sorted(bucketId: BucketId): Series[] {
    return [...(this.buckets.get(bucketId)?.values() ?? [])].sort(
      (a, b) => compareUtf8(seriesKey(a), seriesKey(b)) || compareUtf8(a.field, b.field),
    );
  }
}

const escape = (text: string): string => text.replace(/[,= ]/g, '\\$&');
const seriesKey = ({ measurement, tags }: Series): string =>
  [escape(measurement), ...tags.map(([k, v]) => `${escape(k)}=${escape(v)}`)].join(',');

function holds(predicate: Predicate, series: Series, value: Scalar | undefined): boolean {
  switch (predicate.op) {
    case 'and':
      return predicate.operands.every((operand) => holds(operand, series, value));
    case 'or':
      return predicate.operands.some((operand) => holds(operand, series, value));
    case 'not':
      return !holds(predicate.operand, series, value);
    case 'exists':
      return subjectOf(predicate.subject, series, value) !== undefined;
    case 'match': {
      const subject = subjectOf(predicate.subject, series, value);
      return typeof subject === 'string' && predicate.pattern.test(subject);
    }
    case 'compare': {
      const subject = subjectOf(predicate.subject, series, value);
      if (subject === undefined) return false;
      const numeric = (v: Scalar): boolean => typeof v === 'number' || typeof v === 'bigint';
      const { literal } = predicate;
      if (typeof subject !== typeof literal && !(numeric(subject) && numeric(literal))) return false;
      const order =
        typeof subject === 'string' ? compareUtf8(subject, literal as string) : subject < literal ? -1 : subject > literal ? 1 : 0;
      const equal = typeof subject === 'string' ? subject === literal : subject == literal;
      switch (predicate.comparison) {
        case '==':
          return equal;
        case '!=':
          return !equal;
        case '<':
          return !equal && order < 0;
        case '<=':
          return equal || order < 0;
        case '>':
          return !equal && order > 0;
        case '>=':
          return equal || order > 0;
      }
    }
  }
}

function subjectOf(
  subject: Extract<Predicate, { op: 'exists' }>['subject'],
  series: Series,
  value: Scalar | undefined,
): Scalar | undefined {
  switch (subject.kind) {
    case 'measurement':
      return series.measurement;
    case 'field':
      return series.field;
    case 'value':
      return value;
    case 'tag':
      return series.tags.find(([key]) => key === subject.key)?.[1];
  }
}

function reduced(series: Series, groups: [bigint, Scalar][][], aggregate: string, times: bigint[]): SeriesTable {
  const rows = groups.map((points, i): [bigint, Scalar] => {
    const numbers = points.map(([, value]) => value);
    switch (aggregate) {
      case 'count':
        return [times[i]!, BigInt(points.length)];
      case 'sum':
        if (series.type === 'string' || series.type === 'boolean')
          throw invalid(`unsupported input type for sum aggregate: ${series.type}`);
        return [
          times[i]!,
          series.type === 'float'
            ? numbers.reduce<number>((a, b) => a + (b as number), 0)
            : numbers.reduce<bigint>((a, b) => a + (b as bigint), 0n),
        ];
      case 'mean':
        if (series.type === 'string' || series.type === 'boolean')
          throw invalid(`unsupported input type for mean aggregate: ${series.type}`);
        return [times[i]!, numbers.reduce<number>((a, b) => a + Number(b), 0) / numbers.length];
      case 'first':
        return points[0]!;
      case 'last':
        return points.at(-1)!;
      case 'min':
        return points.reduce((a, b) => (b[1] < a[1] ? b : a));
      default:
        return points.reduce((a, b) => (b[1] > a[1] ? b : a));
    }
  });
  const type = aggregate === 'count' ? 'integer' : aggregate === 'mean' ? 'float' : series.type;
  return tableOf({ ...series, type }, rows);
}

function tableOf({ measurement, field, tags, type }: Series, points: readonly (readonly [bigint, Scalar])[]): SeriesTable {
  const values = points.map(([, value]) => value);
  const column = {
    float: () => Float64Array.from(values as number[]),
    integer: () => BigInt64Array.from(values as bigint[]),
    unsigned: () => BigUint64Array.from(values as bigint[]),
    boolean: () => Uint8Array.from(values.map(Number)),
    string: () => values,
  }[type]();
  return { measurement, field, tags, times: BigInt64Array.from(points.map(([ns]) => ns)), values: { type, values: column } as Column };
}
