/** A file of tokens: what it says, and every mistake in it by the token and the member. It has no secrets in it, ever. */
import { isAbsolute } from 'node:path';
import { describeNearNames } from '../../config/near-names.js';
import { parseLifetime } from '../../domain/token-lifetime.js';
import { messageOf } from '../failure.js';
import { parseRight, type WantedRight } from './rights.js';

/** Characters of a file. */
export const FILE_LENGTH_MAX = 16 * 1024 * 1024;
const TOKENS_MAX = 10_000;
const GRACE_MS_DEFAULT = 3_600_000;
const GRACE_MS_MAX = 30 * 86_400_000;
/** It is part of the name of a file, too. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export type WantedExpiry =
  { readonly kind: 'lifetime'; readonly ms: number } | { readonly kind: 'moment'; readonly atMs: number } | { readonly kind: 'never' };

/** What is undefined is not looked at in a token that is there. */
export interface WantedToken {
  readonly name: string;
  /** A token without a name, which is to have this one. */
  readonly id: string | undefined;
  readonly description: string | undefined;
  readonly user: string | undefined;
  readonly status: 'active' | 'inactive' | undefined;
  readonly rights: readonly WantedRight[];
  /** As the API takes them; empty: none. */
  readonly constraints: object | undefined;
  readonly expiry: WantedExpiry | undefined;
  /** It is replaced when so much is left before it expires. */
  readonly renewBeforeMs: number | undefined;
  /** Its secret is rotated when it is so old. */
  readonly rotateEveryMs: number | undefined;
  /** The old secret, or the token that was replaced, stays valid for so long. */
  readonly graceMs: number;
  /** Within the directory of secrets. */
  readonly secretFile: string;
}

export interface TokenFile {
  /** The name of the organization. */
  readonly org: string | undefined;
  readonly tokens: readonly WantedToken[];
}

const FILE_MEMBERS = ['org', 'grace', 'tokens'];
const TOKEN_MEMBERS = [
  'name',
  'id',
  'description',
  'user',
  'status',
  'read',
  'write',
  'expiresIn',
  'expiresAt',
  'renewBefore',
  'rotateEvery',
  'grace',
  'constraints',
  'secretFile',
];
const SECRET_MEMBERS = new Set(['token', 'secret', 'value']);

type Members = Readonly<Record<string, unknown>>;

/** @throws Error that says where the mistake is */
export async function parseTokenFile(text: string): Promise<TokenFile> {
  if (text.length > FILE_LENGTH_MAX) throw new Error(`the file is longer than ${FILE_LENGTH_MAX} characters`);
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new Error(`this is no YAML: ${messageOf(cause).split('\n')[0]?.replace(/:$/, '')}`, { cause });
  }
  if (!isObject(content)) throw new Error('the file must have a list `tokens`');
  checkMembers(content, FILE_MEMBERS, 'the file');
  const org = textIn(content, 'org', 'the file');
  const grace = graceIn(content, 'the file') ?? GRACE_MS_DEFAULT;
  const { tokens: listed = [] } = content;
  if (!Array.isArray(listed)) throw new Error('`tokens` must be a list');
  if (listed.length > TOKENS_MAX) throw new Error(`the file has ${listed.length} tokens, and may have ${TOKENS_MAX}`);
  const tokens = listed.map((each: unknown, index) => readToken(each, index, grace));
  checkUnique(tokens, ({ name }) => name, 'the name');
  checkUnique(tokens, ({ secretFile }) => secretFile, 'the file for secrets');
  return { org, tokens };
}

function readToken(given: unknown, index: number, graceMs: number): WantedToken {
  const place = `token ${index + 1}`;
  if (!isObject(given)) throw new Error(`${place} must have members, such as name and read`);
  const name = textIn(given, 'name', place);
  if (name === undefined) throw new Error(`${place} needs a name`);
  if (!NAME.test(name)) {
    throw new Error(`${place}: a name has at most 100 letters, digits, dots, dashes and underscores, and ${JSON.stringify(name)} is none`);
  }
  const where = `token ${name}`;
  checkMembers(given, TOKEN_MEMBERS, where);
  const rights = (['read', 'write'] as const).flatMap((action) => rightsIn(given, action, where));
  if (rights.length === 0) throw new Error(`${where} opens nothing: give it read or write`);
  const status = textIn(given, 'status', where);
  if (status !== undefined && status !== 'active' && status !== 'inactive') throw new Error(`${where}: status is active or inactive`);
  return {
    name,
    id: textIn(given, 'id', where),
    description: textIn(given, 'description', where),
    user: textIn(given, 'user', where),
    status,
    rights,
    constraints: constraintsIn(given, where),
    ...expiryIn(given, where),
    rotateEveryMs: durationIn(given, 'rotateEvery', where),
    graceMs: graceIn(given, where) ?? graceMs,
    secretFile: secretFileIn(given, where) ?? `${name}.token`,
  };
}

function rightsIn(given: Members, action: WantedRight['action'], where: string): WantedRight[] {
  const { [action]: listed = [] } = given;
  const texts: unknown[] = Array.isArray(listed) ? listed : [listed];
  return texts.map((each) => {
    const { resource, match } = isObject(each) ? limitedRight(each, `${where}: ${action}`) : { resource: each };
    if (typeof resource !== 'string') throw new Error(`${where}: ${action} must be a list of texts, such as bucket:home`);
    try {
      return { ...parseRight(action, resource), match };
    } catch (cause) {
      throw new Error(`${where}: ${action}: ${messageOf(cause)}`, { cause });
    }
  });
}

/** A right that is limited to some points: `{resource: bucket:home, match: {measurement: [cpu]}}`. */
function limitedRight(given: Members, where: string): { readonly resource: unknown; readonly match?: object } {
  checkMembers(given, ['resource', 'match'], where);
  const { resource, match } = given;
  if (!isObject(match)) throw new Error(`${where}: match must have measurement or tags`);
  return { resource, match };
}

function constraintsIn({ constraints }: Members, where: string): object | undefined {
  if (constraints === undefined || constraints === null) return undefined;
  if (!isObject(constraints)) throw new Error(`${where}: constraints must have members, such as cidrs`);
  return constraints;
}

function expiryIn(given: Members, where: string): Pick<WantedToken, 'expiry' | 'renewBeforeMs'> {
  const [within, at] = [textIn(given, 'expiresIn', where), momentIn(given, where)];
  if (within !== undefined && at !== undefined) throw new Error(`${where}: give expiresIn or expiresAt, not both`);
  const renewBeforeMs = durationIn(given, 'renewBefore', where);
  const ms = within === undefined || within === 'never' ? undefined : durationIn(given, 'expiresIn', where);
  if (renewBeforeMs !== undefined && (at !== undefined || within === 'never' || renewBeforeMs >= (ms ?? Infinity))) {
    throw new Error(`${where}: renewBefore must be shorter than expiresIn`);
  }
  if (at !== undefined) return { expiry: { kind: 'moment', atMs: at }, renewBeforeMs };
  if (within === 'never') return { expiry: { kind: 'never' }, renewBeforeMs };
  return { expiry: ms === undefined ? undefined : { kind: 'lifetime', ms }, renewBeforeMs };
}

function momentIn({ expiresAt }: Members, where: string): number | undefined {
  if (expiresAt === undefined || expiresAt === null) return undefined;
  const isMoment = typeof expiresAt === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(expiresAt);
  const atMs = isMoment ? Date.parse(expiresAt) : Number.NaN;
  if (Number.isNaN(atMs)) throw new Error(`${where}: expiresAt must be a time as in RFC 3339, such as 2030-01-31T12:00:00Z`);
  return atMs;
}

function graceIn(given: Members, where: string): number | undefined {
  const { grace } = given;
  if (grace === 0 || grace === '0') return 0;
  const ms = durationIn(given, 'grace', where);
  if (ms !== undefined && ms > GRACE_MS_MAX) throw new Error(`${where}: grace is at most 30d`);
  return ms;
}

function durationIn(given: Members, member: string, where: string): number | undefined {
  const text = textIn(given, member, where);
  return text === undefined ? undefined : parseLifetime(text, `${where}: ${member}`);
}

/** A file of tokens may come from others than who applies it: it writes nowhere else. */
function secretFileIn(given: Members, where: string): string | undefined {
  const path = textIn(given, 'secretFile', where);
  if (path === undefined) return undefined;
  const isWithin = !isAbsolute(path) && path.split(/[\\/]/).every((part) => part !== '..' && part !== '' && part !== '.');
  if (!isWithin || path.includes('\0')) throw new Error(`${where}: secretFile must be a path within the directory of secrets`);
  return path;
}

function textIn(given: Members, member: string, where: string): string | undefined {
  const { [member]: value } = given;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Error(`${where}: ${member} must be a text; put it in quotes`);
  return value;
}

function checkMembers(given: Members, known: readonly string[], where: string): void {
  for (const member of Object.keys(given)) {
    if (known.includes(member)) continue;
    if (SECRET_MEMBERS.has(member)) throw new Error(`${where}: ${member} is unknown: a file of tokens never holds a secret`);
    throw new Error(`${where}: ${JSON.stringify(member)} is unknown${describeNearNames(member, known)}`);
  }
}

function checkUnique(tokens: readonly WantedToken[], of: (token: WantedToken) => string, what: string): void {
  const seen = new Set<string>();
  for (const token of tokens) {
    const value = of(token);
    if (seen.has(value)) throw new Error(`two tokens have ${what} ${value}`);
    seen.add(value);
  }
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
