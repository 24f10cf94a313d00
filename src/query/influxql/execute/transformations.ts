/** Functions over rows in their order: of each row and those before it they make a row, or none. */
import type { FieldType } from '../../../domain/series.js';
import type { Call } from '../syntax/ast.js';
import type { Value } from './column.js';
import { indicatorTransformation, isIndicator } from './indicators.js';
import { checkArgument, distance, wrap } from './reducers.js';
import type { TimedValue, Transformation } from './transformation.js';
import type { Windows } from './windows.js';

const TRANSFORMATIONS: ReadonlySet<string> = new Set([
  'derivative',
  'non_negative_derivative',
  'difference',
  'non_negative_difference',
  'moving_average',
  'cumulative_sum',
  'elapsed',
  'integral',
]);

export const isTransformation = (call: Call): boolean => TRANSFORMATIONS.has(call.name) || isIndicator(call);

/** Whether a function needs the window before the range, so that it has a row for the first window. */
export const needsWindowBefore = ({ name }: Call): boolean => name !== 'cumulative_sum' && name !== 'integral';

const NS_PER_SECOND = 1_000_000_000n;

/**
 * @param type of what it works on
 * @throws DomainError `invalid` for a type that a function does not take
 */
export function transformationOf(call: Call, type: FieldType, windows: Windows, ascending: boolean): Transformation {
  const { name, args } = call;
  const unit = args[1]?.kind === 'duration' ? args[1].value : undefined;
  if (name === 'elapsed') return elapsed(unit ?? 1n);
  checkArgument(name, type);
  if (isIndicator(call)) return indicatorTransformation(call);
  switch (name) {
    case 'derivative':
    case 'non_negative_derivative':
      return derivative(unit ?? (windows.hasInterval ? windows.everyNs : NS_PER_SECOND), name !== 'derivative', ascending);
    case 'difference':
    case 'non_negative_difference':
      return difference(type, name !== 'difference');
    case 'moving_average':
      return movingAverage(args[1]?.kind === 'integer' ? Number(args[1].value) : 1);
    case 'cumulative_sum':
      return cumulativeSum(type);
    default:
      return integral(unit ?? NS_PER_SECOND, windows, ascending);
  }
}

/** The row before each, where rows that have the time of the row before them are passed over. */
function pairs(resultType: FieldType, make: (previous: TimedValue, row: TimedValue) => TimedValue | undefined): Transformation {
  let previous: TimedValue | undefined;
  return {
    resultType,
    push(row) {
      if (row.time === previous?.time) return undefined;
      const made = previous && make(previous, row);
      previous = row;
      return made;
    },
  };
}

function derivative(unitNs: bigint, isNonNegative: boolean, ascending: boolean): Transformation {
  return pairs('float', (previous, { time, value }) => {
    const rise = distance(value, previous.value);
    if (isNonNegative && rise < 0) return undefined;
    const elapsedNs = ascending ? time - previous.time : previous.time - time;
    return { time, value: rise / (Number(elapsedNs) / Number(unitNs)) };
  });
}

function difference(type: FieldType, isNonNegative: boolean): Transformation {
  return pairs(type, (previous, { time, value }) => {
    if (isNonNegative && value < previous.value) return undefined;
    const rise = (value as number) - (previous.value as number);
    return { time, value: typeof rise === 'bigint' ? wrap(rise, type) : rise };
  });
}

function elapsed(unitNs: bigint): Transformation {
  let previous: bigint | undefined;
  return {
    resultType: 'integer',
    push({ time }) {
      const made = previous === undefined ? undefined : { time, value: (time - previous) / unitNs };
      previous = time;
      return made;
    },
  };
}

function movingAverage(size: number): Transformation {
  const kept: Value[] = [];
  let at = 0;
  let sum: number | bigint = 0;
  return {
    resultType: 'float',
    push({ time, value }) {
      if (kept.length < size) kept.push(value);
      else {
        sum = (sum as number) - (kept[at] as number);
        kept[at] = value;
      }
      sum = kept.length === 1 ? (value as number | bigint) : (sum as number) + (value as number);
      at = (at + 1) % size;
      return kept.length < size ? undefined : { time, value: Number(sum) / size };
    },
  };
}

function cumulativeSum(type: FieldType): Transformation {
  let sum: number | bigint | undefined;
  return {
    resultType: type,
    push({ time, value }) {
      const next: number | bigint = sum === undefined ? (value as number | bigint) : (sum as number) + (value as number);
      sum = typeof next === 'bigint' ? wrap(next, type) : next;
      return { time, value: sum };
    },
  };
}

/** The area under the lines between rows; at the bounds of windows lines are cut. */
function integral(unitNs: bigint, windows: Windows, ascending: boolean): Transformation {
  const unit = Number(unitNs);
  let previous: { time: bigint; value: number } | undefined;
  let sum = 0;
  // InfluxDB shows 1970 where there are no windows, whatever the range.
  let window = { begin: 0n, end: 0n };
  const enter = (time: bigint): void => {
    const { start, stop } = windows.of(time);
    window = ascending ? { begin: start, end: stop } : { begin: stop, end: start };
  };
  const addLine = (to: { time: bigint; value: number }): void => {
    if (previous !== undefined) sum += 0.5 * (to.value + previous.value) * (Number(to.time - previous.time) / unit);
    previous = to;
  };
  return {
    resultType: 'float',
    push({ time, value }) {
      const row = { time, value: Number(value) };
      if (previous === undefined) {
        previous = row;
        if (windows.hasInterval) enter(time);
        return undefined;
      }
      if (previous.time === time) {
        previous = row;
        return undefined;
      }
      let made: TimedValue | undefined;
      if (windows.hasInterval && (ascending ? time >= window.end : time <= window.end)) {
        if (previous.time !== window.end) addLine({ time: window.end, value: lineAt(window.end, previous, row) });
        made = { time: window.begin, value: sum };
        enter(time);
        sum = 0;
      }
      addLine(row);
      return made;
    },
    finish() {
      // A window that has nothing but its first moment has no area of its own.
      if (previous === undefined || previous.time === window.begin) return undefined;
      return { time: window.begin, value: sum };
    },
  };
}

/** The height at a time of the line through two rows. */
export function lineAt(time: bigint, from: { time: bigint; value: number }, to: { time: bigint; value: number }): number {
  const slope = (to.value - from.value) / Number(to.time - from.time);
  return slope * Number(time - from.time) + from.value;
}
