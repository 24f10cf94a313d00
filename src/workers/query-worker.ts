/** The thread that evaluates queries, one at a time. Whatever a text or data make of it, the thread that answers goes on. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData, type Transferable } from 'node:worker_threads';
import { DomainError } from '../domain/errors.js';
import { MemoryPool } from '../query/flux/execute/memory.js';
import { fluxParser } from '../query/flux/syntax/parser.js';
import { DistantWorld } from './distant-world.js';
import { doWork } from './do-work.js';
import { HeapWatch } from './heap-watch.js';
import { type FromWorker, type Known, sendError, type ToWorker, type Work, type WorkerSettings } from './messages.js';
import { SharedCells } from './shared-cells.js';
import { warmUp } from './warm-up.js';

/** Bytes of an answer that the client has not taken, and that are not waited for. */
const UNTAKEN_BYTES_MAX = 1024 * 1024;
/** Behind the thread that answers, which has what little it does done first. Of Linux alone each thread has a priority of its own. */
const NICENESS = 10;

const { cells: cellBuffer, pool, memoryBytesMax, heapBytesMax } = workerData as WorkerSettings;
const cells = new SharedCells(cellBuffer);
const memoryPool = pool && new MemoryPool(pool.bytesMax, new BigInt64Array(pool.held), pool.taker);
const pulse = new HeapWatch(cells, heapBytesMax);

// The parser greets, and says when it panics, on standard output and error, which belong to the server.
const output = globalThis.console;
output.info = output.error = () => undefined;

const post = (message: FromWorker, transfer: Transferable[] = []): void => {
  parentPort?.postMessage(message, transfer);
};

interface Job {
  readonly id: number;
  readonly world: DistantWorld;
  readonly controller: AbortController;
  untakenBytes: number;
  onTaken: (() => void) | undefined;
}

let current: Job | undefined;

async function start(id: number, work: Work, known: Known): Promise<void> {
  const job: Job = { id, world: new DistantWorld(id, post), controller: new AbortController(), untakenBytes: 0, onTaken: undefined };
  current = job;
  const { world, controller } = job;
  const bytes = doWork(work, {
    world,
    known,
    signal: controller.signal,
    pulse,
    memoryBytesMax,
    memoryPool,
    setType: (contentType) => {
      post({ kind: 'type', job: id, contentType });
    },
    onSimpleRead: (read, dialect) => {
      post({ kind: 'simple read', job: id, read, dialect });
    },
    onLateError: (error) => {
      post({ kind: 'late failure', job: id, error: sendError(error) });
    },
  });
  cells.nextStretch();
  let isEnded = false;
  try {
    // One piece is held back, so that the last one says that it is.
    let held: Uint8Array | undefined;
    for await (const piece of bytes) {
      if (held !== undefined) await send(job, held, false);
      held = piece;
    }
    isEnded = held !== undefined;
    if (held !== undefined) await send(job, held, true);
    else post({ kind: 'done', job: id });
  } catch (error) {
    if (!isEnded) post({ kind: 'failed', job: id, error: sendError(error) });
  } finally {
    current = undefined;
  }
  pulse.clear();
}

async function send(job: Job, piece: Uint8Array, isLast: boolean): Promise<void> {
  const bytes = Uint8Array.from(piece);
  job.untakenBytes += bytes.length;
  post({ kind: 'bytes', job: job.id, bytes, isLast }, [bytes.buffer]);
  if (isLast) return;
  while (job.untakenBytes > UNTAKEN_BYTES_MAX) {
    await new Promise<void>((resolve) => (job.onTaken = resolve));
    job.controller.signal.throwIfAborted();
  }
  cells.nextStretch();
}

function receive(message: ToWorker): void {
  cells.nextStretch();
  if (message.kind === 'work') {
    void start(message.job, message.work, message.known);
    return;
  }
  if (current === undefined) return;
  if ('call' in message) {
    current.world.receive(message);
    return;
  }
  if (message.job !== current.id) return;
  if (message.kind === 'taken') current.untakenBytes -= message.bytes;
  else {
    const reason = new DomainError('unavailable', 'the query was ended');
    current.controller.abort(reason);
    current.world.end(reason);
  }
  current.onTaken?.();
}

/** As Linux numbers the thread; undefined elsewhere. */
function threadId(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1);
  } catch {
    return undefined;
  }
}

if (process.platform === 'linux') setPriority(0, NICENESS);
fluxParser.watchedBy({
  begin: (limitMs) => {
    cells.nextStretch();
    cells.parseLimitMs = limitMs;
  },
  end: () => {
    cells.parseLimitMs = 0;
    cells.nextStretch();
  },
});
await fluxParser.prepare();
// A query is served all the same where this fails.
await warmUp(memoryBytesMax).catch(() => undefined);
parentPort?.on('message', receive);
post({ kind: 'ready', threadId: threadId() });
