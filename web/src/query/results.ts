/** A query yields one result, or several that have names. */
import type { DecodedTable } from '../../../src/wire/annotated-csv-decoder.js';

/** What the one result of a query is called that names none. */
const UNNAMED = '_result';

export const isNamedResult = (tables: readonly DecodedTable[]): boolean => tables.some(({ result }) => result !== UNNAMED);
