/** Writes points as line protocol, with times in nanoseconds. */
import { hasValue } from '../domain/point-batch.js';
import type { Column, MeasurementBatch, Tag } from '../domain/series.js';
import { ByteWriter } from './byte-writer.js';
import { writeFloat } from './float-writer.js';

/** Lines that are sent together. */
export interface LinesPiece {
  readonly bytes: Uint8Array;
  readonly pointCount: number;
}

export interface LinesLimits {
  readonly pointsMax: number;
  /** A line that is longer alone is a piece of its own. */
  readonly bytesMax: number;
}

export interface WrittenLines {
  readonly pieces: LinesPiece[];
  /** Points that cannot be said in line protocol: with a line break in a name or tag, or a backslash where it would mean something else. */
  readonly unsayableCount: number;
}

export function writeLines(parts: readonly MeasurementBatch[], { pointsMax, bytesMax }: LinesLimits): WrittenLines {
  const pieces: LinesPiece[] = [];
  const writer = new ByteWriter();
  let pointCount = 0;
  let unsayableCount = 0;
  const endPiece = (): void => {
    if (pointCount > 0) pieces.push({ bytes: writer.take(), pointCount });
    pointCount = 0;
  };
  for (const part of parts) {
    const fields = part.fields.map(({ key, column }) => ({ head: isSayableFieldKey(key) && `${escapeFieldKey(key)}=`, column }));
    const heads = part.tagSets.map((tags) => headOf(part.measurement, tags));
    for (let row = 0; row < part.rowCount; row++) {
      const head = heads[part.tagSetOf[row] as number];
      const before = writer.length;
      const hasFields = head !== undefined && writeLine(writer, head, fields, row);
      if (!hasFields) {
        writer.length = before;
        unsayableCount++;
        continue;
      }
      writer.ascii(` ${part.times[row] as bigint}\n`);
      pointCount++;
      if (pointCount >= pointsMax || writer.length >= bytesMax) endPiece();
    }
  }
  endPiece();
  return { pieces, unsayableCount };
}

interface WrittenField {
  /** False: its name cannot be said. */
  readonly head: string | false;
  readonly column: Column;
}

/** @returns false where there is no field that can be said, or one that cannot */
function writeLine(writer: ByteWriter, head: string, fields: readonly WrittenField[], row: number): boolean {
  writer.text(head);
  let separator = ' ';
  for (const { head: name, column } of fields) {
    if (!hasValue(column, row) || (column.type === 'float' && !Number.isFinite(column.values[row]))) continue;
    if (name === false) return false;
    writer.text(separator + name);
    separator = ',';
    writeValue(writer, column, row);
  }
  return separator === ',';
}

function writeValue(writer: ByteWriter, column: Column, row: number): void {
  switch (column.type) {
    case 'float':
      writeFloat(writer, column.values[row] as number);
      return;
    case 'integer':
      writer.ascii(`${column.values[row] as bigint}i`);
      return;
    case 'unsigned':
      writer.ascii(`${column.values[row] as bigint}u`);
      return;
    case 'boolean':
      writer.ascii(column.values[row] === 1 ? 'true' : 'false');
      return;
    case 'string':
      writer.text(`"${(column.values[row] as string).replace(/["\\]/g, '\\$&')}"`);
  }
}

function headOf(measurement: string, tags: readonly Tag[]): string | undefined {
  if (!isSayable(measurement) || /^[#\t\0]/.test(measurement)) return undefined;
  // These two are escapes only where a backslash stands before them.
  let head = measurement.replace(/[, ]|(?<=\\)["=]/g, '\\$&');
  for (const [key, value] of tags) {
    if (!isSayable(key) || !isSayable(value)) return undefined;
    head += `,${escapeTag(key)}=${escapeTag(value)}`;
  }
  return head;
}

const escapeTag = (text: string): string => text.replace(/[,= ]/g, '\\$&');
const escapeFieldKey = (text: string): string => text.replace(/[,= ]|(?<=\\)"/g, '\\$&');

/** At the end, a backslash would escape what follows the name; a tab before one is skipped. */
const isSayable = (text: string): boolean => text !== '' && !text.includes('\n') && !text.endsWith('\\');

/** Backslashes in field keys are read in pairs: an odd number of them before what is escaped would leave that bare. */
const UNPAIRED = /(^|[^\\])(\\\\)*\\[,= ]/;
const isSayableFieldKey = (key: string): boolean => isSayable(key) && !/^[\t\0]/.test(key) && !(key.includes('\\') && UNPAIRED.test(key));
