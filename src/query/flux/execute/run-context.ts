/** What the steps of one running query share. */
import type { FluxEnvironment, ReadableBucket } from '../environment.js';
import type { BucketReference } from '../plan/node.js';
import type { MemoryAccount } from './memory.js';
import type { Profile } from './profile.js';
import type { Turn } from './turn.js';

export interface RunContext {
  readonly environment: FluxEnvironment;
  readonly memory: MemoryAccount;
  readonly turn: Turn;
  /** Where times are wanted. */
  readonly profile?: Profile | undefined;
  /** Applies functions of the script to rows. */
  applyToRows<T>(use: () => T): T;
  /** The same for one step, which begins to read its input; the step is known by its node. */
  beginStep(node: object): RunContext['applyToRows'];
  /** A bucket that was found, and found readable, before anything was read. */
  bucket(reference: BucketReference): ReadableBucket;
  /** A bucket that was found writable. */
  writableBucket(reference: BucketReference): ReadableBucket;
  /** Work that must end before the next piece of input comes. */
  defer(work: Promise<unknown>): void;
  /** Waits for all such work. */
  settle(): Promise<void>;
}
