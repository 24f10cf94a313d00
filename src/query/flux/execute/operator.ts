/**
 * The steps of a running query. Tables go through them in chunks; after the last chunk of a table comes a flush of its key, unless the
 * step before changed keys and cannot know which chunk is a table's last. What is never flushed is complete when the input ends.
 *
 * The kinds of step, and with them the order in which tables leave a query, follow InfluxDB's (flux/execute): a step that collects whole
 * tables hands out what was not flushed in the order of keys; an aggregate, in the order in which keys first came.
 */
import type { Chunk } from '../table/chunk.js';
import { chunkBytes, concatChunks } from '../table/chunk.js';
import type { GroupKey } from '../table/group-key.js';
import { compareGroupKeys } from '../table/group-key.js';
import type { MemoryAccount } from './memory.js';

export interface Emit {
  chunk(chunk: Chunk): void;
  flush(key: GroupKey): void;
}

export interface Operator {
  /** @param input which input the chunk came from, where there are several */
  process(chunk: Chunk, emit: Emit, input: number): void;
  flush(key: GroupKey, emit: Emit, input: number): void;
  /** Called once, after all inputs have ended. */
  finish(emit: Emit): void;
  /** Whether every table that comes out is flushed before the next begins, provided the same holds for what comes in. */
  readonly flushes: boolean;
  /** Whether tables that come in without a flush go out without one. */
  readonly passesFlushes?: boolean;
}

const nothing = (): undefined => undefined;

/** A step that makes chunks of chunks and leaves keys alone. */
export function narrow(process: (chunk: Chunk, emit: Emit) => void): Operator {
  return {
    flushes: true,
    passesFlushes: true,
    process,
    flush: (key, emit) => {
      emit.flush(key);
    },
    finish: nothing,
  };
}

/** A step that makes chunks of chunks, leaves keys alone and remembers something from one chunk of a table to the next. */
export function narrowWithState<State>(
  start: (chunk: Chunk) => State,
  process: (chunk: Chunk, state: State, emit: Emit) => void,
): Operator {
  const states = new Map<string, State>();
  return {
    flushes: true,
    passesFlushes: true,
    process(chunk, emit) {
      let state = states.get(chunk.key.id);
      if (state === undefined) {
        state = start(chunk);
        states.set(chunk.key.id, state);
      }
      process(chunk, state, emit);
    },
    flush(key, emit) {
      states.delete(key.id);
      emit.flush(key);
    },
    finish: () => {
      states.clear();
    },
  };
}

/** A step that gives rows other keys. */
export function regroup(process: (chunk: Chunk, emit: Emit) => void): Operator {
  return { flushes: false, process, flush: nothing, finish: nothing };
}

/** A step that makes one table of each table, from a state that grows chunk by chunk. */
export function aggregate<State>(
  start: (chunk: Chunk) => State,
  add: (chunk: Chunk, state: State) => void,
  compute: (key: GroupKey, state: State) => Chunk | undefined,
): Operator {
  const states = new Map<string, { key: GroupKey; state: State }>();
  const complete = ({ key, state }: { key: GroupKey; state: State }, emit: Emit): void => {
    const chunk = compute(key, state);
    if (chunk !== undefined) emit.chunk(chunk);
    emit.flush(chunk?.key ?? key);
  };
  return {
    flushes: true,
    process(chunk) {
      let entry = states.get(chunk.key.id);
      if (entry === undefined) {
        entry = { key: chunk.key, state: start(chunk) };
        states.set(chunk.key.id, entry);
      }
      add(chunk, entry.state);
    },
    flush(key, emit) {
      const entry = states.get(key.id);
      if (entry === undefined) return;
      states.delete(key.id);
      complete(entry, emit);
    },
    finish(emit) {
      for (const entry of states.values()) complete(entry, emit);
      states.clear();
    },
  };
}

/** Chunks collected by key, in the order of keys. */
export class TableCollection {
  private readonly tables = new Map<string, { key: GroupKey; chunks: Chunk[]; bytes: number }>();
  private readonly memory: MemoryAccount;

  constructor(memory: MemoryAccount) {
    this.memory = memory;
  }

  add(chunk: Chunk): void {
    const bytes = chunkBytes(chunk);
    this.memory.hold(bytes);
    const table = this.tables.get(chunk.key.id);
    if (table === undefined) {
      this.tables.set(chunk.key.id, { key: chunk.key, chunks: [chunk], bytes });
    } else {
      table.chunks.push(chunk);
      table.bytes += bytes;
    }
  }

  /** Takes a table out; undefined where none has the key. */
  take(key: GroupKey): Chunk | undefined {
    const table = this.tables.get(key.id);
    if (table === undefined) return undefined;
    this.tables.delete(key.id);
    this.memory.release(table.bytes);
    return concatChunks(table.key, table.chunks);
  }

  /** Takes all tables out, in the order of keys. */
  *takeAll(): Iterable<Chunk> {
    const keys = [...this.tables.values()].map(({ key }) => key).sort(compareGroupKeys);
    for (const key of keys) yield this.take(key) as Chunk;
  }
}

/** A step that needs each table whole, as one chunk. It hands out its results at once. */
export function wholeTable(memory: MemoryAccount, process: (table: Chunk, emit: Emit) => void): Operator {
  const collection = new TableCollection(memory);
  return {
    flushes: true,
    process: (chunk) => {
      collection.add(chunk);
    },
    flush(key, emit) {
      const table = collection.take(key);
      if (table !== undefined) process(table, emit);
    },
    finish(emit) {
      for (const table of collection.takeAll()) process(table, emit);
    },
  };
}

/** A step that needs each table whole and may make tables of one key from several: it hands out what it made at the end, in the order of keys. */
export function wholeTablesCollected(memory: MemoryAccount, process: (table: Chunk, emitTable: (chunk: Chunk) => void) => void): Operator {
  const output = new TableCollection(memory);
  const input = wholeTable(memory, (table) => {
    process(table, (chunk) => {
      output.add(chunk);
    });
  });
  return {
    ...input,
    finish(emit) {
      input.finish(emit);
      for (const chunk of output.takeAll()) emitTable(chunk, emit);
    },
  };
}

/** One chunk that is a table. */
export function emitTable(chunk: Chunk, emit: Emit): void {
  emit.chunk(chunk);
  emit.flush(chunk.key);
}
