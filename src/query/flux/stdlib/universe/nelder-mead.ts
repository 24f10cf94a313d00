/**
 * The least value of a function of several variables, found without its derivatives (Nelder and Mead, with the steps of Gao and Han). As
 * InfluxDB looks for it: where it ends shows in forecasts.
 */

export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
}

interface Options {
  /** An improvement below this is none. */
  readonly epsilon: number;
  /** How many rounds without an improvement end the search. */
  readonly idleRoundsMax: number;
}

interface Vertex {
  readonly at: number[];
  readonly value: number;
}

const SIMPLEX_SIZE = 0.05;

export function minimize(of: (at: readonly number[]) => number, start: readonly number[], { epsilon, idleRoundsMax }: Options): Minimum {
  const simplex = new Simplex(of, start);
  let best = simplex.best.value;
  let idleRounds = 0;
  while (idleRounds < idleRoundsMax) {
    simplex.step();
    const { value } = simplex.best;
    if (value === -Infinity) break;
    if (value < best && best - value > epsilon) {
      best = value;
      idleRounds = 0;
    } else {
      idleRounds++;
    }
  }
  return simplex.best;
}

class Simplex {
  private readonly of: (at: readonly number[]) => number;
  private readonly dimensions: number;
  private readonly expansion: number;
  private readonly contraction: number;
  private readonly shrinkage: number;
  /** Best first. */
  private vertices: Vertex[];
  /** Of all vertices but the worst. */
  private centroid: number[] = [];

  constructor(of: (at: readonly number[]) => number, start: readonly number[]) {
    this.of = of;
    this.dimensions = start.length;
    this.expansion = 1 + 2 / start.length;
    this.contraction = 0.75 - 1 / (2 * start.length);
    this.shrinkage = 1 - 1 / start.length;
    const first = this.vertex([...start]);
    this.vertices = [...start.map((_x, axis) => this.vertex(start.map((x, i) => (i === axis ? x + SIMPLEX_SIZE : x)))), first];
    this.order();
  }

  get best(): Vertex {
    return this.vertices[0] as Vertex;
  }

  private get worst(): Vertex {
    return this.vertices[this.dimensions] as Vertex;
  }

  step(): void {
    const reflected = this.towards(1);
    if (reflected.value < this.best.value) {
      const expanded = this.towards(this.expansion);
      this.replaceWorst(expanded.value < reflected.value ? expanded : reflected);
    } else if (reflected.value < (this.vertices[this.dimensions - 1] as Vertex).value) {
      this.replaceWorst(reflected);
    } else if (reflected.value < this.worst.value) {
      const contracted = this.towards(this.contraction);
      if (contracted.value <= reflected.value) this.replaceWorst(contracted);
      else this.shrink();
    } else {
      const contracted = this.towards(-this.contraction);
      if (contracted.value < this.worst.value) this.replaceWorst(contracted);
      else this.shrink();
    }
  }

  private vertex(at: number[]): Vertex {
    return { at, value: this.of(at) };
  }

  /** From the centroid, away from the worst vertex. */
  private towards(scale: number): Vertex {
    const { at } = this.worst;
    return this.vertex(this.centroid.map((center, i) => (center - (at[i] as number)) * scale + center));
  }

  private replaceWorst(vertex: Vertex): void {
    this.vertices[this.dimensions] = vertex;
    for (let i = this.dimensions - 1; i >= 0 && (this.vertices[i] as Vertex).value >= vertex.value; i--) {
      this.vertices[i + 1] = this.vertices[i] as Vertex;
      this.vertices[i] = vertex;
    }
    // One vertex has come, and another is the worst now: adding anew would end in other last digits.
    const { at } = this.worst;
    this.centroid = this.centroid.map((center, i) => {
      const without = center + (-1 / this.dimensions) * (at[i] as number);
      return without + (1 / this.dimensions) * (vertex.at[i] as number);
    });
  }

  private shrink(): void {
    const { at: center } = this.best;
    this.vertices = this.vertices.map((vertex, i) =>
      i === 0
        ? vertex
        : this.vertex(vertex.at.map((x, axis) => (x - (center[axis] as number)) * this.shrinkage + (center[axis] as number))),
    );
    this.order();
  }

  private order(): void {
    this.vertices.sort((a, b) => a.value - b.value);
    this.centroid = this.best.at.map((_x, axis) => {
      let sum = 0;
      for (const { at } of this.vertices.slice(0, this.dimensions)) sum += at[axis] as number;
      return sum / this.dimensions;
    });
  }
}
