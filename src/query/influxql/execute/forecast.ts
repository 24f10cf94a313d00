/** `holt_winters` and `holt_winters_with_fit`: what an aggregate would go on to be. */
import { bytesOfForecast, forecast } from '../../statistics/holt-winters.js';
import type { MemoryAccount } from '../../flux/execute/memory.js';
import type { Call } from '../syntax/ast.js';
import type { Block, Blocks, Group } from './block.js';
import { valueAt } from './column.js';
import type { Turns } from './turns.js';

export const isForecast = ({ name }: Call): boolean => name === 'holt_winters' || name === 'holt_winters_with_fit';

interface ForecastContext {
  readonly memory: MemoryAccount;
  readonly turns: Turns;
}

interface Point {
  readonly time: bigint;
  readonly value: number;
}

/** Bytes of a point that waits for the end of its group. */
const POINT_BYTES = 48;

/** @param blocks rows of the aggregate, group by group; all rows of a group make one forecast */
export async function* streamForecast(
  context: ForecastContext,
  blocks: Blocks,
  call: Call,
  everyNs: bigint,
): AsyncGenerator<Block, void, undefined> {
  let current: { readonly group: Group; readonly points: Point[] } | undefined;
  const finish = async (): Promise<Block | undefined> => {
    if (current === undefined) return undefined;
    const { group, points } = current;
    const made = await forecastPoints(context, points, call, everyNs);
    context.memory.release(points.length * POINT_BYTES);
    return made && { ...made, group };
  };
  for await (const { group, times, value } of blocks) {
    if (current?.group !== group) {
      const made = await finish();
      if (made !== undefined) yield made;
      current = { group, points: [] };
    }
    const before = current.points.length;
    for (const [row, time] of times.entries()) {
      const own = value && valueAt(value, row);
      if (own !== undefined) current.points.push({ time, value: Number(own) });
    }
    context.memory.hold((current.points.length - before) * POINT_BYTES);
  }
  const made = await finish();
  if (made !== undefined) yield made;
}

async function forecastPoints(
  { memory, turns }: ForecastContext,
  points: readonly Point[],
  { name, args }: Call,
  everyNs: bigint,
): Promise<Omit<Block, 'group'> | undefined> {
  const [count, seasonLength] = args.slice(1).map((arg) => (arg.kind === 'integer' ? Number(arg.value) : 0)) as [number, number];
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < Math.max(2, seasonLength)) return undefined;
  const stepCount = (roundTime(last.time, everyNs) - roundTime(first.time, everyNs)) / everyNs;
  if (stepCount <= 0n) return undefined;
  const bytes = bytesOfForecast(Number(stepCount) + 1, { count, seasonLength });
  memory.hold(bytes);
  const known = atEvenDistances(points, Number(stepCount) + 1, everyNs);
  const { values } = await forecast(known, { count, seasonLength, pause: () => turns.next() });
  const withFit = name === 'holt_winters_with_fit';
  const shown = withFit ? values : values.subarray(known.length);
  const begin = withFit ? first.time : last.time + everyNs;
  const rows = [...shown.keys()].filter((row) => !Number.isNaN(shown[row]));
  memory.release(bytes);
  return {
    times: BigInt64Array.from(rows, (row) => begin + BigInt(row) * everyNs),
    value: { type: 'float', values: Float64Array.from(rows, (row) => shown[row] as number) },
    aux: [],
  };
}

/** The nearest multiple of an interval; of two the one that is nearer to zero. */
function roundTime(time: bigint, everyNs: bigint): bigint {
  const whole = time / everyNs;
  return (time % everyNs > everyNs / 2n ? whole + 1n : whole) * everyNs;
}

/** Of several values at one place the first counts; where there is none stands NaN. */
function atEvenDistances(points: readonly Point[], length: number, everyNs: bigint): Float64Array {
  const known = new Float64Array(length).fill(NaN);
  const begin = roundTime((points[0] as Point).time, everyNs);
  for (const { time, value } of points) {
    const place = Number((roundTime(time, everyNs) - begin) / everyNs);
    if (Number.isNaN(known[place])) known[place] = value;
  }
  return known;
}
