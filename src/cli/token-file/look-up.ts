/** What an organization has, for a file of tokens to be compared with: its tokens, and what names stand for. */
import { authorizations, type AuthorizationJson } from '../../client/authorizations.js';
import { listBuckets } from '../../client/buckets.js';
import { findOrganization } from '../../client/organizations.js';
import type { Send } from '../../client/request.js';
import { listUsers } from '../../client/users.js';
import { attempt } from '../failure.js';
import type { Directory } from './rights.js';

/** As many as the server gives at once. */
const PAGE_ROWS = 100;

export interface Holdings {
  readonly directory: Directory;
  readonly authorizations: readonly AuthorizationJson[];
}

export async function lookUp(send: Send, orgID: string): Promise<Holdings> {
  const organization = await attempt('could not read the organization', findOrganization(send, orgID));
  const buckets: { readonly id: string; readonly name: string }[] = [];
  for (;;) {
    const page = await attempt('could not list buckets', listBuckets(send, { orgID, limit: PAGE_ROWS, offset: buckets.length }));
    buckets.push(...page);
    if (page.length < PAGE_ROWS) break;
  }
  const users = await attempt('could not list users', listUsers(send, {}));
  const found = await attempt('could not list tokens', authorizations.list(send, { orgID, include: 'usage' }));
  const orgs = [organization];
  const ids = { buckets: idsByName(buckets), orgs: idsByName(orgs), users: idsByName(users) };
  const names = new Map([...buckets, ...orgs, ...users].map(({ id, name }) => [id, name]));
  return { directory: { orgID, orgName: organization.name, ids, names }, authorizations: found };
}

const idsByName = (things: readonly { readonly id: string; readonly name: string }[]): Map<string, string> =>
  new Map(things.map(({ id, name }) => [name, id]));
