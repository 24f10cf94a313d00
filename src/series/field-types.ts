/** The types of fields, in an order that files rely on: it must not change. */
import type { FieldType } from '../domain/series.js';

export const FIELD_TYPES: readonly FieldType[] = ['float', 'integer', 'unsigned', 'string', 'boolean'];
