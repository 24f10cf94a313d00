/** The columns of the metadata store, as the queries see them. Times are milliseconds since 1970, ids 16 hexadecimal digits. */
import type { Generated } from 'kysely';

export interface Tables {
  organizations: {
    id: string;
    name: string;
    name_key: string;
    description: string;
    /** How long its tokens live at most; null: as long as is asked for. */
    token_lifetime_max_ms: number | null;
    created_at_ms: number;
    updated_at_ms: number;
  };
  users: {
    id: string;
    name: string;
    /** The name in lower case, to be sorted by. */
    name_key: string;
    status: string;
    /** Empty for none. */
    oauth_id: string;
  };
  passwords: {
    user_id: string;
    hash: string;
  };
  sessions: {
    hash: string;
    user_id: string;
    created_at_ms: number;
    expires_at_ms: number;
  };
  memberships: {
    resource_type: string;
    resource_id: string;
    user_id: string;
    role: string;
    /** Grows with each membership, so that they can be told in the order of their making. */
    position: number;
  };
  resources: {
    /** The kind, by the type that permissions name. */
    type: string;
    id: string;
    organization_id: string;
    name: string;
    /** What makes the name unique among those of its kind in the organization; null where it need not be. */
    name_key: string | null;
    /** Of the resource that takes this one along when it is deleted. */
    parent_id: string | null;
    /** 1 when the right to read the organization opens it, instead of one to read the resource. */
    is_read_with_organization: number;
    created_at_ms: number;
    updated_at_ms: number;
    /** JSON object of the fields that the kind declares. */
    document: string;
  };
  runs: {
    id: string;
    task_id: string;
    status: string;
    scheduled_for_ms: number;
    due_at_ms: number;
    /** Null for those of the schedule. */
    requested_at_ms: number | null;
    started_at_ns: string | null;
    finished_at_ns: string | null;
    finished_at_ms: number | null;
    /** Of `run_scripts`; empty: it was not started. */
    script_digest: string;
    /** JSON: pairs of a time and a message. */
    log: string;
    /** 0: there is something left to do. */
    is_noted: number;
  };
  run_scripts: {
    task_id: string;
    digest: string;
    flux: string;
  };
  task_progress: {
    task_id: string;
    latest_scheduled_ms: number | null;
    latest_completed_ms: number | null;
    latest_success_ms: number | null;
    last_run_status: string | null;
    last_run_error: string;
  };
  label_mappings: {
    resource_type: string;
    resource_id: string;
    label_id: string;
  };
  secrets: {
    organization_id: string;
    key: string;
    sealed: Uint8Array;
  };
  changes: {
    /** Grows with each, without a gap. */
    sequence: Generated<number>;
    /** Which opening of the store wrote it. */
    writer: string;
    noun: string;
    kind: string;
    /** Empty: any of the noun. */
    id: string;
  };
  facts: {
    name: string;
    value: string;
  };
  shards: {
    /** Grows with each, from 1. */
    id: number;
    bucket_id: string;
    /** Nanoseconds since 1970, in decimals: not every engine's driver gives 64-bit integers whole. */
    start_ns: string;
    stop_ns: string;
  };
  tombstones: {
    bucket_id: string;
    deleted_at_ms: number;
  };
  authorization_permissions: {
    authorization_id: string;
    /** From 0: the order in which they were granted. */
    position: number;
    action: string;
    type: string;
    resource_id: string | null;
    organization_id: string | null;
    stated_organization_id: string | null;
    /** JSON: which points of a bucket it covers; null: all, and the bucket itself. */
    point_match: string | null;
  };
  authorization_writes: {
    authorization_id: string;
    /** Days since 1970, UTC. */
    day: number;
    /** Of line protocol, as far as they were set aside: a crash leaves some of them unused. */
    bytes: number;
  };
  authorization_secrets: {
    authorization_id: string;
    /** `sha256` and `sha512` for tokens, `password` for the v1-compatible API. */
    scheme: string;
    hash: string;
    plain_token: string | null;
    created_at_ms: number;
    expires_at_ms: number | null;
    /** When it was reported as known to others. */
    leaked_at_ms: number | null;
    /** What derived tokens are checked with; null for a token that was not used since there is such a thing. */
    derivation: string | null;
  };
  authorization_uses: {
    authorization_id: string;
    /** Empty for the password of an authorization of the v1-compatible API. */
    secret_id: string;
    used_at_ms: number;
    address: string;
    /** Method and template of the path. */
    operation: string;
  };
  permission_uses: {
    authorization_id: string;
    /** Of `authorization_permissions`. */
    position: number;
    /** The beginning of the last day on which it was. */
    needed_at_ms: number;
  };
  authorizations: {
    id: string;
    organization_id: string;
    user_id: string;
    status: string;
    description: string;
    /** The description in lower case, to be searched and sorted by. */
    description_key: string;
    token_kind: string;
    /** How many rows there are in `authorization_permissions`; below zero where an earlier version could not read them. */
    permission_count: number;
    /** 1 when a permission reaches beyond the organization. */
    is_unscoped: number;
    /** Of the v1-compatible API: the name that goes with a password. */
    v1_user: string | null;
    ended_at_ms: number | null;
    expires_at_ms: number | null;
    /** The warning of its expiry that was given last, in days before it. */
    expiry_warned_days: number | null;
    /** Unique within an organization. */
    name: string | null;
    /** JSON: what it is limited to besides its permissions; null: nothing. */
    constraints: string | null;
    created_at_ms: number;
    updated_at_ms: number;
  };
  audit: {
    /** From 1, without a gap; the oldest are deleted together. */
    sequence: number;
    time_ms: number;
    actor_kind: string;
    actor_name: string | null;
    user_id: string | null;
    authorization_id: string | null;
    action: string;
    resource_type: string | null;
    resource_id: string | null;
    resource_name: string | null;
    organization_id: string | null;
    address: string | null;
    outcome: string;
    reason: string | null;
    request_id: string | null;
    /** JSON. */
    details: string | null;
    previous_hash: string;
    hash: string;
    seal: string;
  };
  /** One row. */
  audit_head: {
    id: number;
    sequence: number;
    hash: string;
    seal: string;
  };
  refused_requests: {
    /** Grows with each. */
    number: number;
    request_id: string;
    /** JSON. */
    entry: string;
  };
}
