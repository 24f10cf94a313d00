/** All migrations in order. A step that a store has seen is never changed; another one is added. */
import type { Migration, MigrationProvider } from 'kysely';
import * as initial from './0001-initial.js';
import * as searchOfAuthorizations from './0002-search-of-authorizations.js';
import * as factsAndShards from './0003-facts-and-shards.js';
import * as tombstones from './0004-tombstones.js';
import * as tablesOfAuthorizations from './0005-tables-of-authorizations.js';
import * as changes from './0006-changes.js';
import * as orderOfUsers from './0007-order-of-users.js';
import * as resources from './0008-resources.js';
import * as oauthIds from './0009-oauth-ids.js';
import * as lifetimes from './0010-lifetimes.js';
import * as runs from './0011-runs.js';
import * as usage from './0012-usage.js';
import * as audit from './0013-audit.js';
import * as leakedSecrets from './0014-leaked-secrets.js';
import * as idsOfSecrets from './0015-ids-of-secrets.js';
import * as constraintsOfAuthorizations from './0016-constraints-of-authorizations.js';
import * as derivations from './0019-derivations.js';
import * as namesOfAuthorizations from './0020-names-of-authorizations.js';
import * as permissionUses from './0021-permission-uses.js';

export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-search-of-authorizations': searchOfAuthorizations,
  '0003-facts-and-shards': factsAndShards,
  '0004-tombstones': tombstones,
  '0005-tables-of-authorizations': tablesOfAuthorizations,
  '0006-changes': changes,
  '0007-order-of-users': orderOfUsers,
  '0008-resources': resources,
  '0009-oauth-ids': oauthIds,
  '0010-lifetimes': lifetimes,
  '0011-runs': runs,
  '0012-usage': usage,
  '0013-audit': audit,
  '0014-leaked-secrets': leakedSecrets,
  '0015-ids-of-secrets': idsOfSecrets,
  '0016-constraints-of-authorizations': constraintsOfAuthorizations,
  '0019-derivations': derivations,
  '0020-names-of-authorizations': namesOfAuthorizations,
  '0021-permission-uses': permissionUses,
};

export const migrationProvider: MigrationProvider = { getMigrations: () => Promise.resolve(migrations) };
