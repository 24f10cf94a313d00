/** The least value of a function of several variables near a start, found by the simplex method of Nelder and Mead. */

const ITERATIONS_MAX = 1_000;
const REFLECTION = 1;
const CONTRACTION = 0.5;
const EXPANSION = 2;

export interface Minimum {
  readonly value: number;
  readonly at: Float64Array;
}

/**
 * The order of steps and of additions is that of InfluxDB's optimizer, so that forecasts agree to the last digit.
 *
 * @param objective may change the point that it is asked about (to keep it within bounds)
 * @param pause is awaited between calls of the objective
 */
export async function minimize(
  objective: (point: Float64Array) => number,
  start: Float64Array,
  { epsilon, scale, pause }: { readonly epsilon: number; readonly scale: number; readonly pause: () => Promise<void> },
): Promise<Minimum> {
  const size = start.length;
  const points = firstSimplex(start, scale);
  const values: number[] = [];
  for (const point of points) {
    await pause();
    values.push(objective(point));
  }
  const centre = new Float64Array(size);
  const along = (factor: number, from: Float64Array): Float64Array =>
    Float64Array.from(centre, (middle, i) => middle + factor * (middle - (from[i] as number)));
  for (let iteration = 1; iteration <= ITERATIONS_MAX; iteration++) {
    await pause();
    const { worst, best, secondWorst } = rank(values);
    const worstPoint = points[worst] as Float64Array;
    const worstValue = values[worst] as number;
    const bestValue = values[best] as number;
    const secondWorstValue = values[secondWorst] as number;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (const [at, point] of points.entries()) if (at !== worst) sum += point[i] as number;
      centre[i] = sum / size;
    }
    const replace = (point: Float64Array, value: number): void => {
      worstPoint.set(point);
      values[worst] = value;
    };
    const reflected = along(REFLECTION, worstPoint);
    const reflectedValue = objective(reflected);
    if (reflectedValue < secondWorstValue && reflectedValue >= bestValue) replace(reflected, reflectedValue);
    if (reflectedValue < bestValue) {
      const expanded = Float64Array.from(centre, (middle, i) => middle + EXPANSION * ((reflected[i] as number) - middle));
      const expandedValue = objective(expanded);
      if (expandedValue < reflectedValue) replace(expanded, expandedValue);
      else replace(reflected, reflectedValue);
    }
    if (reflectedValue >= secondWorstValue) {
      const contracted =
        reflectedValue < (values[worst] as number)
          ? Float64Array.from(centre, (middle, i) => middle + CONTRACTION * ((reflected[i] as number) - middle))
          : along(-CONTRACTION, worstPoint);
      const contractedValue = objective(contracted);
      if (contractedValue < worstValue) replace(contracted, contractedValue);
      else {
        shrink(points, best);
        values[worst] = objective(worstPoint);
        values[secondWorst] = objective(points[secondWorst] as Float64Array);
      }
    }
    if (deviation(values) < epsilon) break;
  }
  const best = points[rank(values).best] as Float64Array;
  const at = best.slice();
  return { value: objective(best), at };
}

function firstSimplex(start: Float64Array, scale: number): Float64Array[] {
  const size = start.length;
  const root = Math.sqrt(size + 1) - 1;
  const own = (scale * (root + size)) / (size * Math.SQRT2);
  const other = (scale * root) / (size * Math.SQRT2);
  const rest = Array.from({ length: size }, (_, vertex) => Float64Array.from(start, (value, i) => (i === vertex ? own : other) + value));
  return [start.slice(), ...rest];
}

/** Places of the greatest, the least and the second greatest value. */
function rank(values: readonly number[]): { worst: number; best: number; secondWorst: number } {
  const at = (place: number): number => values[place] as number;
  let worst = 0;
  let best = 0;
  for (const [place, value] of values.entries()) {
    if (value > at(worst)) worst = place;
    if (value < at(best)) best = place;
  }
  let secondWorst = best;
  for (const [place, value] of values.entries()) if (value > at(secondWorst) && value < at(worst)) secondWorst = place;
  return { worst, best, secondWorst };
}

function shrink(points: readonly Float64Array[], best: number): void {
  const kept = points[best] as Float64Array;
  for (const [place, point] of points.entries()) {
    if (place === best) continue;
    for (const [i, middle] of kept.entries()) point[i] = middle + ((point[i] as number) - middle) / 2;
  }
}

function deviation(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += ((value - mean) * (value - mean)) / (values.length - 1);
  return Math.sqrt(squares);
}
