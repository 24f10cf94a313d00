/** Annotations of moments, for graphs, and the streams that they are in. */
import type { Id, OrganizationId } from './id.js';

/** Both are stored as one kind: they have one type of permission. */
export interface AnnotationRecord {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly is: 'annotation' | 'stream';
  /** Of an annotation: the stream with which it is deleted. Empty for a stream. */
  readonly streamID: Id;
  /** The name of a stream. */
  readonly stream: string;
  readonly description: string;
  readonly summary: string;
  readonly message: string;
  readonly stickers: Readonly<Record<string, string>>;
  /** RFC 3339, in the zone that was given. */
  readonly startTime: string;
  readonly endTime: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
