/** Query strings: what lists take from them, and how links write them. */
import { invalid } from '../domain/errors.js';
import { parseId, type Id } from '../domain/id.js';
import type { Page } from '../domain/page.js';

/** InfluxDB's bounds of a page. */
const PAGE_LIMIT_DEFAULT = 20;
const PAGE_LIMIT_MAX = 100;

/** Absent and empty are the same. */
export const textOf = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;

/** @throws DomainError `invalid`, for what is no id */
export function idOf<T extends Id>(query: URLSearchParams, name: string): T | undefined {
  const text = textOf(query, name);
  return text === undefined ? undefined : parseId<T>(text);
}

/** @throws DomainError `invalid`, naming what there is to choose from */
export function choiceOf<T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw invalid(`${name} must be one of ${choices.join(', ')}`);
  return choice;
}

const INTEGER = /^[+-]?\d{1,15}$/;

function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  if (!INTEGER.test(text)) throw invalid(`${name} is invalid`);
  return Number(text);
}

/** What Go's strconv.ParseBool takes. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false])),
};

/** @throws DomainError `invalid`, for what Go would not take for a boolean */
export function optionalBooleanOf(query: URLSearchParams, name: string, message = `${name} is invalid`): boolean | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const value = Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
  if (value === undefined) throw invalid(message);
  return value;
}

/** The page that InfluxDB's lists take; a page always has a limit. `sortBy` is accepted and ignored, as there. */
export type LimitedPage = Page & { readonly limit: number };

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodePage(query: URLSearchParams): LimitedPage {
  const limit = integerOf(query, 'limit') ?? PAGE_LIMIT_DEFAULT;
  return { ...decodeUnlimitedPage(query), limit: checkLimit(limit, PAGE_LIMIT_MAX) };
}

/** As `decodePage`, for a list that is whole unless a limit is given. */
export function decodeOptionalPage(query: URLSearchParams, limitMax: number): Page {
  const limit = integerOf(query, 'limit');
  return { ...decodeUnlimitedPage(query), limit: limit === undefined ? undefined : checkLimit(limit, limitMax) };
}

function checkLimit(limit: number, limitMax: number): number {
  if (limit < 1 || limit > limitMax) throw invalid(`limit must be between 1 and ${limitMax}`);
  return limit;
}

function decodeUnlimitedPage(query: URLSearchParams): Page {
  const offset = Math.max(0, integerOf(query, 'offset') ?? 0);
  const afterText = textOf(query, 'after');
  let after: Id | undefined;
  try {
    after = afterText === undefined ? undefined : parseId(afterText);
  } catch (cause) {
    throw invalid(`decoding after: ${cause instanceof Error ? cause.message : ''}`);
  }
  return { offset, descending: optionalBooleanOf(query, 'descending') ?? false, after };
}

/** Values by their names; a list stands for a name that is given many times. */
export type QueryMembers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Writes a query string as Go's url.Values does: sorted by name, blanks as `+`. Undefined members are left out. */
export function formatQuery(members: QueryMembers): string {
  return Object.entries(members)
    .flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .join('&');
}

const escape = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

/**
 * The links of a page among its neighbours, in InfluxDB's way: there is a next one when this one is full.
 *
 * @param filter the members of the query string beside those of the page
 */
export function linkPages(
  path: string,
  filter: QueryMembers,
  page: LimitedPage,
  rowCount: number,
): { prev?: string; self: string; next?: string } {
  const link = (offset: number): string =>
    `${path}?${formatQuery({ ...filter, after: page.after, descending: String(page.descending), limit: String(page.limit), offset: String(offset) })}`;
  return {
    ...(page.offset > 0 ? { prev: link(Math.max(0, page.offset - page.limit)) } : {}),
    self: link(page.offset),
    ...(rowCount >= page.limit ? { next: link(page.offset + page.limit) } : {}),
  };
}
