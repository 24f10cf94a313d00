/** The geometries that scripts describe with records: points, boxes, circles, polygons and lines on the sphere. */
import { r1, s1, s2 } from 's2js';
import { fluxError } from '../../language/errors.js';
import type { RecordValue, Value } from '../../language/value.js';
import { isArray, isRecord } from '../../language/value.js';
import { toFloat } from '../universe/conversions.js';

export type Geometry =
  | { readonly kind: 'point'; readonly at: s2.LatLng }
  | { readonly kind: 'box'; readonly low: s2.LatLng; readonly high: s2.LatLng }
  | { readonly kind: 'circle'; readonly center: s2.LatLng; readonly radius: number }
  | { readonly kind: 'polygon'; readonly points: readonly s2.Point[] }
  | { readonly kind: 'polyline'; readonly points: readonly s2.LatLng[] };

export type Area = Extract<Geometry, { kind: 'box' | 'circle' | 'polygon' }>;

/** The mean radius of the earth. */
const EARTH_RADIUS_KM = 6371.01;
const KM_PER_MILE = 1.609344;
const EARTH_RADII: Readonly<Record<string, number>> = {
  m: EARTH_RADIUS_KM * 1000,
  km: EARTH_RADIUS_KM,
  mile: EARTH_RADIUS_KM / KM_PER_MILE,
};

/** How long one radian of the earth is, in the unit that a script measures in. */
export function earthRadius(units: RecordValue): number {
  const distance = units.get('distance');
  if (distance === undefined || sizeOf(units) !== 1) throw fluxError('invalid units parameter: missing field: distance');
  if (typeof distance !== 'string') throw fluxError('invalid units parameter: distance field is null');
  const radius = Object.hasOwn(EARTH_RADII, distance) ? EARTH_RADII[distance] : undefined;
  if (radius === undefined) throw fluxError(`invalid units parameter: unsupported distance unit '${distance}'`);
  return radius;
}

const sizeOf = (record: RecordValue): number => [...record.labels()].length;

/** The numbers of a geometry; a field that is missing or null is named. */
function coordinates(record: RecordValue, labels: readonly string[], what: string): number[] {
  const names = labels.join(', ');
  return labels.map((label) => {
    const value = record.get(label);
    if (value === undefined) throw fluxError(`invalid ${what} specification - must have ${names} fields`);
    if (typeof value !== 'number') throw fluxError(`invalid ${what} specification - ${names} must not be null`);
    return value;
  });
}

/** @param name of the argument, for messages. @param radius of the earth in the unit of distances */
export function geometryOf(name: string, record: RecordValue, radius: number): Geometry {
  const size = sizeOf(record);
  const has = (label: string): boolean => record.get(label) !== undefined;
  if (size === 2 && has('lat')) return { kind: 'point', at: pointOf(record, 'point') };
  if (size === 4 && has('minLat')) return boxOf(record);
  if (size === 3 && has('radius')) {
    const [lat, lon, distance] = coordinates(record, ['lat', 'lon', 'radius'], 'circle') as [number, number, number];
    return { kind: 'circle', center: s2.LatLng.fromDegrees(lat, lon), radius: distance / radius };
  }
  if (size === 1 && has('points')) return polygonOf(record.get('points') ?? null);
  if (size === 1 && has('linestring')) return { kind: 'polyline', points: lineOf(record.get('linestring') ?? null) };
  throw fluxError(`unsupported geometry specified for '${name}'`);
}

export function pointOf(record: RecordValue, what: string): s2.LatLng {
  const [lat, lon] = coordinates(record, ['lat', 'lon'], what) as [number, number];
  return s2.LatLng.fromDegrees(lat, lon);
}

function boxOf(record: RecordValue): Geometry {
  const labels = ['minLat', 'minLon', 'maxLat', 'maxLon'];
  const [minLat, minLon, maxLat, maxLon] = coordinates(record, labels, 'box') as [number, number, number, number];
  // Corners that are named the wrong way round are meant the right way.
  return {
    kind: 'box',
    low: s2.LatLng.fromDegrees(Math.min(minLat, maxLat), Math.min(minLon, maxLon)),
    high: s2.LatLng.fromDegrees(Math.max(minLat, maxLat), Math.max(minLon, maxLon)),
  };
}

function polygonOf(points: Value): Geometry {
  if (!isArray(points) || points.length < 3) throw fluxError('polygon must have at least 3 points');
  return {
    kind: 'polygon',
    points: points.map((point) => {
      if (!isRecord(point)) throw fluxError('invalid polygon point specification - must have lat, lon fields');
      return s2.Point.fromLatLng(pointOf(point, 'polygon point'));
    }),
  };
}

/** `lon lat, lon lat, ...`. */
function lineOf(text: Value): s2.LatLng[] {
  if (typeof text !== 'string') throw fluxError('empty linestring');
  return text.split(',').map((pair) => {
    const [lon, lat] = pair.trim().split(/\s+/);
    if (lon === undefined || lon === '') throw fluxError('invalid linestring - empty part');
    if (lat === undefined) throw fluxError('invalid linestring - a part lacks its latitude');
    return s2.LatLng.fromDegrees(toFloat(lat), toFloat(lon));
  });
}

export type Region = s2.Rect | s2.Cap | s2.Loop;

/** An area as what can say whether a point lies in it. */
export function regionOf(area: Geometry): Region {
  switch (area.kind) {
    case 'box':
      return new s2.Rect(new r1.Interval(area.low.lat, area.high.lat), new s1.Interval(area.low.lng, area.high.lng));
    case 'circle':
      return s2.Cap.fromCenterAngle(s2.Point.fromLatLng(area.center), area.radius);
    case 'polygon':
      return loopOf(area.points);
    default:
      throw fluxError(`unsupported region type: geo.${area.kind}`);
  }
}

/** More than half of the sphere is never meant: the points went round the other way. */
export function loopOf(points: readonly s2.Point[]): s2.Loop {
  const loop = new s2.Loop([...points]);
  if (loop.area() >= 2 * Math.PI) loop.invert();
  return loop;
}

/** A box with straight sides. */
export const boxLoop = ({ low, high }: Extract<Geometry, { kind: 'box' }>): s2.Loop =>
  loopOf(
    [
      [low.lat, low.lng],
      [low.lat, high.lng],
      [high.lat, high.lng],
      [high.lat, low.lng],
    ].map(([lat, lng]) => s2.Point.fromLatLng(new s2.LatLng(lat as number, lng as number))),
  );
