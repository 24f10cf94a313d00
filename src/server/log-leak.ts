/** Tells the log of a token that was reported as leaked. */
import type { Logger } from 'pino';
import type { LeakedToken } from '../auth/leaks.js';
import type { RequestOrigin } from '../domain/actor.js';

export function logLeak({ authorization, isPreviousSecret }: LeakedToken, { id: requestId, address }: RequestOrigin, logger: Logger): void {
  const { id, orgID, userID, description } = authorization;
  logger.warn(
    { authorizationID: id, orgID, userID, description, address, requestId },
    isPreviousSecret
      ? 'the secret of a token before its rotation was reported as leaked, and ended'
      : 'a token was reported as leaked and made inactive: rotate it',
  );
}
