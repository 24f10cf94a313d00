/** Which tokens of an organization somebody may see: what is hidden from him must not look as if it were not there. */
import { globalPermission, permissionInOrganization } from '../../../src/domain/permission.js';
import { usePlace, useSession } from '../session/session.js';

/** The server shows a token to who may read the tokens of its organization, and its user. */
export function useTokenSight(): 'all' | 'own' | 'none' {
  const { may } = useSession();
  const { orgID } = usePlace();
  if (!may(permissionInOrganization('read', 'authorizations', orgID))) return 'none';
  return may(globalPermission('read', 'users')) ? 'all' : 'own';
}
