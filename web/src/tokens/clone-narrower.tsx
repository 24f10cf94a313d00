/** A token with the permissions of another one that requests have needed. */
import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { Authorization } from '../api/authorizations.js';
import { Ago } from '../components/times.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';

type Permissions = Authorization['permissions'];

const keyOf = ({ action, resource: { type, id, orgID } }: Permissions[number]): string => `${action} ${type} ${id ?? ''} ${orgID ?? ''}`;

/** The permissions without those that no request has needed. */
export function neededPermissions({ permissions, unusedPermissions }: Authorization): Permissions {
  const unused = new Set(unusedPermissions.map(keyOf));
  return permissions.filter((permission) => !unused.has(keyOf(permission)));
}

export function Unused({ token }: { readonly token: Authorization }) {
  const { permissions, unusedPermissions, unusedSince } = token;
  const count = unusedPermissions.length;
  if (count === 0) return <>No: requests needed each of them</>;
  return (
    <>
      {count === permissions.length ? 'All of them' : `${count} of ${permissions.length}`}, since <Ago at={unusedSince} />
    </>
  );
}

export function CloneNarrower({ token }: { readonly token: Authorization }) {
  const { orgID } = usePlace();
  if (token.unusedPermissions.length === 0 || neededPermissions(token).length === 0) return null;
  const href = addressesOf(orgID).generate('custom-api', token.id, true);
  return (
    <Button variant="default" renderRoot={(props) => <Link {...props} href={href} />}>
      Clone narrower …
    </Button>
  );
}
