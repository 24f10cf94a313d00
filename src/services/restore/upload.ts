/** An uploaded part of a backup: received as a whole, into a file, before it changes anything. */
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Actor } from '../../domain/actor.js';
import { DomainError } from '../../domain/errors.js';
import { asDiskFault, asGzipFault } from '../../snapshot/faults.js';

/** Of one part, unpacked. */
const PART_BYTES_MAX = 256 * 1024 ** 3;

export interface Upload {
  readonly body: Readable;
  readonly isGzip: boolean;
  /** Checks the actor again when all of it has been received; after it, the restore is not ended any more. */
  readonly confirm: () => Promise<Actor>;
}

/** Writes what comes in into a file, unpacked. */
export async function receive({ body, isGzip }: Upload, file: string): Promise<void> {
  let byteCount = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      byteCount += chunk.length;
      if (byteCount > PART_BYTES_MAX)
        done(new DomainError('request too large', `a part of a backup has ${PART_BYTES_MAX} bytes at the most`));
      else done(null, chunk);
    },
  });
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await (isGzip ? pipeline(body, createGunzip(), limit, target) : pipeline(body, limit, target));
  } catch (error) {
    throw asGzipFault(asDiskFault(error));
  }
}
