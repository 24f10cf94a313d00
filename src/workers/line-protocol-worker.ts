/** The thread in which large bodies of line protocol are read: one turn of one body after the other. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { DomainError } from '../domain/errors.js';
import type { Column, PointBatch } from '../domain/series.js';
import { LineProtocolReader } from '../wire/line-protocol.js';
import type { LineProtocolReply, LineProtocolRequest, LineProtocolTurn } from './line-protocol-messages.js';

/** Then it is another body's turn. */
const TURN_MS = 50;
/** Behind the thread that answers, where both want the processor. */
const NICENESS = 5;

// On Linux this is about the thread that asks; elsewhere it would be about the process.
if (process.platform === 'linux') setPriority(0, NICENESS);

function answer({ kind, body, settings, from }: LineProtocolRequest): LineProtocolTurn {
  const beganAt = performance.now();
  const reader = new LineProtocolReader(Buffer.from(body.buffer, body.byteOffset, body.byteLength), settings, undefined, from);
  if (kind === 'read') {
    const slice = { batch: reader.next(), end: reader.state };
    return { body, state: slice.end, slice };
  }
  const isFirst = from.position === 0;
  const batch = reader.next();
  const slice = isFirst ? { batch, end: reader.state } : undefined;
  while (!reader.isAtEnd && performance.now() - beganAt < TURN_MS) reader.next();
  if (reader.isAtEnd) reader.throwIfWrong();
  return { body, state: reader.state, slice };
}

function failureOf(error: unknown): LineProtocolReply {
  if (error instanceof DomainError) return { code: error.code, message: error.message };
  // What is no refusal is an error of this thread, and ends it.
  throw error;
}

function* buffersOf({ measurements }: PointBatch): Generator<ArrayBufferLike> {
  for (const { times, tagSetOf, positions, fields } of measurements) {
    yield* [times.buffer, tagSetOf.buffer, positions.buffer];
    for (const { column } of fields) yield* buffersOfColumn(column);
  }
}

function* buffersOfColumn(column: Column): Generator<ArrayBufferLike> {
  if (column.valid !== undefined) yield column.valid.buffer;
  if (column.type !== 'string') yield column.values.buffer;
}

parentPort?.on('message', (request: LineProtocolRequest) => {
  let reply: LineProtocolReply;
  try {
    reply = answer(request);
  } catch (error) {
    reply = failureOf(error);
  }
  if ('code' in reply) {
    parentPort?.postMessage(reply);
    return;
  }
  const buffers = new Set<ArrayBufferLike>([reply.body.buffer, ...(reply.slice === undefined ? [] : buffersOf(reply.slice.batch))]);
  parentPort?.postMessage(reply, [...buffers] as ArrayBuffer[]);
});
