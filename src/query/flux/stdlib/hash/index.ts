/** Package `contrib/qxip/hash`: digests of texts. */
import { createHash, createHmac } from 'node:crypto';
import { fluxError } from '../../language/errors.js';
import { Inference } from '../../language/inference.js';
import type { Arguments, Native, Package } from '../native.js';
import { native } from '../native.js';
import { cityHash64 } from './city-hash.js';
import { xxHash64 } from './xx-hash.js';

/** @param name of the digest, for messages */
const digest = (name: string, of: (text: string, args: Arguments) => string | null): Native =>
  native((args, { spend }) => {
    const value = args.required('v');
    if (value === null) return null;
    if (typeof value !== 'string') throw fluxError(`hash cannot convert ${new Inference().nameOf(value)} to ${name}`);
    spend(value.length);
    return of(value, args);
  });

const hexDigest = (algorithm: 'md5' | 'sha1' | 'sha256'): Native =>
  digest(algorithm, (text) => createHash(algorithm).update(text).digest('hex'));

function hmac(text: string, args: Arguments): string | null {
  const key = args.required('k');
  if (key === null) return null;
  if (typeof key !== 'string') throw fluxError(`hash cannot convert ${new Inference().nameOf(key)} to hmac`);
  return createHmac('sha1', key).update(text).digest('base64');
}

/** Base64 for addresses, with its padding. */
const b64 = (text: string): string => Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

export const hash: Package = {
  b64: digest('b64', b64),
  cityhash64: digest('cityhash64', (text) => String(cityHash64(Buffer.from(text)))),
  hmac: digest('hmac', hmac),
  md5: hexDigest('md5'),
  sha1: hexDigest('sha1'),
  sha256: hexDigest('sha256'),
  xxhash64: digest('xxhash64', (text) => String(xxHash64(Buffer.from(text)))),
};
