import { deriveAuditKey } from './audit-key.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import { openSqliteStore } from '../store/sqlite.js';
import { Attempts } from './attempts.js';
import { PasswordChecks } from './password-checks.js';
import { hashPassword, PasswordVerifier } from './passwords.js';
import { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { createSessions } from './sessions.js';

describe('Sessions', () => {
  const ann = { id: '0000000000000001' as UserId, name: 'ann', status: 'active' } as const;
  const [old, next] = [new Secret('old-passw0rd'), new Secret('new-passw0rd')];
  let directory: string;
  let store: Store;
  let duringComparison: () => void;

  const sessions = () => {
    const verifier = new PasswordVerifier(store, new Secret('decoy'), () => {
      duringComparison();
    });
    const passwords = new PasswordChecks(new Attempts(Date.now), verifier);
    return createSessions({
      store,
      clock: Date.now,
      rules: new SessionRules(60, true),
      passwords,
      strongPasswords: false,
      refusals: { note: () => undefined },
      auditKey: deriveAuditKey(Buffer.alloc(32)),
    });
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sessions-'));
    store = await openSqliteStore(directory);
    duringComparison = () => undefined;
    const hash = await hashPassword(old);
    await store.transaction(async (writer) => {
      await writer.insertUser(ann);
      await writer.putPasswordHash(ann.id, hash);
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('are not born of a password that changes while it is checked', async () => {
    const checked = sessions();
    const signIn = (password: Secret) => checked.signIn({ id: 'r', address: '::1' }, 'ann', password);
    expect((await signIn(old)).key.reveal()).not.toBe('');
    const hash = await hashPassword(next);
    let changed: Promise<unknown> = Promise.resolve();
    duringComparison = () => {
      changed = store.transaction(async (writer) => {
        await writer.putPasswordHash(ann.id, hash);
        await writer.deleteSessionsOfUser(ann.id, undefined);
      });
    };
    await expect(signIn(old)).rejects.toThrow('unauthorized access');
    await changed;
    duringComparison = () => undefined;
    await expect(signIn(old)).rejects.toThrow('unauthorized access');
    expect((await signIn(next)).key.reveal()).not.toBe('');
  });
});
