/** All questions and changes of the metadata store, written once for every engine. */
import type { SealText } from '../domain/audit-chain.js';
import type { StoreWriter } from '../domain/store.js';
import { auditQueries } from './audit.js';
import { authorizationSecretQueries } from './authorization-secrets.js';
import { authorizationQueries } from './authorizations.js';
import { countQueries } from './counts.js';
import type { Database, RecordChange, TellDamage } from './database.js';
import { factQueries } from './facts.js';
import { labelMappingQueries } from './label-mappings.js';
import { membershipQueries } from './memberships.js';
import { organizationQueries } from './organizations.js';
import { resourceQueries } from './resources.js';
import { runQueries } from './runs.js';
import { secretQueries } from './secrets.js';
import { sessionQueries } from './sessions.js';
import { shardQueries } from './shards.js';
import { tombstoneQueries } from './tombstones.js';
import { useQueries } from './uses.js';
import { userQueries } from './users.js';
import { writeQueries } from './writes.js';

/**
 * @param record is told of every change that was made
 * @param tellDamage is told of records that cannot be read whole
 * @param sealAudit seals the records of the audit log
 */
export const createQueries = (
  db: Database,
  record: RecordChange,
  tellDamage: TellDamage,
  sealAudit: SealText,
): Omit<StoreWriter, 'part'> => ({
  ...organizationQueries(db, record),
  ...userQueries(db, record),
  ...sessionQueries(db, record),
  ...membershipQueries(db, record),
  ...resourceQueries(db, record, tellDamage),
  ...labelMappingQueries(db, record),
  ...secretQueries(db, record),
  ...authorizationQueries(db, record, tellDamage),
  ...countQueries(db),
  ...authorizationSecretQueries(db, record),
  ...useQueries(db),
  ...writeQueries(db),
  ...factQueries(db),
  ...runQueries(db),
  ...shardQueries(db),
  ...tombstoneQueries(db),
  ...auditQueries(db, sealAudit),
});
