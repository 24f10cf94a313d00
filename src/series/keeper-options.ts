/** How the keeper of points is set up, and when it acts by itself. */
import type { DatabaseOptions } from './database.js';
import type { PlacementRules } from './placement.js';
import type { EngineEvent } from './report.js';
import { clampRange } from './scope.js';

export interface KeeperOptions extends DatabaseOptions {
  readonly rules?: PlacementRules | undefined;
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

/** Rows in memory that cause a drain, and that make writers wait for one. */
export const pendingBytesTarget = 16 * 1024 * 1024;
export const pendingBytesMax = 64 * 1024 * 1024;
/** Rows wait no longer than this. */
export const drainDelayMs = 10_000;
export const REOPEN_DELAY_MAX_MS = 30_000;
export const ALL_TIMES = clampRange({ startNs: -(2n ** 63n), stopNs: 2n ** 63n });
