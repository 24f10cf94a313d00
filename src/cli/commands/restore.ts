/** `restore`: a backup of `sluice backup` or `influx backup`, as a whole or bucket by bucket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findApiError } from '../../client/api-error.js';
import { restoreBucket, restoreKv, restoreShard, restoreSql, type BucketMetadata } from '../../client/backups.js';
import { createOrganization, listOrganizations } from '../../client/organizations.js';
import type { Send } from '../../client/request.js';
import type { TokenFinding } from '../../snapshot/operators.js';
import { openPacked, openUnpacked, saveFile } from '../backup/files.js';
import {
  loadManifests,
  matches,
  NO_COMPRESSION,
  shardsIn,
  shardsOf,
  type BucketEntry,
  type FileEntry,
  type Manifest,
  type ShardEntry,
} from '../backup/manifest.js';
import { defineCommand, type Invocation } from '../command.js';
import { quietFlags } from '../standard-flags.js';
import { attempt, messageOf } from '../failure.js';
import { text, toggle } from '../flags.js';
import { log } from '../log.js';
import { openSession, openSessionWith, readTokenFile, type Session } from '../session.js';

const flags = {
  full: toggle('replace all data and metadata of the server'),
  org: text('restore only this organization', { short: 'o', variable: 'INFLUX_ORG', value: 'name' }),
  'org-id': text('restore only the organization with this id', { variable: 'INFLUX_ORG_ID', value: 'id' }),
  bucket: text('restore only this bucket', { short: 'b', value: 'name' }),
  'bucket-id': text('only the bucket with this id', { value: 'id' }),
  'new-org': text('name of the organization to restore to', { value: 'name' }),
  'new-bucket': text('name of the bucket to restore to', { value: 'name' }),
  'operator-token': text('operator token of the backup, used after --full'),
  'operator-token-file': text('file with the operator token of the backup', { value: 'path' }),
  ...quietFlags,
};

type RestoreInvocation = Invocation<typeof flags>;

export const command = defineCommand({
  description:
    'Needs an operator token. Without --full, buckets are added to what the server has, organizations that are missing are made.\n' +
    'With --full everything is replaced, tokens included: afterwards only those of the backup work. One of its operator tokens\n' +
    'must be at hand, which is checked before anything is sent.',
  positionals: '<folder>',
  examples: [
    'sluice restore --bucket data --new-bucket data-of-monday backup-monday',
    'sluice restore --org acme --new-org branch backup-monday',
    'sluice restore --full --operator-token-file operator.token backup-monday',
  ],
  flags,
  run: restore,
});

/** A restore of everything takes none of these; that of the environment is for other commands. */
const LIMITS = ['org', 'org-id', 'bucket', 'bucket-id', 'new-org', 'new-bucket'] as const;

async function restore(invocation: RestoreInvocation): Promise<void> {
  const { values, positionals, origins } = invocation;
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new Error('restore path must be specified as a single positional argument');
  const { full, org, 'org-id': orgID, bucket, 'bucket-id': bucketID, 'new-org': newOrg, 'new-bucket': newBucket } = values;
  if (full && LIMITS.some((name) => origins.get(name)?.startsWith('--') === true)) {
    throw new Error('--full restore cannot be limited to a single org or bucket');
  }
  if (newOrg !== undefined && org === undefined && orgID === undefined) throw new Error('--org-id or --org must be set to use --new-org');
  if (newBucket !== undefined && bucket === undefined && bucketID === undefined) {
    throw new Error('--bucket-id or --bucket must be set to use --new-bucket');
  }
  const manifest = loadManifests(folder);
  const session = await openSession(invocation);
  if (full) await restoreAll(invocation, session, folder, manifest);
  else await restoreBuckets(session.send, folder, manifest, values);
}

async function restoreAll(invocation: RestoreInvocation, session: Session, folder: string, manifest: Manifest): Promise<void> {
  const { kv, sql } = manifest;
  const operatorToken = readOperatorToken(invocation.values);
  await checkTokens(folder, kv, operatorToken, session.token);
  const [kvBytes, sqlBytes] = [openNamed(folder, kv, 'KV backup'), sql === undefined ? undefined : openNamed(folder, sql, 'SQL backup')];

  log('INFO: Restoring KV snapshot');
  const returned = await attempt('failed to restore KV snapshot', restoreKv(session.send, kvBytes));
  const token = returned || operatorToken || session.token;
  if (token !== session.token) {
    log('WARN: Restoring KV snapshot overwrote the operator token, ensure following commands use the correct token');
  }
  const { send } = await openSessionWith(invocation, token);

  if (sqlBytes !== undefined) {
    log('INFO: Restoring SQL snapshot');
    await attempt('failed to restore SQL snapshot', restoreSql(send, sqlBytes));
  }
  for (const shard of shardsIn(manifest)) await sendShard(send, folder, shard, shard.id);
  log('INFO: From here on only the tokens of the backup work');
}

function readOperatorToken({ 'operator-token': token, 'operator-token-file': file }: RestoreInvocation['values']): string | undefined {
  if (token !== undefined && file !== undefined) throw new Error('give --operator-token or --operator-token-file, not both');
  return file === undefined ? token : readTokenFile(file);
}

/** The caller must be able to continue after the restore, when only the tokens of the backup are valid. */
async function checkTokens(folder: string, kv: FileEntry, operatorToken: string | undefined, ownToken: string): Promise<void> {
  const finding = await findInBackup(folder, kv, operatorToken ?? ownToken);
  if (finding === 'operator' || finding === 'told one' || finding === undefined) return;
  const which = operatorToken === undefined ? 'the token that you ask with' : 'the token of --operator-token';
  const reason = {
    unknown: `${which} is not in the backup`,
    inactive: `${which} is inactive in the backup`,
    'no operator': `${which} is no operator token in the backup`,
  }[finding];
  const advice = operatorToken === undefined ? ': give one that is with --operator-token' : '';
  throw new Error(`${reason}, so no token would be valid after the restore${advice}. Nothing was sent`);
}

/** @returns undefined where that cannot be known here */
async function findInBackup(folder: string, kv: FileEntry, token: string): Promise<TokenFinding | 'told one' | undefined> {
  // It holds hashes: a place for its owner alone, and gone afterwards.
  const place = mkdtempSync(join(tmpdir(), 'sluice-restore-'));
  try {
    const unpacking = (async () => saveFile(place, 'kv', openUnpacked(folder, kv), false, NO_COMPRESSION))();
    const { fileName } = await attempt(`failed to open local KV backup at ${JSON.stringify(join(folder, kv.fileName))}`, unpacking);
    const { findInSnapshot } = await import('../../snapshot/look-into.js');
    return await findInSnapshot(place, fileName, token, Date.now).catch((error: unknown) => {
      log(`WARN: The tokens of this backup cannot be looked at (${messageOf(error)}); whether one is at hand turns out afterwards`);
      return undefined;
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function openNamed(folder: string, entry: FileEntry, what: string): AsyncIterable<Buffer> {
  try {
    return openPacked(folder, entry);
  } catch (cause) {
    throw new Error(`failed to open local ${what} at ${JSON.stringify(join(folder, entry.fileName))}: ${messageOf(cause)}`, { cause });
  }
}

async function restoreBuckets(send: Send, folder: string, manifest: Manifest, values: RestoreInvocation['values']): Promise<void> {
  const organizationIds = new Map<string, string>();
  // Those of the server itself are made by the server itself.
  const wanted = manifest.buckets.filter((bucket) => !bucket.bucketName.startsWith('_') && matches(values, bucket));
  if (wanted.length === 0) throw new Error('the backup has no such bucket: nothing was restored');
  for (const bucket of wanted) {
    const organizationName = values['new-org'] ?? bucket.organizationName;
    const organizationID = organizationIds.get(organizationName) ?? (await findOrCreateOrganization(send, organizationName));
    organizationIds.set(organizationName, organizationID);
    const bucketName = values['new-bucket'] ?? bucket.bucketName;
    await restoreOne(send, folder, { ...bucket, organizationName, organizationID, bucketName });
  }
}

async function findOrCreateOrganization(send: Send, name: string): Promise<string> {
  const quoted = JSON.stringify(name);
  try {
    const [found] = await listOrganizations(send, { org: name });
    if (found !== undefined) return found.id;
  } catch (cause) {
    if (findApiError(cause)?.status !== 404) {
      throw new Error(`failed to check existence of organization ${quoted}: ${messageOf(cause)}`, { cause });
    }
  }
  return (await attempt(`failed to create organization ${quoted}`, createOrganization(send, { name }))).id;
}

async function restoreOne(send: Send, folder: string, bucket: BucketEntry): Promise<void> {
  log(`INFO: Restoring bucket ${JSON.stringify(bucket.bucketID)} as ${JSON.stringify(bucket.bucketName)}`);
  const quoted = JSON.stringify(bucket.bucketName);
  const newIds = await attempt(`failed to restore bucket ${quoted}`, restoreBucket(send, withoutFiles(bucket)));
  for (const shard of shardsOf(bucket)) {
    const id = newIds.get(shard.id);
    if (id === undefined) log(`WARN: Server didn't map ID for shard ${shard.id} in bucket ${quoted}, skipping`);
    else await sendShard(send, folder, shard, id);
  }
}

/** As the server knows it. */
const withoutFiles = (bucket: BucketEntry): BucketMetadata => ({
  ...bucket,
  retentionPolicies: bucket.retentionPolicies.map((policy) => ({
    ...policy,
    shardGroups: policy.shardGroups.map((group) => ({
      ...group,
      shards: group.shards.map(({ id, shardOwners }) => ({ id, shardOwners })),
    })),
  })),
});

async function sendShard(send: Send, folder: string, shard: ShardEntry, id: number): Promise<void> {
  const bytes = openNamed(folder, shard, 'TSM snapshot');
  log(`INFO: Restoring TSM snapshot for shard ${id}`);
  await attempt(`failed to restore TSM snapshot for shard ${id}`, restoreShard(send, id, bytes));
}
