/** Package `bitwise`: operations on the bits of integers. */
import { Unsigned } from '../../language/value.js';
import type { Value } from '../../language/value.js';
import type { Arguments, Native, Package } from '../native.js';
import { native } from '../native.js';
import { fluxError } from '../../language/errors.js';

type Operation = (a: bigint, b: bigint) => bigint;

const BITS = 64;

const bitsOf = (value: Value): bigint | undefined =>
  value instanceof Unsigned ? value.value : typeof value === 'bigint' ? value : undefined;

const signed = (bits: bigint): Value => BigInt.asIntN(BITS, bits);
const unsigned = (bits: bigint): Value => new Unsigned(BigInt.asUintN(BITS, bits));

function operand(args: Arguments, name: string): bigint | undefined {
  return bitsOf(args.required(name));
}

const ofTwo = (make: (bits: bigint) => Value, operation: Operation): Native =>
  native((args) => {
    const a = operand(args, 'a');
    const b = operand(args, 'b');
    return a === undefined || b === undefined ? null : make(operation(a, b));
  });

const ofOne = (make: (bits: bigint) => Value): Native =>
  native((args) => {
    const a = operand(args, 'a');
    return a === undefined ? null : make(~a);
  });

function shiftCount(by: bigint): bigint {
  if (by < 0n) throw fluxError('negative shift amount');
  // Nothing is left of an integer that is shifted by all its bits.
  return by > BITS ? BigInt(BITS) : by;
}

const and: Operation = (a, b) => a & b;
const or: Operation = (a, b) => a | b;
const xor: Operation = (a, b) => a ^ b;
const clear: Operation = (a, b) => a & ~b;
const left: Operation = (a, b) => a << shiftCount(b);
const right: Operation = (a, b) => a >> shiftCount(b);

export const bitwise: Package = {
  sand: ofTwo(signed, and),
  sor: ofTwo(signed, or),
  snot: ofOne(signed),
  sxor: ofTwo(signed, xor),
  sclear: ofTwo(signed, clear),
  slshift: ofTwo(signed, left),
  srshift: ofTwo(signed, right),
  uand: ofTwo(unsigned, and),
  uor: ofTwo(unsigned, or),
  unot: ofOne(unsigned),
  uxor: ofTwo(unsigned, xor),
  uclear: ofTwo(unsigned, clear),
  ulshift: ofTwo(unsigned, left),
  urshift: ofTwo(unsigned, right),
};
