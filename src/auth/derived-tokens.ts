/**
 * Tokens that their holder derives from another one, offline, and weaker: a chain of HMACs over caveats, each keyed by the one before.
 * The same code derives in the command line and checks in the server.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { invalid } from '../domain/errors.js';
import { checkNetworks } from './networks.js';
import { Secret } from './secret.js';

/** What one derivation takes away. It can only take away: what is not named stays as it was. */
export interface Caveat {
  readonly expiresAtMs?: number | undefined;
  /** Of the buckets of the parent's organization, by name or id, only these. */
  readonly permissions?: readonly { readonly action: 'read' | 'write'; readonly bucket: string }[] | undefined;
  readonly cidrs?: readonly string[] | undefined;
}

export interface DerivedToken {
  /** SHA-256 of the token at the beginning of the chain: it is found by it. */
  readonly parentDigest: Buffer;
  /** Opens what the server has stored of the root key. */
  readonly unlockKey: Buffer;
  /** The oldest first. */
  readonly caveats: readonly Caveat[];
  readonly encodedCaveats: readonly Buffer[];
  readonly signature: Buffer;
}

/** The regular expression that docs/security.md gives to secret scanners. */
export const DERIVED_TOKEN_PATTERN = String.raw`\bsld_[0-9A-Za-z_-]{140,4092}`;
export const DERIVED_DEPTH_MAX = 8;
/** As of all tokens. */
const LENGTH_MAX = 4096;
const ITEMS_MAX = 100;
const PREFIX = 'sld_';
const VERSION = 1;
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 4;

const mac = (key: Buffer | string, data: Buffer | string): Buffer => createHmac('sha256', key).update(data).digest();

/** Two keys that only the holder of the token can compute; neither tells anything of the other. */
export const derivationKeysOf = (secret: Secret): { readonly unlockKey: Buffer; readonly rootKey: Buffer } => ({
  unlockKey: mac(secret.reveal(), 'sluice derivation unlock 1'),
  rootKey: mac(secret.reveal(), 'sluice derivation root 1'),
});

/** It begins like a derived token and is as long as one; whether it is one, `parseDerivedToken` says. */
export const isDerivedLike = (text: string): boolean => /^sld_[0-9A-Za-z_-]{140,}$/.test(text);

/**
 * A weaker token. It is valid while its parent is.
 *
 * @param parent a token, or one that was derived itself
 * @throws DomainError `invalid` for a caveat that takes nothing away or is no caveat, and for a chain that is too long
 */
export function deriveToken(parent: Secret, caveat: Caveat): Secret {
  const encoded = Buffer.from(JSON.stringify(checkCaveat(caveat)));
  const text = parent.reveal();
  const known = isDerivedLike(text) ? parseDerivedToken(text) : undefined;
  if (text.startsWith(PREFIX) && known === undefined) throw invalid('the token is damaged: it was cut, or has something else in it');
  if (known !== undefined && known.caveats.length >= DERIVED_DEPTH_MAX) {
    throw invalid(`a token can be derived ${DERIVED_DEPTH_MAX} times at the most`);
  }
  const { unlockKey, rootKey } = derivationKeysOf(parent);
  const start = known ?? {
    parentDigest: hash('sha256', text, 'buffer'),
    unlockKey,
    encodedCaveats: [],
    signature: mac(rootKey, 'sluice derived token 1'),
  };
  const derived =
    PREFIX + encode({ ...start, encodedCaveats: [...start.encodedCaveats, encoded], signature: mac(start.signature, encoded) });
  if (derived.length > LENGTH_MAX) throw invalid(`the derived token would be longer than ${LENGTH_MAX} characters`);
  return new Secret(derived);
}

/** Whether the chain begins with the root key, in constant time. */
export function isDerivedFrom(rootKey: Buffer, { encodedCaveats, signature }: DerivedToken): boolean {
  return timingSafeEqual(encodedCaveats.reduce(mac, mac(rootKey, 'sluice derived token 1')), signature);
}

type Encoded = Omit<DerivedToken, 'caveats'>;

function encode({ parentDigest, unlockKey, encodedCaveats, signature }: Encoded): string {
  const caveats = encodedCaveats.flatMap((caveat) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(caveat.length);
    return [length, caveat];
  });
  const body = Buffer.concat([
    Buffer.from([VERSION]),
    parentDigest,
    unlockKey,
    Buffer.from([encodedCaveats.length]),
    ...caveats,
    signature,
  ]);
  return Buffer.concat([body, checksumOf(body)]).toString('base64url');
}

function checksumOf(body: Buffer): Buffer {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32BE(crc32(body));
  return bytes;
}

/** Undefined for what is none: damaged, of a later version, or with a caveat that is not known. Nothing is looked up for it. */
export function parseDerivedToken(text: string): DerivedToken | undefined {
  if (!isDerivedLike(text) || text.length > LENGTH_MAX) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!checksumOf(body).equals(bytes.subarray(-CHECKSUM_BYTES)) || body[0] !== VERSION) return undefined;
  let at = 1;
  const take = (length: number): Buffer => body.subarray(at, (at += length));
  const [parentDigest, unlockKey] = [take(KEY_BYTES), take(KEY_BYTES)];
  const count = take(1)[0] ?? 0;
  if (count < 1 || count > DERIVED_DEPTH_MAX) return undefined;
  const encodedCaveats: Buffer[] = [];
  for (let n = 0; n < count; n++) {
    const length = take(2);
    if (length.length < 2) return undefined;
    encodedCaveats.push(take(length.readUInt16BE()));
  }
  const signature = take(KEY_BYTES);
  if (at !== body.length || signature.length !== KEY_BYTES) return undefined;
  const caveats: Caveat[] = [];
  for (const encoded of encodedCaveats) {
    const caveat = decodeCaveat(encoded.toString('utf8'));
    if (caveat === undefined) return undefined;
    caveats.push(caveat);
  }
  return { parentDigest, unlockKey, caveats, encodedCaveats, signature };
}

const MEMBERS = ['expiresAtMs', 'permissions', 'cidrs'];

/** @throws DomainError `invalid` */
function checkCaveat({ expiresAtMs, permissions, cidrs }: Caveat): Caveat {
  if ((expiresAtMs ?? permissions ?? cidrs) === undefined)
    throw invalid('a derived token must be narrower: name a time, buckets or networks');
  if (expiresAtMs !== undefined && !Number.isSafeInteger(expiresAtMs)) throw invalid('expiresAtMs must be a whole number');
  for (const list of [permissions, cidrs]) {
    if (list !== undefined && (list.length === 0 || list.length > ITEMS_MAX)) throw invalid(`a list must have 1 to ${ITEMS_MAX} items`);
  }
  for (const { action, bucket } of permissions ?? []) {
    if ((action as unknown) !== 'read' && (action as unknown) !== 'write') throw invalid('an action must be read or write');
    if (typeof bucket !== 'string' || bucket === '') throw invalid('a bucket must have a name');
  }
  if (cidrs !== undefined) checkNetworks(cidrs);
  return { expiresAtMs, permissions, cidrs };
}

/** A member that is not known could be a limit: then it is none. */
function decodeCaveat(text: string): Caveat | undefined {
  try {
    const value = JSON.parse(text) as Caveat;
    if (typeof value !== 'object' || Object.keys(value).some((key) => !MEMBERS.includes(key))) return undefined;
    if ([value.permissions, value.cidrs].some((list) => list !== undefined && !Array.isArray(list))) return undefined;
    return checkCaveat(value);
  } catch {
    return undefined;
  }
}
