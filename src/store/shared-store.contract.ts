/** The contract of a metadata store that several servers share: changes are reported to all of them, and their caches are updated. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrganizationId, UserId } from '../domain/id.js';
import { OTHERS_CHANGES_MS_MAX, type Change, type Store } from '../domain/store.js';
import { rememberReads } from './remembered.js';

const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;
const user = (n: number) => ({ id: id<UserId>(n), name: `user ${n}`, status: 'active' as const });

/** Waits for something that must come to pass within what is promised of changes by others. */
export async function withinTheBound(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > OTHERS_CHANGES_MS_MAX) throw new Error(`not within ${OTHERS_CHANGES_MS_MAX} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function sharedStoreContract(name: string, open: (directory: string) => Promise<Store>): void {
  describe(`${name}, open on two servers`, () => {
    let directory: string;
    let one: Store;
    let other: Store;

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'shared-store-'));
      one = await open(directory);
      other = await open(directory);
    });
    afterEach(async () => {
      await one.close();
      await other.close();
      rmSync(directory, { recursive: true });
    });

    it('tells each of its own changes at once and once, and of the other’s within the bound', async () => {
      const heard: Record<'one' | 'other', Change[]> = { one: [], other: [] };
      one.onChange((changes) => heard.one.push(...changes));
      other.onChange((changes) => heard.other.push(...changes));
      await one.transaction((writer) => writer.insertUser(user(1)));
      const inserted: Change = { noun: 'user', kind: 'insert', id: id(1) };
      expect(heard.one).toEqual([inserted]);
      await withinTheBound(() => heard.other.length > 0);
      await other.transaction((writer) => writer.updateUser({ ...user(1), status: 'inactive' }));
      const both = [inserted, { ...inserted, kind: 'update' }];
      await withinTheBound(() => heard.one.length > 1);
      expect(heard).toEqual({ one: both, other: both });
    });

    it('tells nothing of what was rolled back', async () => {
      const heard: Change[] = [];
      other.onChange((changes) => heard.push(...changes));
      const failing = one.transaction(async (writer) => {
        await writer.insertUser(user(1));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await one.transaction((writer) => writer.insertUser(user(2)));
      await withinTheBound(() => heard.length > 0);
      expect(heard).toEqual([{ noun: 'user', kind: 'insert', id: id(2) }]);
    });

    it('tells of very many changes as of all of their kind', async () => {
      const heard: Change[] = [];
      other.onChange((changes) => heard.push(...changes));
      await one.transaction(async (writer) => {
        for (let n = 1; n <= 2_000; n++) await writer.insertUser(user(n));
      });
      await withinTheBound(() => heard.length > 0);
      expect(heard).toEqual([{ noun: 'user', kind: 'update', id: '' }]);
    });

    it('forgets what it remembers when the other changes it', async () => {
      const remembering = rememberReads(other);
      const acme = { id: id<OrganizationId>(7), name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 };
      await one.transaction((writer) => writer.insertOrganization(acme));
      expect((await remembering.findOrganization(acme.id))?.name).toBe('acme');
      await one.transaction((writer) => writer.updateOrganization({ ...acme, name: 'beta' }));
      await withinTheBound(async () => (await remembering.findOrganization(acme.id))?.name === 'beta');
    });
  });
}
