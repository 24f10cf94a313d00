/** What is wrong with a script or its data, word for word and with the place that InfluxDB 2.9.1 names. */
import { expect, it } from 'vitest';
import { environmentWith, failureOf } from '../../../test/support/flux.js';

const READ = 'from(bucket: "data") |> range(start: 0)';

it.each([
  ['from() |> range(start: -1h)', 'error calling function "from" @1:1-1:7: must specify bucket or bucketID'],
  [
    'f = () => from()\nf() |> range(start: 0)',
    'error calling function "f" @2:1-2:4: error calling function "from" @1:11-1:17: must specify bucket or bucketID',
  ],
  // What the planner makes itself has no place.
  [`${READ} |> map(fn: (r) => ({r with x: r._value + 1}))`, 'runtime error: type conflict: int != float'],
  [
    `${READ} |> map(fn: (r) => ({r with x: r._value + float(v: r.t)}))`,
    'runtime error: cannot convert string "a" to float due to invalid syntax',
  ],
  [`${READ} |> aggregateWindow(every: 1h, fn: mean, column: "zz", createEmpty: false)`, 'runtime error: column "zz" does not exist'],
  [`${READ} |> map(fn: (r) => r.zz)`, 'runtime error @1:44-1:64: map: map function must return an object, got invalid'],
  [
    `${READ} |> map(fn: (r) => ({r with x: [1]}))`,
    'runtime error @1:44-1:77: map: map object property "x" is array type which is not supported in a flux table',
  ],
  [
    `${READ} |> map(fn: (r) => ({r with x: int(v: "z")}))`,
    'runtime error @1:44-1:85: map: failed to evaluate map function: cannot convert string "z" to int due to invalid syntax',
  ],
  [`${READ} |> stateCount(fn: (r) => r._value)`, 'runtime error @1:44-1:75: stateCount: type conflict: bool != float'],
  [
    `${READ} |> reduce(fn: (r, accumulator) => ({x: r._value}), identity: {x: 1})`,
    'runtime error @1:44-1:109: reduce: type conflict: int != float',
  ],
  [
    `${READ} |> pivot(rowKey: ["zz"], columnKey: ["_field"], valueColumn: "_value")`,
    'runtime error @1:44-1:111: pivot: specified row key column does not exist in table: zz',
  ],
  [
    'import "array" array.from(rows: [{a: string(v: {a: [1], b: (x) => x})}])',
    'error calling function "string" @1:38-1:70: cannot convert {a: [int], b: (x: A) => A} to string',
  ],
])('%s', async (script, message) => {
  expect(await failureOf(script, await environmentWith('m,t=a f=1 1000000000'))).toBe(message);
});
