/** The merging t-digest of Ted Dunning: quantiles of a stream in little memory. */

interface Centroid {
  mean: number;
  weight: number;
}

export class TDigest {
  private readonly compression: number;
  private readonly processedMax: number;
  private readonly unprocessedMax: number;
  private processed: Centroid[] = [];
  private unprocessed: Centroid[] = [];
  private processedWeight = 0;
  private unprocessedWeight = 0;
  private min = Number.MAX_VALUE;
  private max = -Number.MAX_VALUE;

  constructor(compression: number) {
    this.compression = compression;
    this.processedMax = 2 * Math.ceil(compression);
    this.unprocessedMax = 8 * Math.ceil(compression);
  }

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.unprocessed.push({ mean: value, weight: 1 });
    this.unprocessedWeight++;
    if (this.processed.length > this.processedMax || this.unprocessed.length > this.unprocessedMax) this.process();
  }

  /** NaN where nothing was added. */
  quantile(q: number): number {
    this.process();
    const [first] = this.processed;
    if (q < 0 || q > 1 || first === undefined) return Number.NaN;
    if (this.processed.length === 1) return first.mean;
    const index = q * this.processedWeight;
    if (index <= first.weight / 2) return this.min + ((2 * index) / first.weight) * (first.mean - this.min);
    const cumulative = this.cumulativeWeights();
    let lower = cumulative.findIndex((weight) => weight >= index);
    if (lower < 0) lower = cumulative.length - 1;
    const before = this.processed[lower - 1] as Centroid;
    const after = this.processed[lower];
    if (after !== undefined) {
      return weightedAverage(before.mean, (cumulative[lower] as number) - index, after.mean, index - (cumulative[lower - 1] as number));
    }
    const z1 = index - this.processedWeight - before.weight / 2;
    return weightedAverage(before.mean, z1, this.max, before.weight / 2 - z1);
  }

  private cumulativeWeights(): number[] {
    let total = 0;
    const weights = this.processed.map(({ weight }) => {
      const middle = total + weight / 2;
      total += weight;
      return middle;
    });
    return [...weights, total];
  }

  private process(): void {
    if (this.unprocessed.length === 0 && this.processed.length <= this.processedMax) return;
    const sorted = [...this.unprocessed, ...this.processed].sort((a, b) => a.mean - b.mean);
    const [first] = sorted;
    if (first === undefined) return;
    this.processedWeight += this.unprocessedWeight;
    this.unprocessedWeight = 0;
    this.unprocessed = [];
    let current: Centroid = { ...first };
    this.processed = [current];
    let soFar = first.weight;
    let limit = this.processedWeight * this.integratedQ(1);
    for (const centroid of sorted.slice(1)) {
      if (soFar + centroid.weight <= limit) {
        soFar += centroid.weight;
        current.weight += centroid.weight;
        current.mean += (centroid.weight * (centroid.mean - current.mean)) / current.weight;
      } else {
        limit = this.processedWeight * this.integratedQ(this.integratedLocation(soFar / this.processedWeight) + 1);
        soFar += centroid.weight;
        current = { ...centroid };
        this.processed.push(current);
      }
    }
    this.min = Math.min(this.min, (this.processed[0] as Centroid).mean);
    this.max = Math.max(this.max, current.mean);
  }

  private integratedQ(k: number): number {
    return (Math.sin((Math.min(k, this.compression) * Math.PI) / this.compression - Math.PI / 2) + 1) / 2;
  }

  private integratedLocation(q: number): number {
    return (this.compression * (Math.asin(2 * q - 1) + Math.PI / 2)) / Math.PI;
  }
}

function weightedAverage(x1: number, w1: number, x2: number, w2: number): number {
  const [low, lowWeight, high, highWeight] = x1 <= x2 ? [x1, w1, x2, w2] : [x2, w2, x1, w1];
  return Math.max(low, Math.min((low * lowWeight + high * highWeight) / (lowWeight + highWeight), high));
}
