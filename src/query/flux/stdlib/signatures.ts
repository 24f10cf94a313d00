/**
 * The types of the library's functions of values, in the checker's notation, each with the names of those that have it. Functions of rows
 * that call them are held to these types before a row is looked at. `signatures.test.ts` holds them to the checker's own.
 */
type Signatures = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** By package; of a type the names, with blanks between. */
const SIGNATURES: Signatures = {
  universe: {
    '(v: A) => bool': 'bool',
    '(v: A) => bytes': 'bytes',
    '(set: [A], value: A) => bool': 'contains',
    '(msg: string) => A': 'die',
    '(v: A) => string': 'display string',
    '(v: A) => duration': 'duration',
    '(v: A) => float': 'float',
    '(v: A) => int': 'int',
    '(<-arr: [A]) => int': 'length',
    '(count: int, start: float, width: float, ?infinity: bool) => [float]': 'linearBins',
    '(count: int, factor: float, start: float, ?infinity: bool) => [float]': 'logarithmicBins',
    '(v: A) => time': 'time',
    '() => time': 'today',
    '(v: A) => uint': 'uint',
  },
  strings: {
    '(t: string, v: string) => int': 'compare',
    '(chars: string, v: string) => bool': 'containsAny',
    '(substr: string, v: string) => bool': 'containsStr',
    '(substr: string, v: string) => int': 'countStr index lastIndex',
    '(t: string, v: string) => bool': 'equalFold',
    '(prefix: string, v: string) => bool': 'hasPrefix',
    '(suffix: string, v: string) => bool': 'hasSuffix',
    '(chars: string, v: string) => int': 'indexAny lastIndexAny',
    '(v: string) => bool': 'isDigit isLetter isLower isUpper',
    '(arr: [string], v: string) => string': 'joinStr',
    '(i: int, v: string) => string': 'repeat',
    '(i: int, t: string, u: string, v: string) => string': 'replace',
    '(t: string, u: string, v: string) => string': 'replaceAll',
    '(t: string, v: string) => [string]': 'split splitAfter',
    '(i: int, t: string, v: string) => [string]': 'splitAfterN splitN',
    '(v: string) => int': 'strlen',
    '(end: int, start: int, v: string) => string': 'substring',
    '(v: string) => string': 'title toLower toTitle toUpper trimSpace',
    '(cutset: string, v: string) => string': 'trim trimLeft trimRight',
    '(prefix: string, v: string) => string': 'trimPrefix',
    '(suffix: string, v: string) => string': 'trimSuffix',
  },
  math: {
    '() => float': 'NaN',
    '(x: float) => float':
      'abs acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc erfcinv erfinv exp exp2 expm1 floor gamma j0 j1 log log10 log1p log2 logb round roundtoeven sin sinh sqrt tan tanh trunc y0 y1',
    '(x: float, y: float) => float': 'atan2 copysign dim mMax mMin mod nextafter pow remainder',
    '(f: float) => uint': 'float64bits',
    '(b: uint) => float': 'float64frombits',
    '(f: float) => {exp: int, frac: float}': 'frexp',
    '(p: float, q: float) => float': 'hypot',
    '(x: float) => int': 'ilogb',
    '(f: float, sign: int) => bool': 'isInf',
    '(f: float) => bool': 'isNaN',
    '(n: int, x: float) => float': 'jn yn',
    '(exp: int, frac: float) => float': 'ldexp',
    '(x: float) => {sign: int, lgamma: float}': 'lgamma',
    '(sign: int) => float': 'mInf',
    '(f: float) => {frac: float, int: float}': 'modf',
    '(n: int) => float': 'pow10',
    '(x: float) => bool': 'signbit',
    '(x: float) => {cos: float, sin: float}': 'sincos',
  },
  date: {
    '(d: duration, to: A, ?location: {offset: duration, zone: string}) => time': 'add',
    '(t: A, ?location: {offset: duration, zone: string}) => int': 'hour minute month monthDay quarter week weekDay year yearDay',
    '(t: A) => int': 'microsecond millisecond nanosecond second',
    '(d: duration, n: int) => duration': 'scale',
    '(d: duration, from: A, ?location: {offset: duration, zone: string}) => time': 'sub',
    '(t: A, ?location: {offset: duration, zone: string}) => time': 'time',
    '(t: A, unit: duration, ?location: {offset: duration, zone: string}) => time': 'truncate',
  },
  regexp: {
    '(v: string) => regexp': 'compile',
    '(r: regexp, v: string) => string': 'findString',
    '(r: regexp, v: string) => [int]': 'findStringIndex',
    '(r: regexp) => string': 'getString',
    '(r: regexp, v: string) => bool': 'matchRegexpString',
    '(v: string) => string': 'quoteMeta',
    '(r: regexp, t: string, v: string) => string': 'replaceAllString',
    '(i: int, r: regexp, v: string) => [string]': 'splitRegexp',
  },
  types: {
    '(type: string, v: A) => bool': 'isType',
    '(v: A) => bool': 'isNumeric',
  },
  dict: {
    '(pairs: [{value: A, key: B}]) => [B:A]': 'fromList',
    '(default: A, dict: [B:A], key: B) => A': 'get',
    '(dict: [A:B], key: A, value: B) => [A:B]': 'insert',
    '(dict: [A:B], key: A) => [A:B]': 'remove',
  },
  bitwise: {
    '(a: int, b: int) => int': 'sand sclear slshift sor srshift sxor',
    '(a: int) => int': 'snot',
    '(a: uint, b: uint) => uint': 'uand uclear ulshift uor urshift uxor',
    '(a: uint) => uint': 'unot',
  },
  array: {
    '(<-arr: [A], v: [A]) => [A]': 'concat',
    '(<-arr: [A], fn: (x: A) => bool) => [A]': 'filter',
    '(<-arr: [A], fn: (x: A) => B) => [B]': 'map',
  },
  timezone: {
    '(offset: A) => {zone: string, offset: A}': 'fixed',
    '(name: string) => {offset: duration, zone: string}': 'location',
  },
  experimental: {
    '(d: duration, to: A, ?location: {offset: duration, zone: string}) => time': 'addDuration',
    '(fn: () => A) => {msg: string, code: uint, value: A}': 'catch',
    '(o: A) => [string]': 'objectKeys',
    '(d: duration, from: A, ?location: {offset: duration, zone: string}) => time': 'subDuration',
  },
  'experimental/array': {
    '(<-arr: [A], v: [A]) => [A]': 'concat',
    '(<-arr: [A], fn: (x: A) => bool) => [A]': 'filter',
    '(<-arr: [A], fn: (x: A) => B) => [B]': 'map',
    '(<-arr: [A]) => [bool]': 'toBool',
    '(<-arr: [A]) => [duration]': 'toDuration',
    '(<-arr: [A]) => [float]': 'toFloat',
    '(<-arr: [A]) => [int]': 'toInt',
    '(<-arr: [A]) => [string]': 'toString',
    '(<-arr: [A]) => [time]': 'toTime',
    '(<-arr: [A]) => [uint]': 'toUInt',
  },
  'experimental/dynamic': {
    '(<-v: dynamic) => [dynamic]': 'asArray',
    '(v: A) => dynamic': 'dynamic',
    '(type: string, v: dynamic) => bool': 'isType',
    '(v: dynamic) => bytes': 'jsonEncode',
    '(data: bytes) => dynamic': 'jsonParse',
  },
  'experimental/geo': {
    '(geometry: A, region: B, ?units: {distance: string}) => bool': 'ST_Contains ST_Intersects',
    '(distance: A, geometry: B, region: C, ?units: {distance: string}) => bool': 'ST_DWithin',
    '(geometry: A, region: B, ?units: {distance: string}) => float': 'ST_Distance',
    '(geometry: A, ?units: {distance: string}) => float': 'ST_Length',
    '(region: A, units: {distance: string}, ?level: int, ?maxLevel: int, ?maxSize: int, ?minSize: int) => {set: [string], level: int}':
      'getGrid',
    '(token: string) => int': 'getLevel',
    '(level: int, ?point: {lon: float, lat: float}, ?token: string) => string': 's2CellIDToken',
    '(token: string) => {lon: float, lat: float}': 's2CellLatLon',
    '(geometry: A, region: B, units: {distance: string}) => bool': 'stContains',
    '(geometry: A, region: B, units: {distance: string}) => float': 'stDistance',
    '(geometry: A, units: {distance: string}) => float': 'stLength',
  },
  'experimental/record': {
    '(default: A, key: string, r: B) => A': 'get',
  },
  'contrib/qxip/hash': {
    '(v: A) => string': 'b64 cityhash64 md5 sha1 sha256 xxhash64',
    '(k: A, v: A) => string': 'hmac',
  },
  'contrib/bonitoo-io/hex': {
    '(v: string) => bytes': 'bytes',
    '(v: string) => int': 'int',
    '(v: A) => string': 'string',
    '(v: string) => uint': 'uint',
  },
  'date/boundaries': {
    '() => {start: time, stop: time}': 'friday monday saturday sunday thursday tuesday wednesday yesterday',
    '(?month_offset: int) => {start: time, stop: time}': 'month',
    '(?start_sunday: bool, ?week_offset: int) => {start: time, stop: time}': 'week',
  },
  json: {
    '(v: A) => bytes': 'encode',
  },
  'experimental/json': {
    '(data: bytes) => A': 'parse',
  },
  system: {
    '() => time': 'time',
  },
  runtime: {
    '() => string': 'version',
  },
};

/** Packages that are others under another path. */
const ALIASES: Readonly<Record<string, string>> = {
  'experimental/bitwise': 'bitwise',
  'experimental/date/boundaries': 'date/boundaries',
};

const byPackage = new Map<string, ReadonlyMap<string, string>>();

/** The types of a package's functions, by name. */
export function signaturesOf(path: string): ReadonlyMap<string, string> {
  let signatures = byPackage.get(path);
  if (signatures === undefined) {
    const table = SIGNATURES[ALIASES[path] ?? path] ?? {};
    signatures = new Map(Object.entries(table).flatMap(([signature, names]) => names.split(' ').map((name) => [name, signature] as const)));
    byPackage.set(path, signatures);
  }
  return signatures;
}

/** The packages that have any. */
export const packagesWithSignatures = (): string[] => Object.keys(SIGNATURES);
