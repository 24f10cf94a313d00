/** Tells once of each store which of its permissions open less than they did where they were granted. */
import type { Logger } from 'pino';
import { findNarrowed } from '../auth/narrowed.js';
import type { Store } from '../domain/store.js';

/** Authorizations that are named; what comes beyond is counted. */
const NAMED_MAX = 10_000;
/** Of one authorization, the same. */
const PERMISSIONS_NAMED_MAX = 100;

/**
 * Looks through the store beside the server's other work, and remembers in it that this has been done.
 *
 * @returns what ends it, before it is done as well: then the next start begins anew
 */
export function tellNarrowedPermissions(store: Store, logger: Logger): () => Promise<void> {
  let isStopped = false;
  const work = async (): Promise<void> => {
    if ((await store.findFact('narrowed permissions')) !== undefined) return;
    let count = 0;
    for await (const { id, permissions } of findNarrowed(store)) {
      if (isStopped) return;
      if (++count > NAMED_MAX) continue;
      logger.warn(
        { authorization: id, permissions: permissions.slice(0, PERMISSIONS_NAMED_MAX), count: permissions.length },
        'permissions grant less than before: a resource that they name by id is not in their organization',
      );
    }
    if (count > 0) logger.warn({ count }, 'authorizations have permissions that grant less than before; see docs/security.md');
    await store.transaction((writer) => writer.putFact('narrowed permissions', 'told'));
  };
  const running = work().catch((error: unknown) => {
    logger.warn({ err: error }, 'cannot determine which permissions grant less than before; the next start tries again');
  });
  return async () => {
    isStopped = true;
    await running;
  };
}
