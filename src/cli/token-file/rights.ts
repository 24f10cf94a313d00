/**
 * Rights as a file of tokens writes them: `bucket:home`, `tasks`, `org:acme`, `telegraf:0a1b2c3d4e5f6071`; everything is of the file's
 * organization unless `*` and a slash stand before it.
 */
import { findNearNames } from '../../config/near-names.js';
import type { PermissionJson } from '../../client/authorizations.js';
import { CLOUD_KINDS, RESOURCE_KINDS } from '../resource-kinds.js';
import { canonical } from './canonical.js';

const TYPES: readonly string[] = [...RESOURCE_KINDS, ...CLOUD_KINDS].map(({ name }) => name);
const ANYWHERE = '*/';
/** 16 hexadecimal digits are an id. */
const ID = /^[0-9a-f]{16}$/i;

/** A right as it is written: the resource by its name, its id, or all of the type. */
export interface WantedRight {
  readonly action: 'read' | 'write';
  readonly type: string;
  /** A name or an id; undefined: all of them. */
  readonly subject: string | undefined;
  /** In every organization. */
  readonly isAnywhere: boolean;
  /** Of a bucket: the points that it covers; undefined: all of them. */
  readonly match?: object | undefined;
}

/** @throws Error that quotes what it does not understand */
export function parseRight(action: WantedRight['action'], text: string): WantedRight {
  const isAnywhere = text.startsWith(ANYWHERE);
  const rest = isAnywhere ? text.slice(ANYWHERE.length) : text;
  // The organization of the file.
  if (rest === 'org' && !isAnywhere) return { action, type: 'orgs', subject: '', isAnywhere };
  const colon = rest.indexOf(':');
  const word = colon < 0 ? rest : rest.slice(0, colon);
  const subject = colon < 0 ? undefined : rest.slice(colon + 1);
  const type = TYPES.find((each) => each === word || (subject !== undefined && singular(each) === word));
  if (type !== undefined && subject !== '') return { action, type, subject, isAnywhere };
  const quoted = JSON.stringify(text);
  if (type !== undefined) throw new Error(`${quoted} names nothing behind the colon`);
  const plural = TYPES.find((each) => singular(each) === word);
  if (plural !== undefined) throw new Error(`${quoted} does not say which: write ${singular(plural)}:NAME, or ${plural} for all of them`);
  const near = findNearNames(word, [...TYPES, ...TYPES.map(singular)]);
  throw new Error(`${quoted} is no kind of resource${near.length === 0 ? '' : `: did you mean ${near.join(' or ')}?`}`);
}

const singular = (type: string): string => type.replace(/s$/, '');

/** What names stand for: those of buckets are of the organization. */
export interface Directory {
  readonly orgID: string;
  readonly orgName: string;
  readonly ids: Readonly<Record<'buckets' | 'orgs' | 'users', ReadonlyMap<string, string>>>;
  /** The other way round. */
  readonly names: ReadonlyMap<string, string>;
}

const hasNames = (type: string): type is keyof Directory['ids'] => type === 'buckets' || type === 'orgs' || type === 'users';

/** @throws Error for a name that stands for nothing */
export function resolveRight(right: WantedRight, directory: Directory): PermissionJson {
  const permission = resolveWhole(right, directory);
  return canonical(right.match) === '' ? permission : { ...permission, match: right.match };
}

function resolveWhole({ action, type, subject, isAnywhere }: WantedRight, directory: Directory): PermissionJson {
  const orgID = isAnywhere ? undefined : directory.orgID;
  if (subject === undefined) return { action, resource: { type, ...(orgID === undefined ? {} : { orgID }) } };
  const id = findId(type, subject, directory);
  if (type === 'orgs' || type === 'users') return { action, resource: { type, id } };
  return { action, resource: { type, id, ...(orgID === undefined ? {} : { orgID }) } };
}

function findId(type: string, subject: string, { orgID, ids }: Directory): string {
  if (type === 'orgs' && subject === '') return orgID;
  if (ID.test(subject)) return subject.toLowerCase();
  const what = `${singular(type)} ${JSON.stringify(subject)}`;
  if (!hasNames(type)) throw new Error(`a right to ${what} needs its id: only buckets, users and organizations are found by name`);
  const id = ids[type].get(subject);
  if (id !== undefined) return id;
  const near = findNearNames(subject, [...ids[type].keys()]);
  throw new Error(`there is no ${what}${near.length === 0 ? '' : `: did you mean ${near.join(' or ')}?`}`);
}

/** Equal for rights that open the same: organizations and users are found by their ids alone. */
export function keyOf({ action, resource: { type, id, orgID }, match }: PermissionJson): string {
  const place = id !== undefined && (type === 'orgs' || type === 'users') ? undefined : orgID;
  return `${action} ${type} ${id ?? ''} ${place ?? ''} ${canonical(match)}`;
}

/** For people: with the points that it covers, if not all of them. */
export function describeRight(permission: PermissionJson, directory: Directory): string {
  const points = canonical(permission.match);
  return `${permission.action} ${formatRight(permission, directory)}${points === '' ? '' : ` where ${points}`}`;
}

/** As it would be written in the file, without its match. */
export function formatRight({ resource: { type, id, orgID } }: PermissionJson, directory: Directory): string {
  if (type === 'orgs' && id === directory.orgID) return 'org';
  const isPlaced = orgID !== undefined || (id !== undefined && (type === 'orgs' || type === 'users'));
  const scope = isPlaced ? '' : ANYWHERE;
  if (id === undefined) return scope + type;
  const name = hasNames(type) ? directory.names.get(id) : undefined;
  // A name of the form of an id would be taken for one.
  return `${scope}${singular(type)}:${name === undefined || ID.test(name) ? id : name}`;
}
