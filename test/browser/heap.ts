/** What a page has not forgotten. */
import type { Page } from 'playwright-core';

/** All strings that the page's scripts can still reach. */
export async function heapOf(where: Page): Promise<string> {
  const session = await where.context().newCDPSession(where);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}
