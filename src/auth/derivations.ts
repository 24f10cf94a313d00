/**
 * What is stored beside the hash of a token so that tokens derived from it can be checked: its root key, encrypted under a key that is
 * computed from the token and comes with each derived one (decision 16).
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { derivationKeysOf } from './derived-tokens.js';
import type { Secret } from './secret.js';
import type { HashKey, Pepper } from './pepper.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Under a key of `--token-pepper-file` as well: its id, or nothing, before the point. */
const STORED = /^([0-9a-f]{8})?\.([0-9A-Za-z_-]+)$/;

function seal(key: Buffer, value: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, sealed: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

const outerKeyOf = ({ key }: HashKey): Buffer => createHmac('sha256', key).update('sluice derivation').digest();

function wrap(box: Buffer, current: HashKey | undefined): string {
  if (current === undefined) return `.${box.toString('base64url')}`;
  return `${current.id}.${seal(outerKeyOf(current), box).toString('base64url')}`;
}

function unwrap(stored: string, { current, older }: Pepper): Buffer | undefined {
  const [, id, text] = STORED.exec(stored) ?? [];
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (id === undefined) return bytes;
  const key = [current, ...older].find((each) => each?.id === id);
  return key && open(outerKeyOf(key), bytes);
}

/** What is stored of a token. */
export function sealDerivation(secret: Secret, { current }: Pepper): string {
  const { unlockKey, rootKey } = derivationKeysOf(secret);
  return wrap(seal(unlockKey, rootKey), current);
}

/** The root key; undefined for who does not come with what the token's holder has given. */
export function openDerivation(stored: string, unlockKey: Buffer, pepper: Pepper): Buffer | undefined {
  const box = unwrap(stored, pepper);
  return box && open(unlockKey, box);
}

export const isUnderCurrent = (stored: string, { current }: Pepper): boolean => stored.startsWith(`${current?.id ?? ''}.`);

/** The same under the current key; undefined where the key that it is under is lost. */
export function rewrapDerivation(stored: string, pepper: Pepper): string | undefined {
  const box = unwrap(stored, pepper);
  return box && wrap(box, pepper.current);
}
