/** What a token gives access to, in a line, in a sentence and in rows. */
import { isUnscoped, type Action, type Permission, type ResourceType } from '../../../src/domain/permission.js';
import { tokenKindOf } from '../../../src/domain/token-kind.js';
import type { OrganizationId } from '../../../src/domain/id.js';
import { describeMatch } from '../../../src/wire/limit-words.js';
import { capitalize, countWords, enumerate, wordMany, wordOne } from './words.js';

interface NamedPermission extends Permission {
  readonly resource: Permission['resource'] & { readonly name?: string | undefined; readonly org?: string | undefined };
}

/** Types whose names the server tells: without one, the thing is gone. */
const NAMED: readonly ResourceType[] = ['buckets', 'orgs', 'users'];

const isDeleted = ({ resource: { type, id, name } }: NamedPermission): boolean =>
  id !== undefined && name === undefined && NAMED.includes(type);

/** Which buckets an action reaches: all that there are anywhere, all of an organization, or some. */
interface Reach {
  readonly everywhere: boolean;
  readonly all: boolean;
  readonly ids: readonly string[];
}

function reachOf(permissions: readonly Permission[], type: ResourceType, action: Action): Reach {
  const held = permissions.filter((permission) => permission.action === action && permission.resource.type === type);
  return {
    everywhere: held.some(isUnscoped),
    all: held.some(({ resource }) => resource.id === undefined && resource.orgID !== undefined),
    ids: [...new Set(held.flatMap(({ resource }) => (resource.id === undefined ? [] : [resource.id])))],
  };
}

const isNothing = ({ everywhere, all, ids }: Reach): boolean => !everywhere && !all && ids.length === 0;
const isSame = (a: Reach, b: Reach): boolean =>
  a.everywhere === b.everywhere && a.all === b.all && a.ids.length === b.ids.length && a.ids.every((id) => b.ids.includes(id));

function bucketsInShort({ everywhere, all, ids }: Reach): string {
  if (everywhere) return 'all buckets in every organization';
  return all ? 'all buckets' : countWords(ids.length, 'bucket', 'buckets');
}

/** One line: `reads 2 buckets, writes 1; 3 other permissions`. What is deleted gives access to nothing, and is said apart. */
export function summarize(permissions: readonly NamedPermission[], orgID: OrganizationId): string {
  const live = permissions.filter((permission) => !isDeleted(permission));
  const deleted = new Set(permissions.filter(isDeleted).map(({ resource }) => `${resource.type} ${resource.id ?? ''}`));
  if (deleted.size === 0) return summarizeLive(live, orgID);
  const noun = [...deleted].every((each) => each.startsWith('buckets ')) ? ['bucket', 'buckets'] : ['resource', 'resources'];
  const gone = countWords(deleted.size, `deleted ${noun[0] ?? ''}`, `deleted ${noun[1] ?? ''}`);
  return live.length === 0 ? `nothing: only permissions for ${gone}` : `${summarizeLive(live, orgID)}; permissions for ${gone}`;
}

function summarizeLive(permissions: readonly Permission[], orgID: OrganizationId): string {
  const kind = tokenKindOf(permissions, orgID);
  if (kind === 'operator') return 'everything, in every organization';
  if (kind === 'all-access') return 'everything in this organization';
  const read = reachOf(permissions, 'buckets', 'read');
  const write = reachOf(permissions, 'buckets', 'write');
  const otherCount = permissions.filter(({ resource }) => resource.type !== 'buckets').length;
  const parts = [];
  if (!isNothing(read) && isSame(read, write)) parts.push(`reads and writes ${bucketsInShort(read)}`);
  else {
    const reads = isNothing(read) ? undefined : `reads ${bucketsInShort(read)}`;
    // The second of two counts needs no noun.
    const isCount = !write.everywhere && !write.all && reads !== undefined && !read.everywhere && !read.all;
    const writes = isNothing(write) ? undefined : `writes ${isCount ? write.ids.length.toLocaleString('en') : bucketsInShort(write)}`;
    const buckets = [reads, writes].filter((part) => part !== undefined).join(', ');
    if (buckets !== '') parts.push(buckets);
  }
  if (otherCount > 0)
    parts.push(
      parts.length === 0
        ? countWords(otherCount, 'permission', 'permissions')
        : countWords(otherCount, 'other permission', 'other permissions'),
    );
  const limited = permissions.some(({ match }) => match !== undefined) ? ' (only matching points)' : '';
  return parts.join('; ') + limited;
}

/** Names in a sentence beyond which the rest is counted. */
const NAMES_MAX = 4;

export type NameOf = (type: ResourceType, id: string) => string | undefined;

function thingsInWords(type: ResourceType, { everywhere, all, ids }: Reach, nameOf: NameOf, meId: string): string {
  if (everywhere) return `all ${wordMany(type)} in every organization`;
  const some = ids.map((id) => {
    if (type === 'users' && id === meId) return 'yourself';
    if (type === 'orgs') return nameOf(type, id) === undefined ? `organization ${id}` : 'this organization';
    return nameOf(type, id) ?? id;
  });
  if (all) return type === 'buckets' ? 'all buckets, including future ones' : `all ${wordMany(type)}`;
  if (type === 'users' || type === 'orgs') return enumerate(some);
  const shown = some.slice(0, NAMES_MAX);
  const rest = some.length - shown.length;
  const noun = some.length === 1 ? wordOne(type) : wordMany(type);
  return `the ${noun} ${enumerate(rest > 0 ? [...shown, `${rest.toLocaleString('en')} more`] : shown)}`;
}

/** What a token with these permissions can do; undefined for none. */
export function describeInSentences(
  permissions: readonly Permission[],
  orgID: OrganizationId,
  nameOf: NameOf,
  meId: string,
): string | undefined {
  if (permissions.length === 0) return undefined;
  const kind = tokenKindOf(permissions, orgID);
  if (kind === 'operator') return 'It can do everything, in every organization, as the operator of this server.';
  if (kind === 'all-access') return 'It can read, write, create and delete everything in this organization, tokens too.';
  const types = [...new Set(permissions.map(({ resource }) => resource.type))];
  const order = (type: ResourceType): number => (type === 'buckets' ? 0 : type === 'telegrafs' ? 1 : 2);
  types.sort((a, b) => order(a) - order(b) || wordMany(a).localeCompare(wordMany(b)));
  const both: string[] = [];
  const reads: string[] = [];
  const writes: string[] = [];
  for (const type of types) {
    const read = reachOf(permissions, type, 'read');
    const write = reachOf(permissions, type, 'write');
    if (!isNothing(read) && isSame(read, write)) both.push(thingsInWords(type, read, nameOf, meId));
    else {
      if (!isNothing(read)) reads.push(thingsInWords(type, read, nameOf, meId));
      if (!isNothing(write)) writes.push(thingsInWords(type, write, nameOf, meId));
    }
  }
  const clauses = [
    both.length > 0 ? `read and write ${enumerate(both)}` : undefined,
    reads.length > 0 ? `read ${enumerate(reads)}` : undefined,
    writes.length > 0 ? `write ${enumerate(writes)}` : undefined,
  ].filter((clause) => clause !== undefined);
  const limited = permissions.some(({ match }) => match !== undefined) ? ' Of some buckets only matching points.' : '';
  return `It can ${clauses.join('; ')}. Nothing else.${limited}`;
}

/** Rights over one thing, or over all of a type in one scope. */
export interface RightsRow {
  readonly key: string;
  readonly type: ResourceType;
  readonly what: string;
  readonly scope: string;
  readonly id: string | undefined;
  /** What it was for is no more. */
  readonly deleted: boolean;
  readonly read: boolean;
  readonly write: boolean;
}

/** Exact permissions, read and write of one thing in one row, in the order in which they are held. */
export function rightsRows(permissions: readonly NamedPermission[], orgID: string, userID: string): RightsRow[] {
  const rows = new Map<string, RightsRow>();
  for (const { action, resource, match } of permissions) {
    const { type, id } = resource;
    const points = describeMatch(match);
    const key = `${type} ${id ?? ''} ${id === undefined ? (resource.orgID ?? '') : ''} ${points}`;
    const described = describeResource(resource, orgID, userID);
    const scope = points === '' ? described.scope : `${described.scope}; only ${points}`;
    const row = rows.get(key) ?? { key, type, ...described, scope, read: false, write: false };
    rows.set(key, { ...row, [action]: true });
  }
  return [...rows.values()];
}

function describeResource(resource: NamedPermission['resource'], orgID: string, userID: string) {
  const { type, id, name, org } = resource;
  if (id === undefined) {
    const what = `All ${wordMany(type)}`;
    if (resource.orgID === undefined) return { what, scope: 'in every organization', id: undefined, deleted: false };
    // Such a right is asked for by id alone, so that one by organization never gives any access.
    const scope = type === 'orgs' || type === 'users' ? 'no access: this kind is granted one by one' : `in ${org ?? 'this organization'}`;
    return { what, scope, id: undefined, deleted: false };
  }
  const deleted = NAMED.includes(type) && name === undefined;
  const what = name ?? `${capitalize(wordOne(type))} ${id}`;
  if (deleted) return { what: `${capitalize(wordOne(type))} ${id}`, scope: 'deleted: no access', id, deleted };
  if (type === 'users') return { what, scope: id === userID ? 'only its owner' : 'only this user', id, deleted };
  if (type === 'orgs') return { what, scope: id === orgID ? 'only this organization' : 'only that organization', id, deleted };
  return { what, scope: `only this ${wordOne(type)}`, id, deleted };
}
