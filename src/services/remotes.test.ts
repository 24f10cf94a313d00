/** The API token of a remote is stored sealed, kept for the address that it was given for, and resealed after a restore. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sealer } from '../auth/sealer.js';
import type { SystemActor } from '../domain/actor.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { PermissionSet, permissionInOrganization } from '../domain/permission.js';
import type { Store } from '../domain/store.js';
import { remoteKind, type NewRemote, type Remote, type RemoteChange } from '../kinds/remotes.js';
import { openSqliteStore } from '../store/sqlite.js';
import { resealRemote } from '../auth/sealed-remote.js';
import { createRemotes } from './remotes.js';

const ORG = '0000000000000002' as OrganizationId;
const VALUE = 'token-of-the-other-side';
const sealer = new Sealer(Buffer.alloc(32, 1));
const permissions = new PermissionSet((['read', 'write'] as const).map((action) => permissionInOrganization(action, 'remotes', ORG)));
const actor: SystemActor = { kind: 'system', name: 'test', permissions };
const NOTHING: RemoteChange = {
  name: undefined,
  description: undefined,
  remoteURL: undefined,
  remoteOrgID: undefined,
  allowInsecureTLS: undefined,
  remoteAPIToken: undefined,
};

let directory: string;
let store: Store;
let remotes: ReturnType<typeof createRemotes>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'remotes-'));
  store = await openSqliteStore(directory);
  await store.transaction((writer) =>
    writer.insertOrganization({ id: ORG, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 }),
  );
  let n = 16;
  remotes = createRemotes({ store, sealer, clock: () => 0, ids: <T extends Id>() => (n++).toString(16).padStart(16, '0') as T });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const make = (change: Partial<NewRemote> = {}): Promise<Remote> =>
  remotes.create(actor, { ...NOTHING, orgID: ORG, name: 'far', remoteURL: 'http://far', remoteAPIToken: VALUE, ...change });
const update = ({ id }: Remote, change: Partial<RemoteChange>): Promise<Remote> => remotes.update(actor, id, { ...NOTHING, ...change });

it('stores the token sealed', async () => {
  const remote = await make();
  expect(remote.sealedToken).not.toBe('');
  for (const file of readdirSync(directory)) expect(readFileSync(join(directory, file)).includes(VALUE)).toBe(false);
  expect(JSON.stringify(remoteKind.encode(remote, [], new URLSearchParams()))).not.toMatch(/token/i);
});

it('keeps the token for its address only', async () => {
  const remote = await make();
  const renamed = await update(remote, { name: 'renamed', remoteURL: 'http://far' });
  expect(renamed.sealedToken).toBe(remote.sealedToken);
  expect((await update(remote, { remoteURL: 'http://elsewhere' })).sealedToken).toBe('');
  expect((await update(remote, { remoteURL: 'http://far', remoteAPIToken: VALUE })).sealedToken).not.toBe('');
});

it('finds remotes by their address, and has each name once', async () => {
  const { id } = await make();
  await make({ name: 'near', remoteURL: 'http://near' });
  const found = await remotes.list(actor, { orgID: ORG, remoteURL: 'http://far' }, WHOLE_LIST, undefined);
  expect(found.map((remote) => remote.id)).toEqual([id]);
  await expect(make()).rejects.toThrow('remote connection name "far" is already in use');
});

it('seals the token with the key of the server that restores it, if it can be opened', async () => {
  const remote = await make();
  const other = new Sealer(Buffer.alloc(32, 2));
  const resealed = resealRemote(remote, sealer, other);
  expect(resealed).toBeDefined();
  expect(resealed && resealRemote(resealed, other, sealer)).toBeDefined();
  expect(resealed && resealRemote(resealed, sealer, other)).toBeUndefined();
  expect(resealRemote(remote, undefined, other)).toBeUndefined();
});
