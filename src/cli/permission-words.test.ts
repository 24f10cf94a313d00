/** What a token may do, in words that hide nothing. */
import { describe, expect, it } from 'vitest';
import type { AuthorizationJson } from '../client/authorizations.js';
import { describePermissions, isEverything } from './permission-words.js';
import { RESOURCE_KINDS } from './resource-kinds.js';

type Permission = AuthorizationJson['permissions'][number];

/** What is undefined is not in the JSON. */
const permit = (action: 'read' | 'write', resource: Record<string, string>) => ({ action, resource }) as unknown as Permission;

const ID = '0a1b2c3d4e5f6071';
const within = { orgID: ID, org: 'acme' };

describe('permissions in words', () => {
  it('name one thing a line, with what may be done to it', () => {
    expect(
      describePermissions([
        permit('write', { type: 'buckets', id: ID, name: 'data', ...within }),
        permit('read', { type: 'buckets', id: ID, name: 'data', ...within }),
        permit('read', { type: 'tasks', ...within }),
        permit('read', { type: 'orgs', id: ID }),
        permit('write', { type: 'users' }),
      ]),
    ).toEqual([
      `read and write bucket data (${ID}) of organization acme`,
      'read all tasks of organization acme',
      `read organization ${ID}`,
      'write all users of all organizations',
    ]);
  });

  it('say everything of nothing less than everything', () => {
    const all = RESOURCE_KINDS.flatMap(({ name }) => [permit('read', { type: name }), permit('write', { type: name })]);
    expect(describePermissions(all)).toEqual(['everything, in every organization (an operator token)']);
    for (const i of all.keys()) expect(isEverything(all.filter((_, at) => at !== i))).toBe(false);
    expect(isEverything(all.map(({ action, resource }) => permit(action, { type: resource.type, ...within })))).toBe(false);
  });
});
