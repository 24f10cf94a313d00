/** Which tokens of an organization a user can see: hidden tokens must not look as if they did not exist. */
import { globalPermission, permissionInOrganization } from '../../../src/domain/permission.js';
import { usePlace, useSession } from '../session/session.js';

/** The server shows a token to users who can read both the tokens of its organization and its owner. */
export function useTokenSight(): 'all' | 'own' | 'none' {
  const { may } = useSession();
  const { orgID } = usePlace();
  if (!may(permissionInOrganization('read', 'authorizations', orgID))) return 'none';
  return may(globalPermission('read', 'users')) ? 'all' : 'own';
}
