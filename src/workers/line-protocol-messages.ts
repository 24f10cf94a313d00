/** What the thread that reads bodies of line protocol is asked, and what it answers. Bodies and columns travel by transfer. */
import type { ErrorCode } from '../domain/errors.js';
import type { PointBatch } from '../domain/series.js';
import type { LineProtocolSettings, ReaderState } from '../wire/line-protocol.js';

export interface LineProtocolRequest {
  /** Checks go on for a turn, and hand out the first slice where they begin; `read` hands out one slice. */
  readonly kind: 'check' | 'read';
  readonly body: Uint8Array<ArrayBuffer>;
  readonly settings: LineProtocolSettings;
  readonly from: ReaderState;
}

export interface LineProtocolTurn {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly state: ReaderState;
  /** A slice, and where it ends. */
  readonly slice?: { readonly batch: PointBatch; readonly end: ReaderState } | undefined;
}

export interface LineProtocolFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

export type LineProtocolReply = LineProtocolTurn | LineProtocolFailure;
