/** Checks: scripts that are run on a schedule and write statuses; most are generated from a query and what is compared. */
import type { Id, OrganizationId, UserId } from './id.js';

export const CHECK_TYPES = ['threshold', 'deadman', 'custom'] as const;
export type CheckType = (typeof CHECK_TYPES)[number];

export const CHECK_LEVELS = ['UNKNOWN', 'OK', 'INFO', 'WARN', 'CRIT', 'ANY'] as const;
export type CheckLevel = (typeof CHECK_LEVELS)[number];

export interface CheckTag {
  readonly key: string;
  readonly value: string;
}

export interface Threshold {
  readonly type: 'greater' | 'lesser' | 'range';
  readonly allValues: boolean;
  readonly level: CheckLevel;
  /** Of the first two. */
  readonly value: number;
  /** Of a range. */
  readonly min: number;
  readonly max: number;
  readonly within: boolean;
}

/** The query as an editor keeps it; only its text is run. */
export interface CheckQuery {
  readonly text: string;
  readonly editMode: string;
  readonly name: string;
  readonly builderConfig: object;
}

export interface Check {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly ownerID: UserId;
  readonly taskID: Id;
  readonly type: CheckType;
  readonly query: CheckQuery;
  readonly statusMessageTemplate: string;
  readonly cron: string;
  /** Durations as in Flux: `1m30s`. */
  readonly every: string;
  readonly offset: string;
  readonly tags: readonly CheckTag[] | null;
  readonly thresholds: readonly Threshold[] | null;
  readonly timeSince: string;
  readonly staleTime: string;
  readonly reportZero: boolean;
  readonly level: CheckLevel;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
