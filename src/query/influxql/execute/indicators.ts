/** Functions of chart analysis: running means and oscillators over rows in their order. */
import type { Call } from '../syntax/ast.js';
import type { Transformation } from './transformation.js';

type Warmup = 'exponential' | 'simple';

/** What takes values one by one; its results mean something once it has seen `warmCount` of them. */
interface Indicator {
  readonly warmCount: number;
  add(value: number): number;
}

const INDICATORS: ReadonlySet<string> = new Set([
  'exponential_moving_average',
  'double_exponential_moving_average',
  'triple_exponential_moving_average',
  'triple_exponential_derivative',
  'relative_strength_index',
  'chande_momentum_oscillator',
  'kaufmans_efficiency_ratio',
  'kaufmans_adaptive_moving_average',
]);

export const isIndicator = ({ name }: Call): boolean => INDICATORS.has(name);

/** Those of which InfluxDB leaves out a result that is infinite. */
const WITHOUT_INFINITY: ReadonlySet<string> = new Set([
  'triple_exponential_derivative',
  'kaufmans_efficiency_ratio',
  'kaufmans_adaptive_moving_average',
]);

/** The arguments have been checked: the field, a period, the rows to hold back (-1: until it is warm), and how it is warmed up. */
export function indicatorTransformation({ name, args }: Call): Transformation {
  const [, periodArg, holdArg, warmupArg] = args;
  const period = periodArg?.kind === 'integer' ? Number(periodArg.value) : 1;
  const held = holdArg?.kind === 'integer' ? Number(holdArg.value) : -1;
  const indicator = makeIndicator(name, period, warmupArg?.kind === 'string' ? warmupArg.value : undefined);
  const holdCount = held === -1 ? indicator.warmCount : held;
  const isShown = WITHOUT_INFINITY.has(name) ? (value: number) => Math.abs(value) !== Infinity : () => true;
  let count = 0;
  return {
    resultType: 'float',
    push({ time, value }) {
      const result = indicator.add(Number(value));
      return ++count <= holdCount || !isShown(result) ? undefined : { time, value: result };
    },
  };
}

function makeIndicator(name: string, period: number, warmup: string | undefined): Indicator {
  const kind: Warmup = warmup === 'simple' ? 'simple' : 'exponential';
  switch (name) {
    case 'exponential_moving_average':
      return chain(period, kind, 1, ([first]) => first as number);
    case 'double_exponential_moving_average':
      return chain(period, kind, 2, ([first, second]) => 2 * (first as number) - (second as number));
    case 'triple_exponential_moving_average':
      return chain(period, kind, 3, ([first, second, third]) => 3 * (first as number) - 3 * (second as number) + (third as number));
    case 'triple_exponential_derivative':
      return rateOfTripleMean(period, kind);
    case 'relative_strength_index':
      return momentum(period, kind, (up, down) => 100 - 100 / (1 + up / down));
    case 'chande_momentum_oscillator':
      if (warmup !== 'simple' && warmup !== 'exponential') return plainMomentum(period);
      return momentum(period, kind, (up, down) => 100 * ((up - down) / (up + down)));
    case 'kaufmans_efficiency_ratio':
      return new EfficiencyRatio(period);
    default:
      return adaptiveMean(period);
  }
}

/** Each value counts less than the one after it. The first `period` values are weighed more evenly. */
class ExponentialMean {
  last = 0;
  private count = 0;
  private readonly period: number;
  private readonly warmup: Warmup;
  private readonly weight: number;

  constructor(period: number, warmup: Warmup, weight = 2 / (period + 1)) {
    this.period = period;
    this.warmup = warmup;
    this.weight = weight;
  }

  get warmCount(): number {
    return this.period - 1;
  }

  get isWarm(): boolean {
    return this.count === this.period;
  }

  /** Whether what it gives is good enough for another mean. */
  get flows(): boolean {
    return this.isWarm || this.warmup === 'exponential';
  }

  add(value: number): number {
    const { last, count } = this;
    if (count === 0) this.last = value;
    else if (this.isWarm) this.last = (value - last) * this.weight + last;
    else if (this.warmup === 'simple') this.last = (last * count + value) / (count + 1);
    else this.last = (value - last) * (2 / (count + 2)) + last;
    if (count < this.period) this.count++;
    return this.last;
  }
}

/** Means of means: each takes what the one before it gives, as soon as that flows; until then it gives the same. */
class MeanChain {
  readonly warmCount: number;
  private readonly means: readonly ExponentialMean[];

  constructor(period: number, warmup: Warmup, length: number) {
    this.means = Array.from({ length }, () => new ExponentialMean(period, warmup));
    this.warmCount = warmup === 'exponential' ? period - 1 : length * (period - 1);
  }

  add(value: number): number[] {
    let current = value;
    let flows = true;
    return this.means.map((mean) => {
      if (flows) {
        current = mean.add(current);
        flows = mean.flows;
      }
      return current;
    });
  }
}

function chain(period: number, warmup: Warmup, length: number, combine: (means: readonly number[]) => number): Indicator {
  const means = new MeanChain(period, warmup, length);
  return { warmCount: means.warmCount, add: (value) => combine(means.add(value)) };
}

function rateOfTripleMean(period: number, warmup: Warmup): Indicator {
  const means = new MeanChain(period, warmup, 3);
  let last = 0;
  return {
    warmCount: means.warmCount + 1,
    add(value) {
      const mean = means.add(value).at(-1) as number;
      const rate = (mean / last - 1) * 100;
      last = mean;
      return rate;
    },
  };
}

/** How rises compare with falls, each as a running mean. */
function momentum(period: number, warmup: Warmup, compare: (up: number, down: number) => number): Indicator {
  const ups = new ExponentialMean(period + 1, warmup, 1 / period);
  const downs = new ExponentialMean(period + 1, warmup, 1 / period);
  let last = 0;
  return {
    warmCount: ups.warmCount,
    add(value) {
      ups.add(value > last ? value - last : 0);
      downs.add(value < last ? last - value : 0);
      last = value;
      return compare(ups.last, downs.last);
    },
  };
}

/** The same over the last `period` values, which all count alike. */
function plainMomentum(period: number): Indicator {
  const size = period - 1;
  const rises = new Float64Array(size);
  let at = 0;
  let up = 0;
  let down = 0;
  let last: number | undefined;
  return {
    warmCount: size,
    add(value) {
      const rise = last === undefined ? 0 : value - last;
      if (rise > 0) up += rise;
      else if (rise < 0) down -= rise;
      const result = up === 0 && down === 0 ? 0 : 100 * ((up - down) / (up + down));
      at = (at + 1) % size;
      const oldest = rises[at] as number;
      if (oldest > 0) up -= oldest;
      else if (oldest < 0) down += oldest;
      rises[at] = rise;
      last = value;
      return result;
    },
  };
}

/** How far a value has come in `period` steps, of all the way that it went. What lies before the first value counts as 0. */
class EfficiencyRatio implements Indicator {
  readonly warmCount: number;
  /** The value before. */
  last = 0;
  isWarm = false;
  private count = 0;
  private readonly values: Float64Array;
  private readonly steps: Float64Array;
  private at = 0;
  private way = 0;

  constructor(period: number) {
    this.warmCount = period;
    this.values = new Float64Array(period);
    this.steps = new Float64Array(period);
  }

  add(value: number): number {
    const oldest = (this.at + 1) % this.warmCount;
    const distance = Math.abs(value - (this.values[oldest] as number));
    const step = Math.abs(value - this.last);
    this.way = this.way - (this.steps[oldest] as number) + step;
    this.at = oldest;
    this.values[oldest] = value;
    this.steps[oldest] = step;
    this.last = value;
    this.count++;
    this.isWarm = this.count > this.warmCount;
    return distance === 0 || this.way === 0 ? 0 : distance / this.way;
  }
}

/** Of the ratio: at 1 a mean over 2 values, at 0 one over 30. */
const FAST_MINUS_SLOW = 56 / 93;
const SLOW = 2 / 31;

function adaptiveMean(period: number): Indicator {
  const ratio = new EfficiencyRatio(period);
  let mean = 0;
  return {
    warmCount: ratio.warmCount,
    add(value) {
      if (!ratio.isWarm) mean = ratio.last;
      const weight = ratio.add(value) * FAST_MINUS_SLOW + SLOW;
      mean += weight * weight * (value - mean);
      return mean;
    },
  };
}
