/** The API tokens of remotes, sealed for the organization that they belong to. */
import type { OrganizationId } from '../domain/id.js';
import type { Remote } from '../kinds/remotes.js';
import type { Sealer } from './sealer.js';
import type { Secret } from './secret.js';

const contextOf = (orgID: OrganizationId): string => `${orgID}/token of a remote`;

/** @returns base64 */
export const sealRemoteToken = (sealer: Sealer, token: Secret, orgID: OrganizationId): string =>
  Buffer.from(sealer.seal(token, contextOf(orgID))).toString('base64');

/** Undefined: it has none, or another key sealed it. */
export const openRemoteToken = (sealer: Sealer, { sealedToken, orgID }: Remote): Secret | undefined =>
  sealedToken === '' ? undefined : sealer.tryOpen(Buffer.from(sealedToken, 'base64'), contextOf(orgID));

/** The same remote with its token sealed by another key; undefined: the token cannot be opened. */
export function resealRemote(remote: Remote, from: Sealer | undefined, to: Sealer): Remote | undefined {
  const token = from && openRemoteToken(from, remote);
  return token && { ...remote, sealedToken: sealRemoteToken(to, token, remote.orgID) };
}
