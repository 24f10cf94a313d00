/** Remotes, and what is replicated to them. */
import { resourceCalls } from './resources.js';

export interface RemoteJson {
  readonly id: string;
  readonly name: string;
  readonly orgID: string;
  readonly description?: string | undefined;
  readonly remoteURL: string;
  readonly remoteOrgID?: string | null | undefined;
  readonly allowInsecureTLS: boolean;
}

export interface RemoteChangeJson {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly remoteURL?: string | undefined;
  readonly remoteAPIToken?: string | undefined;
  readonly remoteOrgID?: string | undefined;
  readonly allowInsecureTLS?: boolean | undefined;
}

interface RemoteFilter {
  readonly orgID: string;
  readonly name?: string | undefined;
  readonly remoteURL?: string | undefined;
}

export const remotes = resourceCalls<RemoteJson, RemoteChangeJson & { readonly orgID: string }, RemoteChangeJson, RemoteFilter>({
  path: '/api/v2/remotes',
  list: { name: 'remotes' },
});

export interface ReplicationJson {
  readonly id: string;
  readonly name: string;
  readonly orgID: string;
  readonly description?: string | undefined;
  readonly remoteID: string;
  readonly localBucketID: string;
  readonly remoteBucketID?: string | null | undefined;
  /** As InfluxDB writes it. */
  readonly RemoteBucketName?: string | undefined;
  readonly maxQueueSizeBytes: number;
  readonly currentQueueSizeBytes?: number | undefined;
  readonly remainingBytesToBeSynced?: number | undefined;
  readonly latestResponseCode?: number | undefined;
  readonly latestErrorMessage?: string | undefined;
  readonly dropNonRetryableData?: boolean | undefined;
}

export interface ReplicationChangeJson {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly remoteID?: string | undefined;
  readonly remoteBucketID?: string | undefined;
  readonly remoteBucketName?: string | undefined;
  readonly maxQueueSizeBytes?: number | undefined;
  readonly dropNonRetryableData?: boolean | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

interface ReplicationFilter {
  readonly orgID: string;
  readonly name?: string | undefined;
  readonly remoteID?: string | undefined;
  readonly localBucketID?: string | undefined;
}

export const replications = resourceCalls<
  ReplicationJson,
  ReplicationChangeJson & { readonly orgID: string; readonly localBucketID: string },
  ReplicationChangeJson,
  ReplicationFilter
>({ path: '/api/v2/replications', list: { name: 'replications' } });
