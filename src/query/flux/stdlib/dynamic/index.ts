/** Package `experimental/dynamic`: values whose type shows only when they are looked at. */
import { Dynamic } from '../../language/dynamic.js';
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { PlainRecord, isArray, typeName } from '../../language/value.js';
import { encode } from '../json/encode.js';
import { FluxPackage, flux, native } from '../native.js';

const asArray = native((args) => {
  const value = args.required('v');
  const inner = value instanceof Dynamic ? value.inner : null;
  if (inner === null) throw fluxError('unable to convert <null> to array');
  if (!isArray(inner)) throw fluxError(`unable to convert ${typeName(inner)} to array`);
  return inner;
}, 'v');

const isType = native((args) => {
  const value = args.required('v');
  return value instanceof Dynamic && value.inner !== null && typeName(value.inner) === args.string('type');
});

const jsonParse = native((args, { reserve }) => {
  const data = args.required('data');
  if (!(data instanceof Uint8Array)) throw fluxError('parse data is not of type bytes');
  reserve(data.length * BYTES_PER_LETTER);
  try {
    return Dynamic.of(valueOfJson(JSON.parse(Buffer.from(data).toString('utf8'))));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw fluxError(`the data is no JSON: ${error.message}`);
  }
});

/** What a letter of JSON may come to: `[[[` is three arrays. */
const BYTES_PER_LETTER = 64;

/** Numbers are floats, as they are in JSON. */
function valueOfJson(json: unknown): Value {
  if (json === null || typeof json === 'string' || typeof json === 'boolean' || typeof json === 'number') return json;
  if (Array.isArray(json)) return json.map(valueOfJson);
  return new PlainRecord(new Map(Object.entries(json as object).map(([label, value]) => [label, valueOfJson(value)])));
}

export const dynamic = new FluxPackage(flux`_isNotDistinct = (a, b) => display(v: a) == display(v: b)`, {
  asArray,
  dynamic: native((args) => Dynamic.of(args.required('v'))),
  isType,
  jsonEncode: encode,
  jsonParse,
});
