/**
 * What a stretch of one second holds by the model: rows of a few series, row i at its i-th microsecond, each field in runs of rows whose
 * values are `base + i`. So many points are a few numbers, and a count and a sum per series and field tell whether all of them are there.
 */

/** Rows from .. to - 1 hold base + row. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly base: number;
}

/** `series/field` -> its runs, in the order of rows. */
export type Rows = ReadonlyMap<string, readonly Run[]>;

/** `series/field` -> `count:sum`, without those that hold nothing; what a server is asked for. */
export type Summary = ReadonlyMap<string, string>;

export const NO_ROWS: Rows = new Map();
export const ROWS_MAX = 1_000_000;
export const ROW_NS = 1000n;
export const STRETCH_NS = 1_000_000_000n;

const without = (runs: readonly Run[], from: number, to: number): Run[] =>
  runs.flatMap((run) =>
    [
      { ...run, to: Math.min(run.to, from) },
      { ...run, from: Math.max(run.from, to) },
    ].filter((left) => left.from < left.to),
  );

/** Row i goes to series i % seriesCount. */
export function withWritten(rows: Rows, seriesCount: number, field: string, run: Run): Rows {
  const next = new Map(rows);
  for (let series = 0; series < seriesCount; series++) {
    const key = `${series}/${field}`;
    next.set(
      key,
      [...without(rows.get(key) ?? [], run.from, run.to), run].sort((a, b) => a.from - b.from),
    );
  }
  return next;
}

/** @param series undefined: of all of them */
export function withDeleted(rows: Rows, series: number | undefined, from: number, to: number): Rows {
  const isMeant = (key: string): boolean => series === undefined || key.startsWith(`${series}/`);
  return new Map([...rows].map(([key, runs]) => [key, isMeant(key) ? without(runs, from, to) : runs]));
}

export function summarize(rows: Rows, seriesCount: number): Summary {
  const summary = new Map<string, string>();
  for (const [key, runs] of rows) {
    const series = Number(key.slice(0, key.indexOf('/')));
    let [count, sum] = [0, 0];
    for (const { from, to, base } of runs) {
      const first = from + ((((series - from) % seriesCount) + seriesCount) % seriesCount);
      if (first >= to) continue;
      const rowCount = Math.floor((to - 1 - first) / seriesCount) + 1;
      count += rowCount;
      sum += rowCount * (base + first) + (seriesCount * rowCount * (rowCount - 1)) / 2;
    }
    if (count > 0) summary.set(key, `${count}:${sum}`);
  }
  return summary;
}

export const isSame = (a: Summary, b: Summary): boolean => a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
