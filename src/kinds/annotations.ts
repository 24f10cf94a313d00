/** Annotations and their streams: how they are stored, read from requests and shown. The rules are in `services/annotations`. */
import type { AnnotationRecord } from '../domain/annotation.js';
import { invalid } from '../domain/errors.js';
import { mapOf, number, oneOf, text } from '../domain/field.js';
import type { StoredKind } from '../domain/kind.js';
import { decodeJsonObject, decodeJsonObjects, type JsonObject } from '../wire/json.js';
import { textOf } from '../wire/query-string.js';
import { formatTime } from '../wire/time.js';

export interface GivenAnnotation extends Pick<AnnotationRecord, 'stream' | 'summary' | 'message' | 'stickers'> {
  /** Absent: when it ends. */
  readonly startTime: string | undefined;
  /** Absent: now. */
  readonly endTime: string | undefined;
}

export type GivenStream = Pick<AnnotationRecord, 'stream' | 'description'>;

/** From and to when annotations must lie to be found, and what they must have. */
export interface AnnotationFilter {
  readonly startMs: number;
  /** Undefined: now. */
  readonly endMs: number | undefined;
  /** Empty: any. */
  readonly streams: readonly string[];
  readonly stickers: ReadonlyMap<string, string>;
}

const TEXT_LENGTH_MAX = 255;
const MESSAGE_LENGTH_MAX = 4096;
const DESCRIPTION_LENGTH_MAX = 1024;
const DEFAULT_STREAM = 'default';

/** The name under which a stream is stored, apart from annotations, which have none. */
export const streamKey = (stream: string): string => `stream ${stream}`;

export const annotationKind: StoredKind<AnnotationRecord> = {
  type: 'annotations',
  fields: {
    is: oneOf('annotation', 'stream'),
    streamID: text(),
    stream: text(),
    description: text(),
    summary: text(),
    message: text(),
    stickers: mapOf(text()),
    startTime: text('1970-01-01T00:00:00Z'),
    endTime: text('1970-01-01T00:00:00Z'),
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  nameOf: ({ id, is, stream }) => (is === 'stream' ? streamKey(stream) : `annotation ${id}`),
  uniqueKey: (name) => name,
  parentOf: ({ streamID }) => streamID,
};

/** @throws DomainError `invalid`, in InfluxDB's words */
export const decodeNewAnnotations = (body: Uint8Array): GivenAnnotation[] => decodeJsonObjects(body).map(decodeAnnotation);

/** One that names no stream is in the default one then, and only then (as in InfluxDB). */
export function decodeAnnotationChange(body: Uint8Array): GivenAnnotation {
  const annotation = decodeAnnotation(decodeJsonObject(body));
  return { ...annotation, stream: annotation.stream || DEFAULT_STREAM };
}

function decodeAnnotation(json: JsonObject): GivenAnnotation {
  const [stream, summary, message] = [json.string('stream') ?? '', json.string('summary') ?? '', json.string('message') ?? ''];
  if (summary === '') throw invalid('summary cannot be empty');
  checkLength(summary, TEXT_LENGTH_MAX, 'summary');
  checkLength(stream, TEXT_LENGTH_MAX, 'stream tag');
  checkLength(message, MESSAGE_LENGTH_MAX, 'message');
  const stickers = json.object('stickers')?.entriesOfStrings() ?? [];
  for (const sticker of stickers.flat()) checkLength(sticker, TEXT_LENGTH_MAX, 'stickers');
  const [startTime, endTime] = ['startTime', 'endTime'].map((name) => decodeTime(json.string(name), name));
  if (startTime !== undefined && endTime !== undefined) checkOrder(Date.parse(startTime), Date.parse(endTime));
  return { stream, summary, message, stickers: Object.fromEntries(stickers), startTime, endTime };
}

export function decodeStream(body: Uint8Array): GivenStream {
  const json = decodeJsonObject(body);
  const [stream, description] = [json.string('stream') || DEFAULT_STREAM, json.string('description') ?? ''];
  checkLength(stream, TEXT_LENGTH_MAX, 'stream name');
  checkLength(description, DESCRIPTION_LENGTH_MAX, 'stream description');
  return { stream, description };
}

export function decodeAnnotationFilter(query: URLSearchParams): AnnotationFilter {
  const { start, end } = decodeTimes(query);
  return {
    startMs: start ?? -Infinity,
    endMs: end,
    streams: query.getAll('streamIncludes'),
    stickers: stickersOf(query, 'stickerIncludes'),
  };
}

/** @throws DomainError `invalid` naming all that is missing: a deletion must say what it is to delete */
export function decodeAnnotationsToDelete(query: URLSearchParams): AnnotationFilter {
  const { start, end } = decodeTimes(query);
  const stream = textOf(query, 'stream');
  const missing = [
    ...(stream === undefined ? ['stream tag or id must be set'] : []),
    ...(end === undefined ? ['end time must be set'] : []),
    ...(start === undefined ? ['start time must be set'] : []),
  ];
  if (stream === undefined || start === undefined || end === undefined) throw invalid(missing.join('; '));
  return { startMs: start, endMs: end, streams: [stream], stickers: stickersOf(query, 'stickers') };
}

export function decodeStreamsToDelete(query: URLSearchParams): string[] {
  const streams = query.getAll('stream');
  if (streams.length === 0 || streams.includes('')) throw invalid('invalid stream name');
  return streams;
}

function decodeTimes(query: URLSearchParams) {
  const [start, end] = ['startTime', 'endTime'].map((name) => {
    const time = decodeTime(textOf(query, name), name);
    return time === undefined ? undefined : Date.parse(time);
  });
  if (start !== undefined && end !== undefined) checkOrder(start, end);
  return { start, end };
}

function stickersOf(query: URLSearchParams, name: string): Map<string, string> {
  const stickers = new Map<string, string>();
  for (const [key, value] of query) {
    if (key.startsWith(`${name}[`) && key.endsWith(']')) stickers.set(key.slice(name.length + 1, -1), value);
  }
  return stickers;
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/;

/** As Go writes it: without zeros at the end of the fraction, and `Z` for UTC. */
function decodeTime(given: string | undefined, name: string): string | undefined {
  if (given === undefined) return undefined;
  const [, seconds = '', fraction = '', zone = ''] = TIME.exec(given) ?? [];
  if (seconds === '' || Number.isNaN(Date.parse(given))) throw invalid(`${name} must be a time such as 2006-01-02T15:04:05Z`);
  const digits = fraction.replace(/0+$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`}${zone === '+00:00' ? 'Z' : zone}`;
}

export function checkOrder(startMs: number, endMs: number): void {
  if (endMs < startMs) throw invalid('start time must come before end time');
}

function checkLength(value: string, lengthMax: number, what: string): void {
  if (value.length > lengthMax && Array.from(value).length > lengthMax) throw invalid(`${what} must be less than ${lengthMax} characters`);
}

export const encodeAnnotation = (annotation: AnnotationRecord) => ({
  id: annotation.id,
  ...(annotation.stream === '' ? {} : { stream: annotation.stream }),
  ...contentsOf(annotation),
});

/** By their streams. */
export function encodeAnnotations(annotations: readonly AnnotationRecord[]) {
  const streams = new Map<string, object[]>();
  for (const annotation of annotations) {
    const list = streams.get(annotation.stream) ?? [];
    list.push({ id: annotation.id, ...contentsOf(annotation) });
    streams.set(annotation.stream, list);
  }
  return [...streams].map(([stream, list]) => ({ stream, annotations: list }));
}

const contentsOf = ({ summary, message, stickers, startTime, endTime }: AnnotationRecord) => ({
  summary,
  ...(message === '' ? {} : { message }),
  ...(Object.keys(stickers).length === 0 ? {} : { stickers }),
  endTime,
  startTime,
});

export const encodeStream = ({ id, stream, description, createdAtMs, updatedAtMs }: AnnotationRecord) => ({
  id,
  stream,
  ...(description === '' ? {} : { description }),
  createdAt: formatTime(createdAtMs),
  updatedAt: formatTime(updatedAtMs),
});
