/** What is sent, when it is tried again, and what is dropped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { RemoteAnswer, Replication } from '../domain/replication.js';
import { ReplicationQueue } from './queue.js';
import { Sender } from './sender.js';

const REPLICATION: Replication = {
  id: '0000000000000001',
  orgID: '0000000000000002' as OrganizationId,
  name: 'copy',
  description: undefined,
  remoteID: '0000000000000003',
  localBucketID: '0000000000000004' as BucketId,
  remoteBucketID: undefined,
  remoteBucketName: 'there',
  maxQueueSizeBytes: 0,
  dropNonRetryableData: false,
  maxAgeSeconds: 60,
};

const answer = (status: number, retryAfterMs?: number): RemoteAnswer => ({
  status,
  message: status === 204 ? '' : `answered ${status}`,
  retryAfterMs,
});

let directory: string;
let queue: ReplicationQueue;
let sender: Sender | undefined;
let nowMs: number;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sender-'));
  nowMs = 1_000_000;
  queue = await ReplicationQueue.open({ directory, bytesMax: 2 ** 30, now: () => nowMs, onDamage: () => undefined });
});
afterEach(async () => {
  await sender?.stop();
  await queue.close();
  rmSync(directory, { recursive: true });
});

const add = (...texts: string[]): Promise<boolean> =>
  queue.append(texts.map((text) => ({ gzipped: gzipSync(text), pointCount: 1, lineBytes: text.length })));

/** Starts one that is answered by a function of what it sends. */
function start(answerTo: (text: string) => RemoteAnswer, change: Partial<Replication> = {}) {
  const seen = { sent: [] as string[], waits: [] as number[], dropped: [] as string[] };
  sender = new Sender({
    queue,
    now: () => nowMs,
    replication: () => ({ ...REPLICATION, ...change }),
    send: (_, gzipped) => {
      const text = gunzipSync(gzipped).toString();
      seen.sent.push(text);
      return Promise.resolve(answerTo(text));
    },
    onSent: () => undefined,
    onFailed: (_, waitMs) => seen.waits.push(waitMs),
    onDropped: (count, reason) => seen.dropped.push(`${count}: ${reason}`),
    onError: (error) => {
      throw error;
    },
  });
  return seen;
}

describe('the sender of a replication', () => {
  it('sends what waits together, and then what comes', async () => {
    await add('a\n', 'b\n');
    const seen = start(() => answer(204));
    await expect.poll(() => seen.sent).toEqual(['a\nb\n']);
    await add('c\n');
    sender!.noteAppended();
    await expect.poll(() => seen.sent).toEqual(['a\nb\n', 'c\n']);
    await expect.poll(() => queue.remainingByteCount).toBe(0);
    expect(queue.notes).toMatchObject({ latestResponseCode: 204, latestErrorMessage: '' });
  });

  it('waits longer from failure to failure, and no longer than 15 minutes', async () => {
    await add('a\n');
    const seen = start(() => answer(0));
    for (let n = 1; n <= 3; n++) {
      await expect.poll(() => seen.waits.length, { interval: 5, timeout: 5_000 }).toBe(n);
    }
    expect(seen.waits).toEqual([500, 1000, 2000]);
    // What comes meanwhile is no reason to try again; another address is.
    await add('b\n');
    sender!.noteAppended();
    sender!.tryAgain();
    await expect.poll(() => seen.waits).toEqual([500, 1000, 2000, 500]);
    expect(queue.notes).toMatchObject({ latestResponseCode: 0, latestErrorMessage: 'answered 0' });
  });

  it('waits as long as it is asked to', async () => {
    await add('a\n');
    const seen = start(() => answer(429, 86_400_000));
    await expect.poll(() => seen.waits).toEqual([15 * 60_000]);
  });

  it('finds what is refused, and drops that alone if it may', async () => {
    await add('a\n', 'bad\n', 'c\n', 'd\n');
    const seen = start((text) => answer(text.includes('bad') ? 400 : 204), { dropNonRetryableData: true });
    await expect.poll(() => queue.remainingByteCount).toBe(0);
    expect(seen.dropped).toEqual(['1: answered 400']);
    expect(seen.sent).toEqual(['a\nbad\nc\nd\n', 'a\n', 'bad\n', 'c\n', 'd\n']);
    expect(seen.waits).toEqual([]);
  });

  it('keeps what is refused if it may not drop it', async () => {
    await add('bad\n', 'b\n');
    const seen = start((text) => answer(text.includes('bad') ? 422 : 204));
    await expect.poll(() => seen.waits).toEqual([500]);
    expect(seen.sent).toEqual(['bad\nb\n', 'bad\n']);
    expect(seen.dropped).toEqual([]);
  });

  it('does not drop what another token or another time would let in', async () => {
    await add('a\n');
    const seen = start(() => answer(401), { dropNonRetryableData: true });
    await expect.poll(() => seen.waits).toEqual([500]);
    expect(seen.dropped).toEqual([]);
  });

  it('drops what has waited too long', async () => {
    await add('old\n', 'older\n');
    nowMs += 61_000;
    await add('new\n');
    const seen = start(() => answer(204));
    await expect.poll(() => seen.sent).toEqual(['new\n']);
    expect(seen.dropped).toEqual(['2: they waited longer than maxAgeSeconds']);
  });
});
