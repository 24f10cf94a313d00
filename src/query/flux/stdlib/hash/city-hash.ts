/** CityHash64 as version 1.0 of it computes, which is what `hash.cityhash64` means. No maintained library has this version. */
const BITS = 64;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const K3 = 0xc949d7c7509e6557n;
const MULTIPLIER = 0x9ddfea08eb382d69n;
const BLOCK_BYTES = 64;

const wrap = (value: bigint): bigint => BigInt.asUintN(BITS, value);
const rotate = (value: bigint, by: bigint): bigint => (by === 0n ? value : wrap((value >> by) | (value << (64n - by))));
const mix = (value: bigint): bigint => value ^ (value >> 47n);

/** Two halves of 128 bits as one of 64. */
function join(low: bigint, high: bigint): bigint {
  const a = mix(wrap((low ^ high) * MULTIPLIER));
  return wrap(mix(wrap((high ^ a) * MULTIPLIER)) * MULTIPLIER);
}

const word = (bytes: Buffer, at: number): bigint => bytes.readBigUInt64LE(at);

function upTo16(bytes: Buffer): bigint {
  const length = BigInt(bytes.length);
  if (bytes.length > 8) {
    const end = word(bytes, bytes.length - 8);
    return join(word(bytes, 0), rotate(wrap(end + length), length)) ^ end;
  }
  if (bytes.length >= 4) return join(length + (BigInt(bytes.readUInt32LE(0)) << 3n), BigInt(bytes.readUInt32LE(bytes.length - 4)));
  if (bytes.length === 0) return K2;
  const at = (index: number): bigint => BigInt(bytes[index] as number);
  const y = at(0) + (at(bytes.length >> 1) << 8n);
  const z = length + (at(bytes.length - 1) << 2n);
  return wrap(mix(wrap(y * K2) ^ wrap(z * K3)) * K2);
}

function upTo32(bytes: Buffer): bigint {
  const a = wrap(word(bytes, 0) * K1);
  const b = word(bytes, 8);
  const c = wrap(word(bytes, bytes.length - 8) * K2);
  const d = wrap(word(bytes, bytes.length - 16) * K0);
  return join(wrap(rotate(wrap(a - b), 43n) + rotate(c, 30n) + d), wrap(a + rotate(b ^ K3, 20n) - c + BigInt(bytes.length)));
}

/** One half of the state over four words; `a` and `z` seed it. */
function half(words: readonly [bigint, bigint, bigint, bigint], seed: bigint): [bigint, bigint] {
  const [first, second, third, fourth] = words;
  const z = wrap(fourth + seed);
  const b = rotate(wrap(first + z), 52n);
  const a = wrap(first + second + third);
  const c = wrap(rotate(first, 37n) + rotate(wrap(first + second), 7n));
  return [wrap(a + z), wrap(b + rotate(a, 31n) + c)];
}

function upTo64(bytes: Buffer): bigint {
  const { length } = bytes;
  const start = wrap(word(bytes, 0) + wrap(BigInt(length) + word(bytes, length - 16)) * K0);
  const [vf, vs] = half([start, word(bytes, 8), word(bytes, 16), word(bytes, 24)], 0n);
  const end = wrap(word(bytes, 16) + word(bytes, length - 32));
  const [wf, ws] = half([end, word(bytes, length - 24), word(bytes, length - 16), word(bytes, length - 8)], 0n);
  const r = mix(wrap(wrap(vf + ws) * K2 + wrap(wf + vs) * K0));
  return wrap(mix(wrap(r * K0 + vs)) * K2);
}

/** 32 bytes with two seeds as 128 bits. */
function weakly(bytes: Buffer, at: number, seedA: bigint, seedB: bigint): [bigint, bigint] {
  const z = word(bytes, at + 24);
  const a = wrap(seedA + word(bytes, at));
  const b = rotate(wrap(seedB + a + z), 21n);
  const sum = wrap(a + word(bytes, at + 8) + word(bytes, at + 16));
  return [wrap(sum + z), wrap(b + rotate(sum, 44n) + a)];
}

export function cityHash64(bytes: Buffer): bigint {
  const { length } = bytes;
  if (length <= 16) return upTo16(bytes);
  if (length <= 32) return upTo32(bytes);
  if (length <= BLOCK_BYTES) return upTo64(bytes);
  let x = word(bytes, 0);
  let y = word(bytes, length - 16) ^ K1;
  let z = word(bytes, length - 56) ^ K0;
  let v = weakly(bytes, length - 64, BigInt(length), y);
  let w = weakly(bytes, length - 32, wrap(BigInt(length) * K1), K0);
  z = wrap(z + mix(v[1]) * K1);
  x = wrap(rotate(wrap(z + x), 39n) * K1);
  y = wrap(rotate(y, 33n) * K1);
  for (let at = 0; at < length - 1 - ((length - 1) % BLOCK_BYTES); at += BLOCK_BYTES) {
    x = wrap(rotate(wrap(x + y + v[0] + word(bytes, at + 16)), 37n) * K1) ^ w[1];
    y = wrap(rotate(wrap(y + v[1] + word(bytes, at + 48)), 42n) * K1) ^ v[0];
    z = rotate(z ^ w[0], 33n);
    v = weakly(bytes, at, wrap(v[1] * K1), wrap(x + w[0]));
    w = weakly(bytes, at + 32, wrap(z + w[1]), y);
    [z, x] = [x, z];
  }
  return join(wrap(join(v[0], w[0]) + mix(y) * K1 + z), wrap(join(v[1], w[1]) + x));
}
