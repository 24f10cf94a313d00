/** What `influx backup` and `influx restore` do over HTTP, for tests that look at the server's half alone. */
import type { Credentials, TestClient } from './server.js';

export interface TestBackup {
  readonly kv: Uint8Array;
  readonly sql: Uint8Array;
  readonly buckets: readonly any[];
  /** Number -> archive. */
  readonly shards: ReadonlyMap<number, Uint8Array>;
}

export async function takeBackup(url: string, token: string): Promise<TestBackup> {
  const headers = { authorization: `Token ${token}` };
  const response = await fetch(`${url}/api/v2/backup/metadata`, { headers });
  if (response.status !== 200) throw new Error(await response.text());
  const parts = splitParts(response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer()));
  const part = (name: string): Buffer => parts.get(name) ?? Buffer.alloc(0);
  const buckets = JSON.parse(part('buckets').toString('utf8')) as any[];
  const shards = new Map<number, Uint8Array>();
  for (const { id } of shardsOf(buckets)) {
    const shard = await fetch(`${url}/api/v2/backup/shards/${id}`, { headers });
    if (shard.status !== 200) throw new Error(await shard.text());
    shards.set(id, new Uint8Array(await shard.arrayBuffer()));
  }
  return { kv: part('kv'), sql: part('sql'), buckets, shards };
}

export const shardsOf = (buckets: readonly any[]): { id: number }[] =>
  buckets.flatMap(({ retentionPolicies }) =>
    retentionPolicies.flatMap((policy: any) => policy.shardGroups.flatMap((group: any) => group.shards as { id: number }[])),
  );

function splitParts(contentType: string, body: Buffer): Map<string, Buffer> {
  const boundary = /boundary=(.+)$/.exec(contentType)?.[1] ?? '';
  const parts = new Map<string, Buffer>();
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at >= 0;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = body.subarray(at + mark.length + 2, next - 2);
    const headEnd = part.indexOf('\r\n\r\n');
    const name = /name="([^"]+)"/.exec(part.toString('latin1', 0, headEnd))?.[1] ?? '';
    parts.set(name, part.subarray(headEnd + 4));
    at = next;
  }
  return parts;
}

/** A full restore; the last steps are done with the operator token of the backup. */
export async function restoreAll(client: TestClient, before: Credentials, after: Credentials, backup: TestBackup): Promise<void> {
  const send = async (path: string, as: Credentials, body: Uint8Array): Promise<void> => {
    const { status, text } = await client.post(path, { as, body });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  };
  await send('/api/v2/restore/kv', before, backup.kv);
  await send('/api/v2/restore/sql', after, backup.sql);
  for (const [id, shard] of backup.shards) await send(`/api/v2/restore/shards/${id}`, after, shard);
}
