/**
 * Names and keys are compared, found and sorted by the bytes of their UTF-8, in every engine and locale.
 * An engine that folds case, accents, widths or trailing spaces would confuse different names.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bucketKind } from '../kinds/buckets.js';
import { labelKind } from '../kinds/labels.js';
import type { AuthorizationId, BucketId, LabelId, OrganizationId, UserId } from '../domain/id.js';
import { EVERYTHING } from '../domain/permission.js';
import { DuplicateError, type Store } from '../domain/store.js';

const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;
const orgID = id<OrganizationId>(1);

/** Told apart by bytes alone: case, accents in one character and in two, widths, ligatures, blanks at the end, nothing to see at all. */
const ALIKE = ['a', 'A', 'a ', 'á', 'a\u0301', 'ａ', 'ß', 'ss', 'ﬁ', 'fi', 'ı', 'i', 'İ', 'a\u200d', '１', '1', 'a_', 'a%'];
/** UTF-16 and most languages sort these otherwise. */
const UNSORTED = ['b', '😀', '\uFFFD', 'Z', 'é', 'e\u0301', 'a', '_a', '-a', '10', '9', 'ä', 'z', '한', 'aa', 'a b'];

const byBytes = (names: readonly string[]): string[] => [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const bucketNamed = (n: number, name: string) => ({
  id: id<BucketId>(n),
  orgID,
  type: 'user' as const,
  name,
  description: '',
  retentionPolicyName: '',
  retentionSeconds: 0,
  shardGroupDurationSeconds: 3600,
  createdAtMs: 0,
  updatedAtMs: 0,
});

export function collationContract(name: string, open: (directory: string) => Promise<Store>): void {
  describe(`${name}, names and keys by their bytes`, () => {
    let directory: string;
    let store: Store;

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'collation-'));
      store = await open(directory);
      await store.transaction((writer) =>
        writer.insertOrganization({ id: orgID, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 }),
      );
    });
    afterEach(async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    });

    it('tells apart what looks alike', async () => {
      await store.transaction(async (writer) => {
        for (const [i, text] of ALIKE.entries()) {
          const n = i + 10;
          await writer.insertUser({ id: id<UserId>(n), name: text, status: 'active' });
          await writer.resources(bucketKind).insert(bucketNamed(n, text));
          await writer.putSecret(orgID, text, Buffer.from([i]));
          await writer.insertAuthorization({
            ...{ id: id<AuthorizationId>(n), orgID, userID: id<UserId>(10), status: 'active', description: text, permissions: [] },
            ...{ secret: { kind: 'v1', userName: text }, createdAtMs: 0, updatedAtMs: 0 },
          });
        }
      });
      for (const [i, text] of ALIKE.entries()) {
        const n = i + 10;
        expect([text, (await store.findUserByName(text))?.id]).toEqual([text, id(n)]);
        expect([text, (await store.resources(bucketKind).findByName(orgID, text))?.id]).toEqual([text, id(n)]);
        expect([text, (await store.findAuthorizationByV1User(text))?.id]).toEqual([text, id(n)]);
        expect([text, (await store.findSealedSecret(orgID, text))?.[0]]).toEqual([text, i]);
      }
      const again = store.transaction((writer) => writer.insertUser({ id: id<UserId>(999), name: 'a\u0301', status: 'active' }));
      await expect(again).rejects.toBeInstanceOf(DuplicateError);
    });

    it('sorts names and keys', async () => {
      await store.transaction(async (writer) => {
        for (const [i, text] of UNSORTED.entries()) {
          await writer.resources(bucketKind).insert(bucketNamed(i + 10, text));
          await writer.putSecret(orgID, text, Buffer.from([i]));
        }
      });
      expect(await store.listSecretKeys(orgID)).toEqual(byBytes(UNSORTED));
      const list = async (descending: boolean) => {
        const filter = { readable: EVERYTHING, readableOrganizations: EVERYTHING, orgID };
        const names: string[] = [];
        for (let offset = 0; offset < UNSORTED.length; offset += 3) {
          const page = await store.resources(bucketKind).list(filter, { limit: 3, offset, descending }, 'name');
          names.push(...page.map((one) => one.name));
        }
        return names;
      };
      expect(await list(false)).toEqual(byBytes(UNSORTED));
      expect(await list(true)).toEqual(byBytes(UNSORTED).reverse());
    });

    it('gives any text back as it was, and finds it by nothing else', async () => {
      let n = 1000;
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), async (text) => {
          const label = { id: id<LabelId>(++n), orgID, name: text, properties: { key: text } };
          const user = { id: id<UserId>(n), name: `${n} ${text}`, status: 'active' as const };
          await store.transaction(async (writer) => {
            await writer.insertUser(user);
            await writer.resources(labelKind).insert(label);
          });
          expect(await store.findUserByName(user.name)).toEqual(user);
          expect(await store.findUserByName(`${user.name} `)).toBeUndefined();
          expect(await store.resources(labelKind).find(label.id)).toEqual(label);
          await store.transaction((writer) => writer.resources(labelKind).delete(label.id, 0));
        }),
        { numRuns: 60 },
      );
    });
  });
}
