/** A bucket by its id or its name, and what was probably meant when there is none. */
import { listBuckets } from '../client/buckets.js';
import { findApiError } from '../client/api-error.js';
import type { Send } from '../client/request.js';
import { findNearNames } from '../config/near-names.js';

/** As many as the server gives at once. */
const NAMES_MAX = 100;
const SHOWN_NAMES_MAX = 10;

/** 16 hexadecimal digits are an id, whether there is such a bucket or not: it may come later. */
const isId = (text: string): boolean => /^[0-9a-f]{16}$/i.test(text);

/** Has the form of an id, and can be none. */
const NO_ID = /^0{16}$/;

/** @throws Error for an unknown name, with the names that are near it */
export async function findBucketId(send: Send, orgID: string, idOrName: string): Promise<string> {
  if (NO_ID.test(idOrName)) throw new Error(`invalid bucket ID '${idOrName}': invalid ID (did you pass a bucket name instead of an ID?)`);
  if (isId(idOrName)) return idOrName;
  const found = (await listOrNone(send, orgID, idOrName))[0];
  if (found !== undefined) return found.id;
  const names = (await listBuckets(send, { orgID, limit: NAMES_MAX })).map(({ name }) => name);
  throw new Error(`bucket ${JSON.stringify(idOrName)} not found${suggest(idOrName, names)}`);
}

async function listOrNone(send: Send, orgID: string, name: string) {
  try {
    return await listBuckets(send, { orgID, name });
  } catch (error) {
    if (findApiError(error)?.status === 404) return [];
    throw error;
  }
}

function suggest(wanted: string, names: readonly string[]): string {
  const near = findNearNames(wanted, names);
  if (near.length > 0) return `: did you mean ${near.join(' or ')}?`;
  const users = names.filter((name) => !name.startsWith('_'));
  if (users.length === 0) return '';
  return `: there is ${users.slice(0, SHOWN_NAMES_MAX).join(', ')}${users.length > SHOWN_NAMES_MAX ? ' and others' : ''}`;
}
