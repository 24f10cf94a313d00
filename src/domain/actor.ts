/** Who asks: the result of authentication, and the first parameter of everything that is done for somebody. */
import type { AuthorizationId, UserId } from './id.js';
import { globalPermission, PermissionSet } from './permission.js';

export type Actor =
  | {
      readonly kind: 'token';
      readonly userId: UserId;
      readonly authorizationId: AuthorizationId;
      readonly permissions: PermissionSet;
      /** An inactive token is known, but may do nothing: it sees empty lists and is told why elsewhere. */
      readonly inactive: boolean;
    }
  | { readonly kind: 'session'; readonly userId: UserId; readonly sessionHash: string; readonly permissions: PermissionSet }
  | { readonly kind: 'system'; readonly name: string; readonly permissions: PermissionSet };

/** The server acting on its own behalf, under a name that logs can show. */
export const systemActor = (name: string): Actor => ({
  kind: 'system',
  name,
  permissions: new PermissionSet([globalPermission('read', 'instance'), globalPermission('write', 'instance')]),
});
