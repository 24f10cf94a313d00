/** `stContains`, `stDistance` and `stLength`: what lies where, and how far things are apart. */
import { s1, s2 } from 's2js';
import { fluxError } from '../../language/errors.js';
import type { Arguments } from '../native.js';
import { native } from '../native.js';
import type { Geometry } from './geometry.js';
import { boxLoop, earthRadius, geometryOf, loopOf, regionOf } from './geometry.js';

interface Pair {
  readonly radius: number;
  readonly region: Geometry;
  readonly geometry: Geometry;
}

function pairOf(args: Arguments): Pair {
  const radius = earthRadius(args.record('units'));
  return {
    radius,
    region: geometryOf('region', args.record('region'), radius),
    geometry: geometryOf('geometry', args.record('geometry'), radius),
  };
}

const unsupported = (geometry: Geometry): Error => fluxError(`unsupported geometry type: geo.${geometry.kind}`);

export const stContains = native((args) => {
  const { region, geometry } = pairOf(args);
  const area = regionOf(region);
  switch (geometry.kind) {
    case 'point':
      return area.containsPoint(s2.Point.fromLatLng(geometry.at));
    case 'polyline':
      return geometry.points.every((at) => area.containsPoint(s2.Point.fromLatLng(at)));
    default:
      throw unsupported(geometry);
  }
});

export const stDistance = native((args) => {
  const { radius, region, geometry } = pairOf(args);
  switch (geometry.kind) {
    case 'point':
      return radius * fromPoint(region, geometry.at);
    case 'polyline':
      return radius * fromLine(region, geometry.points);
    default:
      throw unsupported(geometry);
  }
});

export const stLength = native((args) => {
  const radius = earthRadius(args.record('units'));
  const geometry = geometryOf('geometry', args.record('geometry'), radius);
  if (geometry.kind === 'point') return 0;
  if (geometry.kind !== 'polyline') throw unsupported(geometry);
  let length = 0;
  geometry.points.forEach((at, i) => {
    if (i > 0) length += (geometry.points[i - 1] as s2.LatLng).distance(at);
  });
  return length * radius;
});

/** Radians between a geometry and a point. */
function fromPoint(region: Geometry, at: s2.LatLng): number {
  const point = s2.Point.fromLatLng(at);
  switch (region.kind) {
    case 'point':
      return s2.Point.fromLatLng(region.at).distance(point);
    case 'box':
      return toBox(region, at);
    case 'circle':
      return Math.max(0, s2.Point.fromLatLng(region.center).distance(point) - region.radius);
    case 'polygon':
      return nearest(loopOf(region.points), new s2.EdgeQueryPointTarget(point));
    case 'polyline':
      return 0;
  }
}

/** Radians between a geometry and a line. */
function fromLine(region: Geometry, points: readonly s2.LatLng[]): number {
  const line = s2.Polyline.fromLatLngs([...points]);
  switch (region.kind) {
    case 'point':
      return nearest(line, new s2.EdgeQueryPointTarget(s2.Point.fromLatLng(region.at)));
    case 'box':
      return nearest(boxLoop(region), new s2.EdgeQueryShapeIndexTarget(indexOf(line)));
    case 'circle':
      return Math.max(0, nearest(line, new s2.EdgeQueryPointTarget(s2.Point.fromLatLng(region.center))) - region.radius);
    case 'polygon':
      return nearest(loopOf(region.points), new s2.EdgeQueryShapeIndexTarget(indexOf(line)));
    case 'polyline':
      return 0;
  }
}

type Shape = Parameters<s2.ShapeIndex['add']>[0];

function indexOf(shape: Shape): s2.ShapeIndex {
  const index = new s2.ShapeIndex();
  index.add(shape);
  return index;
}

function nearest(shape: Shape, target: s2.ClosestEdgeQueryTarget): number {
  const options = new s2.ClosestEdgeQueryOptions();
  options.maxResults = 1;
  const [result] = new s2.ClosestEdgeQuery(indexOf(shape), options).findClosestEdges(target);
  return result === undefined ? Number.NaN : s1.chordangle.angle(result.distance);
}

/** A box has sides along meridians and parallels: the nearest meridian is a line, and within its longitudes only latitudes count. */
function toBox({ low, high }: Extract<Geometry, { kind: 'box' }>, at: s2.LatLng): number {
  const longitudes = new s1.Interval(low.lng, high.lng);
  if (longitudes.contains(at.lng)) return Math.max(0, at.lat - high.lat, low.lat - at.lat);
  const eastOf = new s1.Interval(high.lng, longitudes.complementCenter());
  const lng = eastOf.contains(at.lng) ? high.lng : low.lng;
  const side = s2.Polyline.fromLatLngs([new s2.LatLng(low.lat, lng), new s2.LatLng(high.lat, lng)]);
  return nearest(side, new s2.EdgeQueryPointTarget(s2.Point.fromLatLng(at)));
}
