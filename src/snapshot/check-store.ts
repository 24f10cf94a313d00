/** Checks a store before it replaces the current one: all of it must be readable, and some credentials must be usable. */
import type { Secret } from '../auth/secret.js';
import { DomainError, invalid } from '../domain/errors.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { Store, StoreDamage } from '../domain/store.js';
import type { Problem } from '../influxdb-files/problem.js';
import { mappingKind } from '../kinds/dbrps.js';
import { KINDS } from '../kinds/index.js';
import { activeOperators, findPlainOperator } from './operators.js';

const FETCH_ROWS = 1000;
const PROBLEMS_SHOWN_MAX = 5;
/** A permission of an unknown type is left out: it opens nothing here. */
const LEFT_OUT_ANYWAY = 'permission of authorization';

/** @throws DomainError `invalid` where records could not be read: what was read is not all there was */
export function refuseUnread(problems: readonly Problem[]): void {
  const unread = problems.filter(({ kind }) => kind !== LEFT_OUT_ANYWAY);
  if (unread.length === 0) return;
  const shown = unread.slice(0, PROBLEMS_SHOWN_MAX).map(({ kind, key, reason }) => `${kind} ${JSON.stringify(key)} (${reason})`);
  throw invalid(
    `the metadata of the backup is damaged, and nothing was changed: ${shown.join(', ')}` +
      `${unread.length > shown.length ? ` and ${unread.length - shown.length} more` : ''}. ` +
      'To take over what can be read of it, stop the server and use: sluiced import',
  );
}

/**
 * Reads every record, and looks for an operator token.
 *
 * @returns the oldest active operator token in plain text (InfluxDB's rule): a client continues with it
 * @throws DomainError `invalid` where a record cannot be read, or no operator token would open the store
 */
export async function checkStore(store: Store, nowMs: number): Promise<Secret | undefined> {
  const everything = { readable: EVERYTHING, readableUsers: EVERYTHING };
  let isOpened = false;
  let plain: Secret | undefined;
  let damage: StoreDamage | undefined;
  store.onDamage((found) => (damage ??= found));
  try {
    for (const { id } of await store.listOrganizations(everything, WHOLE_LIST)) {
      await store.listSecretKeys(id);
    }
    await store.listUsers(everything, WHOLE_LIST);
    for (const kind of KINDS) await store.resources(kind).list(everything, WHOLE_LIST);
    await store.resources(mappingKind).list(everything, WHOLE_LIST);
    for (const kind of ['token', 'v1'] as const) {
      for (let after: string | undefined, count = FETCH_ROWS; count === FETCH_ROWS;) {
        const page = await store.listAuthorizations({ ...everything, kind }, { ...WHOLE_LIST, limit: FETCH_ROWS, after });
        after = page.at(-1)?.id;
        count = page.length;
      }
    }
    isOpened = (await activeOperators(store, nowMs).next()).done !== true;
    plain = await findPlainOperator(store, nowMs);
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw invalid('the metadata of the backup is damaged: a record in it cannot be read; nothing was changed', { cause });
  }
  if (damage !== undefined) {
    const { noun, id, problem } = damage;
    throw invalid(`the metadata of the backup is damaged, and nothing was changed: ${noun ?? 'the file'} ${id ?? ''}: ${problem}`);
  }
  if (!isOpened) {
    throw invalid(
      'no token of this backup would open the server: it has no active operator token of an active user. Nothing was changed; ' +
        'to use the backup all the same, stop the server and use: sluiced import',
    );
  }
  return plain;
}
