/** What a restore has to tell, as lines of the log. */
import type { Logger } from 'pino';
import type { Actor } from '../domain/actor.js';
import type { RestoreEvent } from '../services/restore/event.js';

export function logRestore(actor: Actor, event: RestoreEvent, parent: Logger): void {
  const logger = parent.child(actor.kind === 'system' ? { actor: actor.name } : { requestId: actor.request.id });
  switch (event.kind) {
    case 'replaced':
      logger.warn(
        { copy: event.storeCopy, points: event.seriesDirectory },
        'a restore has replaced the store; to undo it, stop the server and put this copy back: it names the folder of its points',
      );
      return;
    case 'left out':
      logger.warn({ part: event.part, problems: event.problems }, 'parts of a backup were not restored');
      return;
    case 'narrowed':
      logger.warn(
        { authorizations: event.authorizations, count: event.count },
        'permissions of restored authorizations grant less than before: a resource that they name by id is not in their organization',
      );
      return;
    case 'secrets stay sealed':
      logger.warn(
        { count: event.count },
        'secrets of organizations cannot be decrypted: they come from another server, and the restore did not use the token of the backup',
      );
  }
}
