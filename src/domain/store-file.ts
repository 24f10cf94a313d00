/** Operations that only a single-file metadata store supports. */
import type { Store, StoreWriter } from './store.js';

export interface StoreFile {
  /** Looks for damage in the whole file without delaying other work; reports it to the listeners of `onDamage`. */
  checkIntegrity(): Promise<void>;

  /** Writes all committed data to a file that does not exist yet: a complete store that only its owner can read. Others may write meanwhile. */
  copyTo(file: string): Promise<void>;

  /**
   * Replaces all data by the content of such a file, in one transaction; the audit log stays this store's own. The file must have the
   * schema of this version.
   *
   * @param finish what belongs into the same transaction
   */
  replaceBy(file: string, finish?: (writer: StoreWriter) => Promise<void>): Promise<void>;

  /** Rewrites the file, so that nothing that was deleted or overwritten is left in it. */
  purge(): Promise<void>;
}

export interface FileStore extends Store, StoreFile {}
