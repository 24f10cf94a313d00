/** The file that says what an organization has: everything but secrets. */
import type { AuthorizationJson } from '../../client/authorizations.js';
import { UNDELIVERED } from './plan.js';
import { formatRight, keyOf, type Directory } from './rights.js';

const HEAD = '# API tokens, to be changed and applied with `sluice auth apply`. It holds no secret.\n';
/** Characters that a name of a file may have. */
const OTHERS = /[^a-z0-9]+/g;
const SLUG_LENGTH_MAX = 40;

/** A token without a name is given one here, with its id, by which it is found when the file is applied. */
export async function formatTokenFile(authorizations: readonly AuthorizationJson[], directory: Directory, nowMs: number): Promise<string> {
  const { stringify } = await import('yaml');
  const isThere = ({ name, description, expiresAt }: AuthorizationJson): boolean => {
    if (name?.endsWith(UNDELIVERED) === true) return false;
    if (expiresAt === undefined) return true;
    // One whose grace time goes on, and which another one has replaced.
    return Date.parse(expiresAt) > nowMs && (name !== undefined || !description.endsWith(' (replaced)'));
  };
  const taken = new Set(authorizations.flatMap(({ name }) => name ?? []));
  const tokens = authorizations.filter(isThere).map((each) => formatToken(each, directory, taken));
  return HEAD + stringify({ org: directory.orgName, tokens }, { lineWidth: 0 });
}

function formatToken(authorization: AuthorizationJson, directory: Directory, taken: Set<string>) {
  const { id, name, description, user, status, permissions, expiresAt, constraints } = authorization;
  const rights = (action: string): unknown[] | undefined => {
    const held = new Map(permissions.filter((each) => each.action === action).map((each) => [keyOf(each), each]));
    if (held.size === 0) return undefined;
    return [...held.values()].map((each) => {
      const resource = formatRight(each, directory);
      return each.match === undefined ? resource : { resource, match: each.match };
    });
  };
  return {
    name: name ?? newName(description, id, taken),
    id: name === undefined ? id : undefined,
    description,
    user,
    status,
    read: rights('read'),
    write: rights('write'),
    expiresAt,
    constraints,
  };
}

function newName(description: string, id: string, taken: Set<string>): string {
  const slug = description
    .toLowerCase()
    .replaceAll(OTHERS, '-')
    .slice(0, SLUG_LENGTH_MAX)
    .replaceAll(/^-+|-+$/g, '');
  const wanted = slug === '' ? `token-${id}` : slug;
  const name = taken.has(wanted) ? `${wanted}-${id}` : wanted;
  taken.add(name);
  return name;
}
