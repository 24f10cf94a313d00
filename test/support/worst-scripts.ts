/** Scripts that are made to take what a server has: each has to end by a limit, with an error that says which. */

/** At least so many rows, with the numbers from 1 in `_value` and as nanoseconds in `_time`, out of a script that is short. */
const rows = (
  count: number,
  packages: readonly string[] = [],
): string => `${packages.map((name) => `import "${name}"\n`).join('')}import "array"
import "strings"
import "regexp"
d = (a) => array.concat(arr: a, v: a)
a0 = [{_value: 1}]
${Array.from({ length: Math.ceil(Math.log2(count)) }, (_, i) => `a${i + 1} = d(a: a${i})`).join('\n')}
rows = array.from(rows: a${Math.ceil(Math.log2(count))}) |> cumulativeSum() |> map(fn: (r) => ({r with _time: time(v: r._value)}))`;

const withBig = (...packages: string[]): string => `${rows(3000, packages)}
big = strings.repeat(v: "ab", i: 700000)
`;
const big = withBig();

/** What is wrong in the words of a limit: memory, windows, time at a stretch, depth, time in all. */
export const LIMIT =
  /memory allocation limit|too long|occupied the server|nested too deep|stack|query-timeout|query-max-memory|more than \d+|took longer|no time/;

export const WORST_FLUX: Readonly<Record<string, string>> = {
  'long texts in rows': `${rows(3000)}\nrows |> map(fn: (r) => ({r with _value: strings.repeat(v: string(v: r._value), i: 1300000)}))`,
  'a pivot of 20,000 x 20,000': `${rows(20000)}
rows |> map(fn: (r) => ({r with k: string(v: r._value), _value: 1})) |> pivot(rowKey: ["_time"], columnKey: ["k"], valueColumn: "_value")`,
  'replaceAll in rows': `${big}rows |> map(fn: (r) => ({r with _value: strings.strlen(v: strings.replaceAll(v: big, t: "a", u: "bb"))}))`,
  'split in rows': `${big}rows |> map(fn: (r) => ({r with _value: length(arr: strings.split(v: big, t: "a"))}))`,
  'index in rows': `${big}rows |> map(fn: (r) => ({r with _value: strings.index(v: big, substr: "abb") + strings.countStr(v: big, substr: "a")}))`,
  'letter case in rows': `${big}rows |> map(fn: (r) => ({r with _value: strings.strlen(v: strings.toUpper(v: strings.toLower(v: big)))}))`,
  'patterns in rows': `${big}rows |> map(fn: (r) => ({r with _value: regexp.matchRegexpString(r: /(a|b)*c(a|b)*(a|b)*d/, v: big)}))`,
  'a text that doubles': `import "array"
d = (s) => s + s
f = (s) => d(s: d(s: d(s: d(s: d(s: d(s: d(s: d(s: s))))))))
array.from(rows: [{_value: f(s: f(s: f(s: f(s: "abcdefgh"))))}])`,
  'a text that doubles by interpolation': `import "array"
d = (s) => "\${s}\${s}"
f = (s) => d(s: d(s: d(s: d(s: d(s: d(s: d(s: d(s: s))))))))
array.from(rows: [{_value: f(s: f(s: f(s: "abcdefgh")))}])`,
  'an array that doubles': `import "array"
d = (a) => array.concat(arr: a, v: a)
f = (a) => d(a: d(a: d(a: d(a: d(a: d(a: d(a: d(a: a))))))))
array.from(rows: [{_value: length(arr: f(a: f(a: f(a: f(a: [1])))))}])`,
  'a join of all with all': `${rows(20000)}
a = rows |> map(fn: (r) => ({_time: r._time, _value: r._value, k: "x"}))
join(tables: {a: a, b: a}, on: ["k"])`,
  'a union of many': `${rows(20000)}
u1 = union(tables: [rows, rows, rows, rows, rows, rows, rows, rows])
u2 = union(tables: [u1, u1, u1, u1, u1, u1, u1, u1])
u3 = union(tables: [u2, u2, u2, u2, u2, u2, u2, u2])
union(tables: [u3, u3, u3, u3, u3, u3, u3, u3]) |> sort()`,
  'windows without end': `${rows(100000)}\nrows |> range(start: 1900-01-01T00:00:00Z, stop: 2100-01-01T00:00:00Z) |> window(every: 1s, period: 1000000s, createEmpty: true) |> count()`,
  'millions of rows': `${rows(16_000_000)}\nrows |> sort(desc: true)`,
  'a sum over millions of rows': `${rows(4_000_000)}\nunion(tables: [rows, rows, rows, rows]) |> sum()`,
  'groups of one row': `${rows(1000000)}\nrows |> map(fn: (r) => ({r with k: string(v: r._value)})) |> group(columns: ["k"]) |> sort()`,
  'JSON of a long text': `${withBig('experimental/json')}
array.from(rows: [{_value: length(arr: json.parse(data: bytes(v: "[" + strings.repeat(v: "1,", i: 7000000) + "1]")))}])`,
  'JSON made in rows': `${withBig('json')}rows |> map(fn: (r) => ({r with _value: string(v: json.encode(v: {a: big, b: big, c: big, d: big}))}))`,
  'CSV of a long text': `${withBig('csv')}csv.from(csv: "a,b\\n" + strings.repeat(v: "1,2\\n", i: 8000000), mode: "raw") |> group(columns: ["a"]) |> sort()`,
  'reduce that grows a text': `${rows(1000000)}
rows |> reduce(identity: {s: ""}, fn: (r, accumulator) => ({s: accumulator.s + "0123456789012345678901234567890123456789"}))`,
  'many labels': `${rows(10000)}\nrows |> map(fn: (r) => ({r with ${Array.from({ length: 2000 }, (_, i) => `c${i}: 1`).join(', ')}}))|> sort()`,
};

/** A hundred years of nanoseconds, in one way or the other. */
export const WORST_INFLUXQL: Readonly<Record<string, string>> = {
  'a hundred years by the millisecond': `SELECT mean(f) FROM m WHERE time >= '1920-01-01T00:00:00Z' AND time < '2020-01-01T00:00:00Z' GROUP BY time(1ms) FILL(0)`,
  'a hundred years by the second': `SELECT mean(f) FROM m WHERE time >= '1920-01-01T00:00:00Z' AND time < '2020-01-01T00:00:00Z' GROUP BY time(1s), * FILL(0)`,
  'many statements of that': Array(500)
    .fill(`SELECT mean(f) FROM m WHERE time >= '1920-01-01T00:00:00Z' AND time < '2020-01-01T00:00:00Z' GROUP BY time(1m) FILL(0)`)
    .join(';'),
  'deep brackets': `SELECT ${'('.repeat(100_000)}f${')'.repeat(100_000)} FROM m`,
  'deep subqueries': `${'SELECT f FROM ('.repeat(3000)}SELECT f FROM m${')'.repeat(3000)}`,
};
