/** Lines made of fewer points. Nothing recurses: a line may have a million points, and each may be the farthest of its part. */
import type { Turn } from '../../execute/turn.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The distances of points from the straight line between two of them. */
function distanceFrom(start: Point, end: Point): (point: Point) => number {
  const a = start.y - end.y;
  const b = end.x - start.x;
  const c = start.x * end.y - end.x * start.y;
  const length = Math.sqrt(a * a + b * b);
  return ({ x, y }) => Math.abs(a * x + b * y + c) / length;
}

interface Farthest {
  readonly index: number;
  readonly distance: number;
}

/** The first of the points that are farthest from the line between the ends of a part. */
function farthestWithin(points: readonly Point[], from: number, to: number, turn: Turn): Farthest {
  turn.check(to - from);
  const distanceOf = distanceFrom(points[from] as Point, points[to] as Point);
  let farthest: Farthest = { index: from, distance: 0 };
  for (let index = from; index <= to; index++) {
    const distance = distanceOf(points[index] as Point);
    if (distance > farthest.distance) farthest = { index, distance };
  }
  return farthest;
}

/** Splits parts at their farthest points for as long as these are too far away. */
function split(points: readonly Point[], thresholdOf: (from: Point, to: Point) => number, turn: Turn): readonly Point[] {
  if (points.length <= 2) return points;
  const keeps = new Uint8Array(points.length);
  const parts: [from: number, to: number][] = [[0, points.length - 1]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [from, to] = part;
    keeps[from] = 1;
    keeps[to] = 1;
    if (to - from < 2) continue;
    const { index, distance } = farthestWithin(points, from, to, turn);
    // Points in one place have no line between them, and no distance from it.
    if (distance >= thresholdOf(points[from] as Point, points[to] as Point) && index > from && index < to)
      parts.push([from, index], [index, to]);
  }
  return points.filter((_point, i) => keeps[i] === 1);
}

export const withinDistance = (points: readonly Point[], epsilon: number, turn: Turn): readonly Point[] =>
  split(points, () => epsilon, turn);

/** How far a point may lie away is judged from the line itself: by the error that comes of drawing it on a grid (Prasad and others, 2012). */
export const withinAutomatic = (points: readonly Point[], turn: Turn): readonly Point[] =>
  split(
    points,
    (from, to) => {
      const width = to.x - from.x;
      const height = to.y - from.y;
      const length = Math.sqrt(width ** 2 + height ** 2);
      const angle = Math.atan(width === 0 ? 0 : height / width);
      const sine = Math.sin(angle);
      const cosine = Math.cos(angle);
      const error = (Math.abs(sine) + Math.abs(cosine)) / length;
      const correction = 1 - error + error ** 2;
      return length * Math.max(...[sine + cosine, sine - cosine].map((sum) => Math.atan((Math.abs(sum) / length) * correction)));
    },
    turn,
  );

/** The points that are the farthest of some part, and the farthest of these; the ends are always kept. */
export function withRetention(points: readonly Point[], count: number, turn: Turn): readonly Point[] {
  const weights = new Float64Array(points.length);
  const parts: [from: number, to: number][] = [[0, points.length - 1]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [from, to] = part;
    const { index, distance } = farthestWithin(points, from, to, turn);
    if (distance <= 0 || index <= from || index >= to) continue;
    weights[index] = distance;
    parts.push([from, index], [index, to]);
  }
  weights[0] = Infinity;
  weights[points.length - 1] = Infinity;
  const least = Float64Array.from(weights).sort().at(-count) as number;
  return points.filter((_point, i) => (weights[i] as number) >= least);
}
