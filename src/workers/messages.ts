/** What the thread that answers and a thread that works say to each other. */
import type { MessagePort } from 'node:worker_threads';
import { DomainError, TryAgainLaterError, type ErrorCode } from '../domain/errors.js';
import type { Check } from '../domain/check.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type {
  PointBatch,
  ReadRequest,
  SchemaAnswer,
  SchemaQuestion,
  SeriesDescription,
  TimeRange,
  WriteOutcome,
} from '../domain/series.js';
import type { NotificationRule, RuleEndpoint } from '../domain/notification-rule.js';
import type { TaskOptionEdits } from '../domain/task.js';
import type { ReadableBucket, ReadableDatabase, ScriptRequest, ScriptResponse } from '../query/flux/environment.js';
import type { ReadableMapping } from '../query/influxql/environment.js';
import type { SimpleRead } from '../query/flux/plan/simple-read.js';
import type { CsvDialect } from '../wire/annotated-csv.js';
import type { PackedTables } from './packed-tables.js';
import type { SentPredicate } from './sent-predicate.js';

/** What a client asked for: the request as it came, for whatever is in it is taken apart in the thread that works. */
export type Work =
  | {
      readonly kind: 'flux';
      readonly organizationId: OrganizationId;
      readonly contentType: string | undefined;
      readonly body: Uint8Array;
      readonly nowNs: bigint;
      /** The answer; or nothing; or what went wrong, if anything did, as a table. */
      readonly wanted: 'answer' | 'nothing' | 'failure';
    }
  | {
      readonly kind: 'influxql';
      /** The query string. */
      readonly query: string;
      readonly contentType: string | undefined;
      readonly accept: string | undefined;
      readonly body: Uint8Array;
      readonly nowNs: bigint;
    }
  | { readonly kind: 'syntax tree' | 'analysis'; readonly body: Uint8Array }
  | { readonly kind: 'task script'; readonly flux: string; readonly edits: TaskOptionEdits }
  | { readonly kind: 'check script'; readonly check: Check }
  | { readonly kind: 'rule script'; readonly rule: NotificationRule; readonly endpoint: RuleEndpoint | { readonly missing: string } }
  /** YAML or JSON; of a template, or of a request. */
  | { readonly kind: 'template' | 'yaml'; readonly text: string }
  /** As YAML. */
  | { readonly kind: 'template format'; readonly objects: readonly object[] }
  | { readonly kind: 'suggestions'; readonly name: string | undefined };

/** What the work will ask for first, most likely: told with it, it need not ask. */
export interface Known {
  readonly bucket?: { readonly name: string; readonly found: ReadableBucket } | undefined;
  readonly mappings?: { readonly database: string; readonly found: readonly ReadableMapping[] } | undefined;
}

export type BucketReference = { readonly name: string } | { readonly id: string };

/** What a thread that works can ask of the world. */
export interface Calls {
  findOrganization(name: string): Promise<OrganizationId | undefined>;
  findBucket(reference: BucketReference): Promise<ReadableBucket | undefined>;
  findWritableBucket(reference: BucketReference): Promise<ReadableBucket | undefined>;
  listReadableBuckets(): Promise<readonly ReadableBucket[]>;
  listReadableDatabases(): Promise<readonly ReadableDatabase[]>;
  findSecret(key: string): Promise<string>;
  listMappings(database: string | undefined): Promise<readonly ReadableMapping[]>;
  write(bucketId: BucketId, batch: PointBatch): Promise<WriteOutcome>;
  delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: SentPredicate | undefined): Promise<void>;
}

export type Asked =
  | { readonly kind: 'tables'; readonly request: Omit<ReadRequest, 'predicate'> & { readonly predicate: SentPredicate | undefined } }
  | {
      readonly kind: 'series';
      readonly bucketId: BucketId;
      readonly range: TimeRange | undefined;
      readonly predicate: SentPredicate | undefined;
    }
  | {
      readonly kind: 'schema';
      readonly bucketId: BucketId;
      readonly range: TimeRange | undefined;
      readonly predicate: SentPredicate | undefined;
      readonly question: SchemaQuestion;
    };

export interface WorkerSettings {
  /** Cells of `shared-cells.ts`. */
  readonly cells: SharedArrayBuffer;
  /** The account of all queries together, and the place of this thread in it. */
  readonly pool: { readonly bytesMax: number; readonly held: SharedArrayBuffer; readonly taker: number } | undefined;
  readonly memoryBytesMax: number;
  /** Bytes on the heap and beside it that end a query, whatever its account says. */
  readonly heapBytesMax: number;
}

export type ToWorker =
  | { readonly kind: 'work'; readonly job: number; readonly work: Work; readonly known: Known }
  | { readonly kind: 'abort'; readonly job: number }
  /** Bytes of the answer that the client has taken. */
  | { readonly kind: 'taken'; readonly job: number; readonly bytes: number }
  | { readonly kind: 'returned'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly call: number; readonly error: SentError }
  | { readonly kind: 'tables'; readonly call: number; readonly packed: PackedTables; readonly isLast: boolean }
  | { readonly kind: 'series'; readonly call: number; readonly series: readonly SeriesDescription[]; readonly isLast: boolean }
  /** A part of an answer; undefined where there is none. */
  | { readonly kind: 'schema'; readonly call: number; readonly part: SchemaAnswer | undefined; readonly isLast: boolean };

export type FromWorker =
  | { readonly kind: 'ready'; readonly threadId: string | undefined }
  | { readonly kind: 'type'; readonly job: number; readonly contentType: string }
  /** The script is this read and nothing else. */
  | { readonly kind: 'simple read'; readonly job: number; readonly read: SimpleRead; readonly dialect: CsvDialect }
  | { readonly kind: 'bytes'; readonly job: number; readonly bytes: Uint8Array; readonly isLast: boolean }
  | { readonly kind: 'done'; readonly job: number }
  | { readonly kind: 'failed'; readonly job: number; readonly error: SentError }
  /** An error that stands in the answer, for the log. */
  | { readonly kind: 'late failure'; readonly job: number; readonly error: SentError }
  | { readonly kind: 'call'; readonly job: number; readonly call: number; readonly method: keyof Calls; readonly args: readonly unknown[] }
  | { readonly kind: 'send'; readonly job: number; readonly request: ScriptRequest; readonly reply: ReplyPlace }
  | { readonly kind: 'open'; readonly job: number; readonly call: number; readonly asked: Asked }
  | { readonly kind: 'more'; readonly call: number }
  | { readonly kind: 'close'; readonly call: number };

/** Where a thread waits, without doing anything else, until the reply is there. */
export interface ReplyPlace {
  readonly port: MessagePort;
  /** One number: 0, and 1 when the reply lies at the port. */
  readonly signal: SharedArrayBuffer;
}

export type SendReply = { readonly response: ScriptResponse } | { readonly error: SentError };

/** An error on its way from one thread to the other. */
export interface SentError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
  /** For the log. */
  readonly stack: string | undefined;
}

export function sendError(error: unknown): SentError {
  if (error instanceof DomainError) {
    const { cause, code, message } = error;
    const retryAfterSeconds = error instanceof TryAgainLaterError ? error.retryAfterSeconds : undefined;
    return { code, message, retryAfterSeconds, stack: cause === undefined ? undefined : stackOf(cause) };
  }
  return {
    code: undefined,
    message: error instanceof Error ? error.message : String(error),
    retryAfterSeconds: undefined,
    stack: stackOf(error),
  };
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

export function receiveError({ code, message, retryAfterSeconds, stack }: SentError): Error {
  const cause = stack === undefined ? undefined : Object.assign(new Error('in another thread'), { stack });
  if (retryAfterSeconds !== undefined) return new TryAgainLaterError(message, retryAfterSeconds);
  if (code !== undefined) return new DomainError(code, message, cause && { cause });
  return new Error(message, cause && { cause });
}
