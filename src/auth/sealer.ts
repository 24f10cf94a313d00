/** Seals values that must be readable again: encrypted and authenticated with a key outside the store. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from './secret.js';

export const SEALING_KEY_BYTES = 32;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** How a wrapped key begins. */
const WRAPPED = Buffer.from('SLUICE-KEY-1\n');
const FINGERPRINT_BYTES = 8;
const SALT_BYTES = 16;

export class Sealer {
  readonly #key: Buffer;

  /** @param key `SEALING_KEY_BYTES` random bytes */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @param context what the value belongs to; it can only be decrypted with the same context */
  seal(value: Secret, context: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(context));
    return Buffer.concat([nonce, cipher.update(value.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when it was sealed with another key, for another context, or is damaged */
  open(sealed: Uint8Array, context: string): Secret {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    return new Secret(Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8'));
  }

  /** Undefined where `open` would throw. */
  tryOpen(sealed: Uint8Array, context: string): Secret | undefined {
    try {
      return this.open(sealed, context);
    } catch {
      return undefined;
    }
  }

  /**
   * The key for a backup, itself sealed: only the token can decrypt it, so the files of a backup alone reveal no value.
   *
   * @param token undefined: it cannot be decrypted, and only identifies the key
   */
  wrapKey(token: Secret | undefined): Buffer {
    const head = [WRAPPED, fingerprintOf(this.#key)];
    if (token === undefined) return Buffer.concat(head);
    const salt = randomBytes(SALT_BYTES);
    const sealed = wrapperOf(token, salt).seal(new Secret(this.#key.toString('base64')), WRAPPED.toString());
    return Buffer.concat([...head, salt, sealed]);
  }

  /**
   * The sealer for the values of a backup: `own` for this one, undefined if the backup was made with another token.
   */
  unwrapKey(wrapped: Buffer, token: Secret | undefined): Sealer | 'own' | 'unknown form' | undefined {
    const fingerprintEnd = WRAPPED.length + FINGERPRINT_BYTES;
    if (!wrapped.subarray(0, WRAPPED.length).equals(WRAPPED) || wrapped.length < fingerprintEnd) return 'unknown form';
    if (wrapped.subarray(WRAPPED.length, fingerprintEnd).equals(fingerprintOf(this.#key))) return 'own';
    if (token === undefined) return undefined;
    const salt = wrapped.subarray(fingerprintEnd, fingerprintEnd + SALT_BYTES);
    const key = wrapperOf(token, salt).tryOpen(wrapped.subarray(fingerprintEnd + SALT_BYTES), WRAPPED.toString());
    return key && new Sealer(Buffer.from(key.reveal(), 'base64'));
  }
}

const fingerprintOf = (key: Buffer): Buffer =>
  createHash('sha256').update('fingerprint').update(key).digest().subarray(0, FINGERPRINT_BYTES);

const wrapperOf = (token: Secret, salt: Buffer): Sealer =>
  new Sealer(Buffer.from(hkdfSync('sha256', token.reveal(), salt, 'sluice sealing key', SEALING_KEY_BYTES)));
