/** Names of authorizations: optional, and unique within an organization. InfluxDB has none. */
import { conflict } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { StoreReader } from '../domain/store.js';

/** Empty is none. @throws DomainError `invalid` for one that cannot be told from others */
export function newNameOf(name = ''): string | undefined {
  checkNewName('name of an authorization', name);
  return name === '' ? undefined : name;
}

/** @throws DomainError `conflict` if another has it */
export async function claimName(writer: StoreReader, orgID: OrganizationId, name: string | undefined): Promise<void> {
  if (name === undefined || (await writer.findAuthorizationByName(orgID, name)) === undefined) return;
  throw conflict(`an authorization with the name ${JSON.stringify(name)} already exists`);
}
