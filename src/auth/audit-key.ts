/** The keys of the audit log, derived from the key in the data directory that is not in the store. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { SealText } from '../domain/audit-chain.js';

const KEY_BYTES = 32;

export interface AuditKey {
  /** Seals records and the head: only who has the key can have written them. */
  readonly seal: SealText;
  /** What stands in a record for a value that must be recognised and not be read. */
  readonly digest: (value: string) => string;
}

/** Characters of a digest: 80 bits tell values apart, and no table finds them without the key. */
const DIGEST_LENGTH = 20;

/** @param sealingKey of the data directory */
export function deriveAuditKey(sealingKey: Buffer): AuditKey {
  const [sealKey, digestKey] = ['sluice audit seal', 'sluice audit digest'].map((use) =>
    Buffer.from(hkdfSync('sha256', sealingKey, '', use, KEY_BYTES)),
  ) as [Buffer, Buffer];
  return {
    seal: (text) => createHmac('sha256', sealKey).update(text).digest('hex'),
    digest: (value) => createHmac('sha256', digestKey).update(value).digest('hex').slice(0, DIGEST_LENGTH),
  };
}
