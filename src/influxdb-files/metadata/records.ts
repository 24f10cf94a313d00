/** What is read from InfluxDB's metadata where the domain has no noun for it. */
import type { Authorization } from '../../domain/authorization.js';
import type { BucketId, Id, LabelId, OrganizationId, UserId } from '../../domain/id.js';

/** A password as bcrypt keeps it. */
export interface PasswordRecord {
  readonly userId: UserId;
  readonly hash: string;
}

export type InfluxSecret =
  | { readonly kind: 'plain'; readonly token: string }
  | {
      readonly kind: 'hashed';
      /** `$influxdb2-sha256$<digest>` or `$influxdb2-sha512$<digest>`. */
      readonly hash: string;
    }
  | {
      readonly kind: 'v1';
      readonly userName: string;
      /** bcrypt's; undefined where none has been set yet. */
      readonly passwordHash?: string | undefined;
    };

export interface InfluxAuthorization extends Omit<Authorization, 'secret' | 'endedAtMs'> {
  readonly secret: InfluxSecret;
  /**
   * Whether InfluxDB finds it when its token is presented. It does not after a downgrade, which takes the index of hashes away and leaves
   * the records: such tokens are refused there for good.
   */
  readonly isIndexed: boolean;
}

export interface LabelMapping {
  readonly labelId: LabelId;
  readonly resourceType: string;
  readonly resourceId: Id;
}

export interface SecretRecord {
  readonly orgID: OrganizationId;
  readonly key: string;
  readonly value: string;
}

/** A span of time of a bucket, and where its points lie. */
export interface ShardRecord {
  readonly id: number;
  readonly bucketId: BucketId;
  readonly startNs: bigint;
  readonly stopNs: bigint;
  /** Dropped by retention or by hand; its files may still be there, and InfluxDB does not show them. */
  readonly isDeleted: boolean;
}

/** Things that exist in InfluxDB and not here. */
export interface Leftover {
  /** In the plural: `dashboards`. */
  readonly kind: string;
  readonly count: number;
}
