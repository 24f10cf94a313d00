/** Buckets: where points live and for how long. */
import { invalid, unprocessable } from './errors.js';
import type { BucketId, OrganizationId } from './id.js';
import { checkNewName } from './name.js';

export interface Bucket {
  readonly id: BucketId;
  readonly orgID: OrganizationId;
  /** System buckets are made with their organization and cannot be renamed or deleted. */
  readonly type: 'user' | 'system';
  readonly name: string;
  readonly description: string;
  /** The v1 retention policy name that clients may keep here; empty for none. */
  readonly retentionPolicyName: string;
  /** 0: for ever. */
  readonly retentionSeconds: number;
  readonly shardGroupDurationSeconds: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** The buckets of every new organization (InfluxDB's tenant/service_onboarding and service_org). */
export const SYSTEM_BUCKETS = [
  { name: '_monitoring', description: 'System bucket for monitoring logs', retentionSeconds: 7 * DAY_SECONDS },
  { name: '_tasks', description: 'System bucket for task logs', retentionSeconds: 3 * DAY_SECONDS },
] as const;

/** InfluxDB's default: the longer points are kept, the longer the groups in which they are dropped. */
export function defaultShardGroupDurationSeconds(retentionSeconds: number): number {
  if (retentionSeconds === 0 || retentionSeconds >= 180 * DAY_SECONDS) return 7 * DAY_SECONDS;
  return retentionSeconds >= 2 * DAY_SECONDS ? DAY_SECONDS : HOUR_SECONDS;
}

/** @throws DomainError `invalid` for a name that a new bucket cannot have */
export function checkNewBucketName(name: string): void {
  checkBucketName(name);
  if (name.trim() === '') throw invalid('bucket name is empty');
  checkNewName('bucket name', name);
}

/** Also for buckets that were made elsewhere. @throws DomainError `invalid`, in InfluxDB's words */
export function checkBucketName(name: string): void {
  if (name === '') throw invalid('bucket name is empty');
  if (name.startsWith('_')) throw invalid(`bucket name ${name} is invalid. Buckets may not start with underscore`);
  if (name.includes('"')) throw invalid(`bucket name ${name} is invalid. Bucket names may not include quotation marks`);
}

/** One retention rule as it came in; absent members are undefined. */
export interface RetentionRule {
  readonly everySeconds?: number | undefined;
  readonly shardGroupDurationSeconds?: number | undefined;
}

/** The largest duration that fits InfluxDB's 64-bit nanoseconds. */
const DURATION_SECONDS_MAX = 9_223_372_036;

/**
 * The rule among those given, or undefined when there is none.
 *
 * @throws DomainError `unprocessable entity`, in InfluxDB's words, for more than one rule or a negative duration
 */
export function singleRetentionRule(rules: readonly RetentionRule[] | undefined): RetentionRule | undefined {
  if (rules === undefined || rules.length === 0) return undefined;
  if (rules.length > 1) throw unprocessable('buckets cannot have more than one retention rule at this time');
  const rule = rules[0];
  if ((rule?.everySeconds ?? 0) < 0) throw unprocessable('expiration seconds cannot be negative');
  if ((rule?.shardGroupDurationSeconds ?? 0) < 0) throw unprocessable('shard-group duration seconds cannot be negative');
  for (const seconds of [rule?.everySeconds, rule?.shardGroupDurationSeconds]) {
    if (seconds !== undefined && seconds > DURATION_SECONDS_MAX) {
      throw unprocessable(`a retention of ${seconds} seconds is too long; the longest is ${DURATION_SECONDS_MAX}`);
    }
  }
  return rule;
}

/**
 * The durations of a bucket to be made. Where InfluxDB answers 500 for odd ones, they are refused with a reason.
 *
 * @throws DomainError `unprocessable entity`
 */
export function retentionOfNewBucket(rule: RetentionRule | undefined): Pick<Bucket, 'retentionSeconds' | 'shardGroupDurationSeconds'> {
  const retentionSeconds = rule?.everySeconds ?? 0;
  checkRetention(retentionSeconds);
  const given = rule?.shardGroupDurationSeconds ?? 0;
  const shardGroupDurationSeconds = given === 0 ? defaultShardGroupDurationSeconds(retentionSeconds) : Math.max(given, HOUR_SECONDS);
  if (retentionSeconds > 0 && shardGroupDurationSeconds > retentionSeconds) {
    throw unprocessable('retention policy duration must be greater than the shard duration');
  }
  return { retentionSeconds, shardGroupDurationSeconds };
}

/**
 * The durations of a bucket after a change; values that the rule leaves out are unchanged.
 *
 * @throws DomainError `unprocessable entity`, in InfluxDB's words where it has some
 */
export function retentionAfterUpdate(
  bucket: Pick<Bucket, 'retentionSeconds' | 'shardGroupDurationSeconds'>,
  rule: RetentionRule | undefined,
): Pick<Bucket, 'retentionSeconds' | 'shardGroupDurationSeconds'> {
  const retentionSeconds = rule?.everySeconds ?? bucket.retentionSeconds;
  if (rule?.everySeconds !== undefined) checkRetention(retentionSeconds);
  const given = rule?.shardGroupDurationSeconds ?? 0;
  const shardGroupDurationSeconds = given === 0 ? bucket.shardGroupDurationSeconds : Math.max(given, HOUR_SECONDS);
  if (retentionSeconds > 0 && retentionSeconds < shardGroupDurationSeconds) {
    throw unprocessable('shard-group duration must also be updated to be smaller than new retention duration');
  }
  return { retentionSeconds, shardGroupDurationSeconds };
}

function checkRetention(retentionSeconds: number): void {
  if (retentionSeconds > 0 && retentionSeconds < HOUR_SECONDS) {
    throw unprocessable('retention policy duration must be at least 1h0m0s; use 0 to keep data forever');
  }
}
