/** `parse` of package `experimental/json`: JSON as a value. */
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { PlainRecord, typeName } from '../../language/value.js';
import { native } from '../native.js';

/** What a byte of JSON can become: an element of an array takes two bytes there and a place here. */
const BYTES_PER_BYTE = 16;

export const parse = native((args, { reserve }) => {
  const data = args.required('data');
  if (!(data instanceof Uint8Array)) throw fluxError('parse data is not of type bytes');
  reserve(data.length * BYTES_PER_BYTE);
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(data).toString('utf8'));
  } catch (error) {
    throw fluxError(`invalid JSON: ${(error as Error).message}`);
  }
  return valueOfJson(parsed);
});

function valueOfJson(json: unknown): Value {
  if (json === null || typeof json === 'string' || typeof json === 'boolean' || typeof json === 'number') return json;
  if (!Array.isArray(json))
    return new PlainRecord(new Map(Object.entries(json as object).map(([label, item]) => [label, valueOfJson(item)])));
  const items = json.map(valueOfJson);
  const [first] = items;
  if (items.some((item) => typeName(item) !== typeName(first ?? null))) throw fluxError('array values must all be the same type');
  return items;
}
