/** Package `contrib/bonitoo-io/hex`: values as hexadecimal texts, and back. */
import { formatFloat } from '../../../../domain/float.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { fluxError } from '../../language/errors.js';
import { Inference } from '../../language/inference.js';
import type { Value } from '../../language/value.js';
import { Regexp } from '../../language/regexp.js';
import { Unsigned, scalarToString, typeName } from '../../language/value.js';
import type { Native, Package } from '../native.js';
import { native } from '../native.js';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;
const DIGITS = /^[0-9a-f]+$/i;

function textOf(value: Exclude<Value, null>): string {
  if (typeof value === 'bigint') return value.toString(16);
  if (value instanceof Unsigned) return value.value.toString(16);
  if (typeof value === 'number') return formatFloat(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const text = value instanceof Regexp ? undefined : scalarToString(value);
  if (text === undefined) throw fluxError(`cannot convert ${new Inference().nameOf(value)} to string`);
  return text;
}

/** Digits with a sign; `0x` may stand before them. */
function readInt(text: string): bigint | undefined {
  const [, sign, digits] = /^([+-]?)(?:0x)?([0-9a-f]+)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(`0x${digits}`) * (sign === '-' ? -1n : 1n);
  return value < INT_MIN || value > INT_MAX ? undefined : value;
}

function readUint(text: string): Unsigned | undefined {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  const value = DIGITS.test(digits) ? BigInt(`0x${digits}`) : undefined;
  return value === undefined || value > UINT_MAX ? undefined : new Unsigned(value);
}

const conversion = (convert: (value: Exclude<Value, null>) => Value): Native =>
  native((args) => {
    const value = args.required('v');
    return value === null ? null : convert(value);
  });

const reading = (type: string, read: (text: string) => Value | undefined): Native =>
  conversion((value) => {
    if (typeof value !== 'string') throw fluxError(`hex cannot convert ${typeName(value)} to ${type}`);
    const result = read(value);
    if (result === undefined) throw fluxError(`cannot convert string ${quoteGo(value)} to ${type} due to invalid syntax`);
    return result;
  });

function bytesOf(text: string): Uint8Array {
  const fault = (why: string): Error => fluxError(`cannot convert string ${quoteGo(text)} to bytes due to hex decoding error: ${why}`);
  const wrong = /[^0-9a-f]/iu.exec(text);
  if (wrong !== null) throw fault(`encoding/hex: invalid byte: ${quoteCharacter(wrong[0])}`);
  if (text.length % 2 !== 0) throw fault('encoding/hex: odd length hex string');
  return Buffer.from(text, 'hex');
}

function quoteCharacter(character: string): string {
  const code = Buffer.from(character)[0] as number;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCharCode(code)}'`;
}

export const hex: Package = {
  bytes: reading('bytes', bytesOf),
  int: reading('int', readInt),
  string: conversion(textOf),
  uint: reading('uint', readUint),
};
