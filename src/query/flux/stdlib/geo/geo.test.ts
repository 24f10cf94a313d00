/** Cells, regions and distances, as InfluxDB 2.9.1 answers them. */
import { describe, expect, it } from 'vitest';
import { columnOf, failureOf, valueOf } from '../../../../../test/support/flux.js';

const UNITS = 'units: {distance: "km"}';
const BOX = '{minLat: 40.51757813, maxLat: 40.86914063, minLon: -73.65234375, maxLon: -72.94921875}';
const AREA =
  '{points: [{lat: 40.776527, lon: -73.338811}, {lat: 40.788093, lon: -73.776396}, {lat: 40.475939, lon: -73.751854}, {lat: 40.576506, lon: -73.573634}]}';
const LINE = '{linestring: "10.0 10.0, 11.0 12.0"}';
const SMALL = '{minLat: 1.0, maxLat: 2.0, minLon: 3.0, maxLon: 4.0}';

describe('cells', () => {
  it.each([
    [
      `strings.joinStr(arr: geo.getGrid(region: ${BOX}, level: 9, ${UNITS}).set, v: " ")`,
      '89c274 89c27c 89c284 89e824 89e82c 89e834 89e83c 89e844 89e84c 89e9b4 89e9c4 89e9cc 89e9d4 89e9dc',
    ],
    [`geo.getGrid(region: ${BOX}, minSize: 5, ${UNITS}).level`, 8n],
    [`geo.getGrid(region: ${BOX}, minSize: 50, maxSize: 51, ${UNITS}).level`, -1n],
    ['geo.s2CellIDToken(point: {lat: 40.51757813, lon: -73.65234375}, level: 10)', '89c271'],
    ['geo.s2CellIDToken(token: "89c284", level: 7)', '89c2c'],
    ['geo.getLevel(token: "89c284")', 9n],
    ['geo.s2CellLatLon(token: "89c284").lat', 40.812535546624574],
  ])('%s', async (expression, expected) => {
    expect(await valueOf(expression, ['strings', 'experimental/geo'])).toEqual(expected);
  });
});

describe('regions and distances', () => {
  it.each([
    [`geo.ST_Contains(region: ${AREA}, geometry: {lat: 40.7, lon: -73.5})`, true],
    [`geo.ST_Contains(region: {lat: 1.0, lon: 2.0, radius: 10.0}, geometry: {linestring: "2.0 1.0, 3.0 1.0"})`, false],
    [`geo.ST_DWithin(region: {lat: 1.0, lon: 2.0}, geometry: {lat: 1.1, lon: 2.0}, distance: 12.0)`, true],
    [`geo.ST_Intersects(region: ${AREA}, geometry: {linestring: "-73.9 40.7, -73.5 40.7"})`, true],
  ])('%s', async (expression, expected) => {
    expect(await valueOf(expression, ['experimental/geo'])).toBe(expected);
  });

  it.each([
    [`geo.ST_Distance(region: ${AREA}, geometry: {lat: 41.7, lon: -73.5})`, 102.12592601774658],
    [`geo.ST_Distance(region: ${SMALL}, geometry: {lat: 2.5, lon: 5.0})`, 124.2429128046015],
    [`geo.ST_Distance(region: ${SMALL}, geometry: {lat: 2.5, lon: 3.5})`, 55.59755058874196],
    [`geo.ST_Distance(region: ${SMALL}, geometry: ${LINE})`, 1109.4268132026434],
    [`geo.ST_Distance(region: {lat: 1.0, lon: 2.0, radius: 10.0}, geometry: ${LINE})`, 1325.6239846997485],
    [`geo.ST_Length(geometry: ${LINE})`, 247.73016068813976],
    ['geo.ST_Distance(region: {lat: 1.0, lon: 2.0}, geometry: {lat: 3.0, lon: 4.0}, units: {distance: "mile"})', 195.36124316141598],
  ])('%s', async (expression, expected) => {
    expect(await valueOf(expression, ['experimental/geo'])).toBeCloseTo(expected, 9);
  });

  it('are measured in the unit that the script sets', async () => {
    const script = `import "array" import "experimental/geo" option geo.units = {distance: "m"}
      array.from(rows: [{lat: 1.0, lon: 2.0}, {lat: 1.0, lon: 3.0}]) |> geo.totalDistance()`;
    expect((await columnOf(script, '_value'))[0]).toBeCloseTo(111178.0, -2);
  });
});

it.each([
  ['geo.getLevel(token: "zz")', 'invalid token specified'],
  ['geo.s2CellIDToken(token: "89c284", level: 12)', 'requested level greater then current level'],
  ['geo.ST_Length(geometry: {linestring: "1.0 2.0"}, units: {distance: "foot"})', "unsupported distance unit 'foot'"],
  ['geo.ST_Length(geometry: {lat: 1.0, lng: 2.0})', 'must have lat, lon fields'],
  [`geo.getGrid(region: {lat: 0.0, lon: 0.0, radius: 5000.0}, level: 30, ${UNITS}).level`, 'a grid of level 30 has more than 100000 cells'],
])('%s fails', async (expression, message) => {
  expect(await failureOf(`import "array" import "experimental/geo" array.from(rows: [{v: ${expression}}])`)).toContain(message);
});
