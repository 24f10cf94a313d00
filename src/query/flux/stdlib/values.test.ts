/** The packages whose functions make values of values. */
import { describe, expect, it } from 'vitest';
import { columnOf, failureOf, valueOf } from '../../../../test/support/flux.js';

const cases = (name: string, table: readonly (readonly [string, unknown])[]): void => {
  describe(name, () => {
    it.each(table)('%s', async (expression, value) => {
      expect(await valueOf(expression, [name])).toEqual(value);
    });
  });
};

cases('strings', [
  ['strings.title(v: "hello wörld-ok it\'s")', "Hello Wörld-Ok It'S"],
  ['strings.toUpper(v: "straße")', 'STRAßE'],
  ['strings.toTitle(v: "ǆ")', 'ǅ'],
  ['strings.trim(v: "xxaxx", cutset: "x")', 'a'],
  ['strings.trimLeft(v: "xxaxx", cutset: "x")', 'axx'],
  ['strings.trimRight(v: "xxaxx", cutset: "x")', 'xxa'],
  ['strings.trimSpace(v: "  a\\t\\n")', 'a'],
  ['strings.trimPrefix(v: "abab", prefix: "ab")', 'ab'],
  ['strings.trimSuffix(v: "abab", suffix: "ab")', 'ab'],
  ['strings.hasPrefix(v: "abc", prefix: "ab")', true],
  ['strings.containsAny(v: "abc", chars: "xyc")', true],
  ['strings.equalFold(v: "ÄSS", t: "äss")', true],
  ['strings.compare(v: "b", t: "a")', 1n],
  ['strings.countStr(v: "aaaa", substr: "aa")', 2n],
  ['strings.countStr(v: "äb", substr: "")', 3n],
  ['strings.index(v: "äb", substr: "b")', 2n],
  ['strings.lastIndex(v: "go gopher", substr: "rodent")', -1n],
  ['strings.indexAny(v: "golang", chars: "gy")', 0n],
  ['strings.lastIndexAny(v: "golang", chars: "gy")', 5n],
  ['strings.isUpper(v: "A")', true],
  ['strings.repeat(v: "ab", i: 3)', 'ababab'],
  ['strings.replace(v: "oink oink oink", t: "oink", u: "moo", i: 2)', 'moo moo oink'],
  ['strings.replace(v: "ab", t: "", u: "-", i: 2)', '-a-b'],
  ['strings.replaceAll(v: "ab", t: "", u: "-")', '-a-b-'],
  ['strings.joinStr(arr: strings.split(v: "a,b,c", t: ","), v: "|")', 'a|b|c'],
  ['strings.joinStr(arr: strings.split(v: "äbc", t: ""), v: "|")', 'ä|b|c'],
  ['strings.joinStr(arr: strings.splitN(v: "a,b,c", t: ",", i: 2), v: "|")', 'a|b,c'],
  ['strings.joinStr(arr: strings.splitAfter(v: "a,b,c", t: ","), v: "|")', 'a,|b,|c'],
  ['strings.joinStr(arr: strings.splitAfterN(v: "a,b,c", t: ",", i: 2), v: "|")', 'a,|b,c'],
  ['strings.strlen(v: "a😀")', 2n],
  ['strings.substring(v: "influx", start: -3, end: 3)', 'inf'],
  ['"<${strings.substring(v: "influx", start: 4, end: 2)}>"', '<>'],
]);

cases('math', [
  ['math.round(x: 2.5)', 3],
  ['math.round(x: -2.5)', -3],
  ['math.roundtoeven(x: 2.5)', 2],
  ['math.roundtoeven(x: 3.5)', 4],
  ['math.trunc(x: -1.7)', -1],
  ['math.log10(x: 1000.0)', 3],
  ['math.log2(x: 8.0)', 3],
  ['math.log10(x: 2.0)', 0.3010299956639812],
  ['math.atan2(y: 1.0, x: -1.0)', Math.atan2(1, -1)],
  ['math.mod(x: 7.0, y: -4.0)', 3],
  ['math.remainder(x: 100.0, y: 30.0)', 10],
  ['math.remainder(x: 5.0, y: 2.0)', 1],
  ['math.remainder(x: 7.0, y: 2.0)', -1],
  ['math.pow10(n: 3)', 1000],
  ['math.ldexp(frac: 0.5, exp: 3)', 4],
  ['math.frexp(f: 8.0).exp', 4n],
  ['math.frexp(f: 8.0).frac', 0.5],
  ['math.modf(f: 3.25).frac', 0.25],
  ['math.float64bits(f: 1.0)', 0x3ff0000000000000n],
  ['math.float64frombits(b: uint(v: 4611686018427387904))', 2],
  ['math.isInf(f: 1.0 / 0.0, sign: -1)', false],
  ['math.copysign(x: 3.0, y: -1.0)', -3],
  ['math.nextafter(x: 1.0, y: 2.0)', 1.0000000000000002],
  ['math.ilogb(x: 10.0)', 3n],
  ['math.signbit(x: -1.0)', true],
  ['math.gamma(x: 5.0)', 24],
  ['math.maxint', 9223372036854775807n],
  ['math.mMax(x: 1.0, y: 2.0)', 2],
  ['math.dim(x: 1.0, y: 3.0)', 0],
]);

describe('math', () => {
  it.each([
    ['math.erf(x: 0.5)', 0.5204998778130465],
    ['math.erf(x: -3.0)', -0.9999779095030014],
    ['math.erfc(x: 4.0)', 1.541725790028002e-8],
    ['math.gamma(x: 0.5)', Math.sqrt(Math.PI)],
    ['math.lgamma(x: 10.5).lgamma', 13.940625219403763],
    // The values of Go's library, which InfluxDB gives: each method of computing them once.
    ['math.j0(x: 0.000001)', 0.99999999999975],
    ['math.j0(x: -2.5)', -0.048383776468198],
    ['math.j0(x: 24.9)', 0.08324596835301547],
    ['math.j1(x: -7.5)', -0.13524842757970551],
    ['math.j1(x: 40.0)', 0.12603831803758504],
    ['math.jn(n: -3, x: 0.5)', -0.0025637299945872448],
    ['math.jn(n: 8, x: 30.0)', 0.06289085331645],
    ['math.jn(n: 100, x: 50.0)', 1.1159273690838339e-21],
    ['math.y0(x: 0.1)', -1.5342386513503667],
    ['math.y0(x: 100.0)', -0.0772443133650832],
    ['math.y1(x: 0.000001)', -636619.772372175],
    ['math.y1(x: 3.0)', 0.3246744247918],
    ['math.yn(n: 5, x: 0.01)', -2444635204829.711],
    ['math.yn(n: -7, x: 12.0)', -0.1895206955216866],
    ['math.erfinv(x: -0.1)', -0.08885599049425769],
    ['math.erfinv(x: 0.999999999999)', 5.042031898572696],
    ['math.erfcinv(x: 0.001)', 2.326753765513524],
    ['math.erfcinv(x: 1.9)', -1.1630871536766736],
  ])('%s is about %d', async (expression, value) => {
    expect(((await valueOf(expression, ['math'])) as number) / value).toBeCloseTo(1, 12);
  });
});

cases('math', [
  ['math.jn(n: 2, x: 0.0)', 0],
  ['math.jn(n: 1000000, x: 3.0)', 0],
  ['math.y0(x: 0.0)', -Infinity],
  ['math.yn(n: -3, x: 0.0)', Infinity],
  ['math.y1(x: -1.0)', Number.NaN],
  ['math.j1(x: math.mInf(sign: 1))', 0],
  ['math.erfinv(x: 1.0)', Infinity],
  ['math.erfcinv(x: 2.5)', Number.NaN],
]);

it('no call of a Bessel function keeps its thread busy', async () => {
  expect(await failureOf('import "math"\nx = math.jn(n: 100000000000, x: 1000000000000.0)')).toContain('the order of a Bessel function');
});

cases('regexp', [
  ['regexp.findString(r: /o+/, v: "foo")', 'oo'],
  ['regexp.findStringIndex(r: /b/, v: "äb")[0]', 2n],
  ['regexp.matchRegexpString(r: regexp.compile(v: "^a"), v: "ab")', true],
  ['regexp.replaceAllString(r: /a(x*)b/, v: "-ab-axxb-", t: "T")', '-T-T-'],
  ['regexp.splitRegexp(r: /a*/, v: "abaabaccadaaae", i: 5)[3]', 'c'],
  ['regexp.quoteMeta(v: "a.b")', 'a\\.b'],
  ['regexp.getString(r: /a.b/)', 'a.b'],
]);

cases('date', [
  ['date.weekDay(t: 2024-02-29T00:00:00Z)', 4n],
  ['date.week(t: 2021-01-03T00:00:00Z)', 53n],
  ['date.week(t: 2024-12-30T00:00:00Z)', 1n],
  ['date.yearDay(t: 2024-12-31T00:00:00Z)', 366n],
  ['date.quarter(t: 2024-12-31T00:00:00Z)', 4n],
  ['date.hour(t: 1969-12-31T23:59:59Z)', 23n],
  ['date.microsecond(t: 1969-12-31T23:59:59.999999999Z)', 999_999n],
  ['date.hour(t: 2024-07-01T12:00:00Z, location: {zone: "Europe/Berlin", offset: 0h})', 14n],
  ['date.truncate(t: 2024-02-29T13:45:56Z, unit: 1mo)', 1_706_745_600_000_000_000n],
  ['date.add(d: 1mo, to: 2024-01-31T00:00:00Z)', 1_709_164_800_000_000_000n],
  ['date.add(d: 1d, to: 2024-03-30T12:00:00Z, location: {zone: "Europe/Berlin", offset: 0h})', 1_711_882_800_000_000_000n],
  ['date.sub(d: 1h, from: 2024-01-01T00:00:00Z)', 1_704_063_600_000_000_000n],
  ['int(v: date.scale(d: 1h, n: 3))', 10_800_000_000_000n],
  ['date.December', 12n],
]);

cases('dict', [
  ['dict.get(dict: dict.fromList(pairs: [{key: 1, value: "a"}]), key: 1, default: "x")', 'a'],
  ['dict.get(dict: ["a": 1], key: "b", default: 7)', 7n],
  ['dict.get(dict: dict.insert(dict: ["a": 1], key: "b", value: 2), key: "b", default: 7)', 2n],
  ['dict.get(dict: dict.remove(dict: ["a": 1], key: "a"), key: "a", default: 7)', 7n],
]);

cases('json', [
  [
    'string(v: json.encode(v: {b: [1.5, 2.0], a: "<ü>", t: 2024-01-01T00:00:00Z, d: ["x": true]}))',
    '{"a":"\\u003cü\\u003e","b":[1.5,2],"d":{"x":true},"t":"2024-01-01T00:00:00Z"}',
  ],
]);

cases('bitwise', [
  ['bitwise.sand(a: -4, b: 7)', 4n],
  ['bitwise.snot(a: 0)', -1n],
  ['bitwise.slshift(a: 1, b: 63)', -9223372036854775808n],
  ['bitwise.unot(a: uint(v: 0))', 18446744073709551615n],
  ['bitwise.urshift(a: uint(v: 8), b: uint(v: 2))', 2n],
]);

cases('types', [
  ['types.isType(v: 1.0, type: "float")', true],
  ['types.isNumeric(v: "1")', false],
]);

describe('array', () => {
  it('maps, filters and joins arrays', async () => {
    const script = `import "array"
      [1, 2, 3, 4] |> array.filter(fn: (x) => x > 2) |> array.concat(v: [9]) |> array.map(fn: (x) => ({v: x * x})) |> array.from()`;
    expect(await columnOf(script, 'v')).toEqual([9n, 16n, 81n]);
  });

  it('wants rows', async () => {
    expect(await failureOf('import "array"\narray.from(rows: [])')).toContain('rows must be non-empty');
  });
});

describe('a null', () => {
  const script = (expression: string): string =>
    `import "array" import "strings" import "math" import "experimental/json"
     null = json.parse(data: bytes(v: "{\\"x\\": null}")).x
     array.from(rows: [{v: ${expression}, w: 1}])`;

  it('has no text', async () => {
    expect(await failureOf(script('strings.trim(v: null, cutset: "x")'))).toContain(
      'expected argument "v" to be of type string, got type string value <nil>',
    );
    expect(await failureOf(script('"${null}"'))).toContain('interpolated expression produced a null value');
  });

  it('stays one in mathematics', async () => {
    expect(await columnOf(script('math.sqrt(x: null)'), 'v')).toEqual([null]);
    expect(await columnOf(script('math.pow(x: 1.0, y: null)'), 'v')).toEqual([null]);
  });
});
