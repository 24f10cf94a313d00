/** `getGrid`, `getLevel`, `s2CellIDToken` and `s2CellLatLon`: the cells into which S2 divides the sphere. */
import { s2 } from 's2js';
import { fluxError } from '../../language/errors.js';
import { PlainRecord } from '../../language/value.js';
import type { Arguments } from '../native.js';
import { native } from '../native.js';
import type { Region } from './geometry.js';
import { earthRadius, geometryOf, pointOf, regionOf } from './geometry.js';

const LEVEL_MAX = 30;
/** Of a grid whose size is not asked for. */
const GRID_SIZE_MAX = 100;
/** A grid of one level has as many cells as the region is large; more than these no filter is faster for. */
const LEVEL_CELLS_MAX = 100_000;
const CELLS_OF_LEVEL_0 = 6;
const SPHERE = 4 * Math.PI;

interface Grid {
  readonly level: number;
  readonly cells: readonly bigint[];
}

interface GridSpec {
  readonly level: number;
  readonly maxLevel: number;
  readonly minSize: number;
  readonly maxSize: number;
}

export const getGrid = native((args) => {
  const radius = earthRadius(args.record('units'));
  const region = regionOf(geometryOf('region', args.record('region'), radius));
  const spec: GridSpec = {
    level: args.count('level', -1),
    maxLevel: args.count('maxLevel', -1),
    minSize: args.count('minSize', -1),
    maxSize: args.count('maxSize', -1),
  };
  if (spec.maxLevel > LEVEL_MAX) throw fluxError(`invalid maxLevel (${spec.maxLevel}, must be < ${LEVEL_MAX})`);
  if (spec.minSize > 0 && spec.maxSize > 0 && spec.minSize > spec.maxSize)
    throw fluxError(`minSize > maxSize (${spec.minSize} > ${spec.maxSize})`);
  const grid = gridOf(region, spec);
  const isEmpty = grid === undefined || grid.cells.length === 0;
  return PlainRecord.of({ level: BigInt(isEmpty ? -1 : grid.level), set: grid?.cells.map(s2.cellid.toToken) ?? [] });
});

/** The finest grid that is not too large; where a least size is asked for, the first that has it. */
function gridOf(region: Region, { level, maxLevel, minSize, maxSize }: GridSpec): Grid | undefined {
  if (level > -1) return { level, cells: covering(region, level) };
  if (minSize <= 0 && maxSize <= 0) throw fluxError('either minSize or maxSize must be specified');
  const sizeMax = maxSize <= 0 ? GRID_SIZE_MAX : maxSize;
  let grid: Grid | undefined;
  for (let at = 1; at <= (maxLevel <= 0 ? LEVEL_MAX : maxLevel); at++) {
    // Cells of a level number at least as many as fit into the region: nothing finer can be small enough.
    if (leastCells(region, at) > sizeMax) break;
    const cells = covering(region, at);
    if (cells.length > sizeMax) break;
    grid = { level: at, cells };
    if (minSize > 0 && cells.length >= minSize) break;
  }
  return grid !== undefined && grid.cells.length < minSize && maxLevel <= 0 ? undefined : grid;
}

function covering(region: Region, level: number): readonly bigint[] {
  if (level > LEVEL_MAX) throw fluxError(`level value must be [1, ${LEVEL_MAX}]`);
  if (leastCells(region, level) > LEVEL_CELLS_MAX)
    throw fluxError(`a grid of level ${level} has more than ${LEVEL_CELLS_MAX} cells in this region; use a lower level`);
  return new s2.RegionCoverer({ minLevel: level, maxLevel: level, maxCells: GRID_SIZE_MAX }).covering(region);
}

/** Cells of one level differ in size, by a factor of less than 3: half of the mean number is surely not too many. */
const leastCells = (region: Region, level: number): number => (region.area() / SPHERE) * CELLS_OF_LEVEL_0 * 4 ** level * 0.4;

function cellOf(token: string, message: string): bigint {
  const cell = /^[0-9a-f]{1,16}$/i.test(token) ? s2.cellid.fromToken(token) : 0n;
  if (!s2.cellid.valid(cell)) throw fluxError(message);
  return cell;
}

export const getLevel = native((args) => BigInt(s2.cellid.level(cellOf(args.string('token'), 'invalid token specified'))));

export const s2CellLatLon = native((args) => {
  const cell = cellOf(args.string('token'), 'invalid token specified');
  const { lat, lng } = s2.cellid.latLng(cell);
  return PlainRecord.of({ lat: degrees(lat), lon: degrees(lng) });
});

const degrees = (radians: number): number => (180 / Math.PI) * radians;

export const s2CellIDToken = native((args) => {
  const cell = cellAsked(args);
  const level = args.count('level');
  if (level < 1 || level > LEVEL_MAX) throw fluxError(`level value must be [1, ${LEVEL_MAX}]`);
  if (level > s2.cellid.level(cell)) throw fluxError('invalid token specified or requested level greater then current level');
  return s2.cellid.toToken(s2.cellid.parent(cell, level));
});

function cellAsked(args: Arguments): bigint {
  const hasToken = args.has('token');
  const hasPoint = args.has('point');
  if (!hasToken && !hasPoint) throw fluxError('either token or point parameter must be specified');
  if (hasToken && hasPoint) {
    const isEmptyToken = args.string('token') === '';
    const isEmptyPoint = [...args.record('point').labels()].length === 0;
    if (isEmptyToken === isEmptyPoint) throw fluxError('either token or point parameter must be specified and must not be empty');
    if (isEmptyToken) return s2.cellid.fromLatLng(pointOf(args.record('point'), 'point'));
  }
  if (hasToken) return cellOf(args.string('token'), 'invalid token specified or requested level greater then current level');
  return s2.cellid.fromLatLng(pointOf(args.record('point'), 'point'));
}
