/** Digests and hexadecimal texts, against what Go's libraries answer. */
import { describe, expect, it } from 'vitest';
import { failureOf, valueOf } from '../../../../../test/support/flux.js';
import { cityHash64 } from './city-hash.js';
import { xxHash64 } from './xx-hash.js';

describe.each([
  ['contrib/qxip/hash', 'hash.sha256(v: "a")', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ['contrib/qxip/hash', 'hash.sha1(v: "a")', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
  ['contrib/qxip/hash', 'hash.md5(v: "a")', '0cc175b9c0f1b6a831c399e269772661'],
  ['contrib/qxip/hash', 'hash.b64(v: "??>>")', 'Pz8-Pg=='],
  ['contrib/qxip/hash', 'hash.hmac(v: "a", k: "b")', 'ir4P1pHj2jA197eskb5F2Z6UK54='],
  ['contrib/qxip/hash', 'hash.xxhash64(v: strings.repeat(v: "abcdefghij0123456789", i: 10))', '17451735912505379957'],
  ['contrib/qxip/hash', 'hash.cityhash64(v: "abcd")', '17823623939509273229'],
  ['contrib/bonitoo-io/hex', 'hex.string(v: 1234)', '4d2'],
  ['contrib/bonitoo-io/hex', 'hex.string(v: -1)', '-1'],
  ['contrib/bonitoo-io/hex', 'hex.string(v: bytes(v: "ab"))', '6162'],
  ['contrib/bonitoo-io/hex', 'hex.int(v: "-0xff")', -255n],
  ['contrib/bonitoo-io/hex', 'hex.int(v: "ff")', 255n],
  ['contrib/bonitoo-io/hex', 'hex.uint(v: "0xffffffffffffffff")', 2n ** 64n - 1n],
  ['contrib/bonitoo-io/hex', 'string(v: hex.bytes(v: "6869"))', 'hi'],
])('%s', (path, expression, expected) => {
  it(expression, async () => {
    expect(await valueOf(expression, [path, 'strings'])).toEqual(expected);
  });
});

it.each([
  ['hex.int(v: "x")', 'cannot convert string "x" to int due to invalid syntax'],
  ['hex.int(v: "8000000000000000")', 'cannot convert string "8000000000000000" to int due to invalid syntax'],
  ['hex.uint(v: "-1")', 'cannot convert string "-1" to uint due to invalid syntax'],
  ['string(v: hex.bytes(v: "abc"))', 'cannot convert string "abc" to bytes due to hex decoding error: encoding/hex: odd length hex string'],
  ['string(v: hex.bytes(v: "zz"))', "encoding/hex: invalid byte: U+007A 'z'"],
])('%s fails', async (expression, message) => {
  const script = `import "array" import "contrib/bonitoo-io/hex" array.from(rows: [{v: ${expression}}])`;
  expect(await failureOf(script)).toContain(message);
});

describe('digests of each length that is computed in its own way', () => {
  const text = 'abcdefghij0123456789'.repeat(10);
  // As github.com/cespare/xxhash and InfluxDB's CityHash answer.
  it.each([
    [0, 11160318154034397263n],
    [3, 4220206313085259313n],
    [8, 4864636163090995991n],
    [16, 2614684058188335316n],
    [32, 5265573545616800308n],
    [64, 8354257323956580209n],
    [65, 8475859683215034490n],
    [200, 1385252601313486669n],
  ])('CityHash64 of %d bytes', (length, digest) => {
    expect(cityHash64(Buffer.from(text.slice(0, length)))).toBe(digest);
  });

  it.each([
    [0, 17241709254077376921n],
    [3, 4952883123889572249n],
    [8, 4238821247360054455n],
    [32, 10268074217959809837n],
    [65, 2146581838523896629n],
    [200, 17451735912505379957n],
  ])('XXH64 of %d bytes', (length, digest) => {
    expect(xxHash64(Buffer.from(text.slice(0, length)))).toBe(digest);
  });
});
