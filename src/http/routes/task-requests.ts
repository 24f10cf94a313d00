/** What requests about tasks have in common: InfluxDB opens its refusals of what it cannot decode with the same words. */
import { DomainError, invalid } from '../../domain/errors.js';
import { quoteGo } from '../../domain/go-quote.js';
import { UNDECODABLE } from '../../kinds/tasks.js';
import { textOf } from '../../wire/query-string.js';

/** @throws DomainError `invalid` for whatever is wrong with what was asked for, as InfluxDB says it */
export function decodingNow<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw undecodable(cause);
  }
}

export async function decoding<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    throw undecodable(cause);
  }
}

const undecodable = (cause: unknown): unknown => (cause instanceof DomainError ? invalid(UNDECODABLE + cause.message, { cause }) : cause);

/** In the words of Go's strconv.Atoi. */
export function limitOf(query: URLSearchParams): number | undefined {
  const text = textOf(query, 'limit');
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`);
  if (!Number.isSafeInteger(Number(text))) throw invalid(`strconv.Atoi: parsing ${quoteGo(text)}: value out of range`);
  return Number(text);
}
