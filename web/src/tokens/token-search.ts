/** What the list of tokens shows, as it stands in the address. */
import { KIND_TYPES } from '../../../src/domain/kind.js';
import { AUTHORIZATION_ORDERS } from '../../../src/domain/store.js';
import { isKind, type TokenSearch } from '../api/authorizations.js';
import { mayBeToken } from './token-text.js';

export const DEFAULT_SEARCH: TokenSearch = {
  search: '',
  kind: undefined,
  status: undefined,
  userID: '',
  bucketID: '',
  resourceType: undefined,
  resourceID: '',
  action: undefined,
  sortBy: 'createdAt',
  descending: true,
  page: 1,
};

/** Whatever is not understood is as if it were not there. */
export function readSearch(text: string): TokenSearch {
  const query = new URLSearchParams(text);
  const of = (name: string): string => query.get(name) ?? '';
  const [kind, status, action] = [of('kind'), of('status'), of('action')];
  const page = Number(of('page'));
  return {
    search: mayBeToken(of('search')) ? '' : of('search'),
    kind: isKind(kind) ? kind : undefined,
    status: status === 'active' || status === 'inactive' ? status : undefined,
    userID: readId(of('userID')),
    bucketID: readId(of('bucketID')),
    ...readResource(of('resourceType'), of('resourceID')),
    action: action === 'read' || action === 'write' ? action : undefined,
    sortBy: AUTHORIZATION_ORDERS.find((order) => order === of('sortBy')) ?? DEFAULT_SEARCH.sortBy,
    descending: of('descending') === '' ? DEFAULT_SEARCH.descending : of('descending') === 'true',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

const readId = (text: string): string => (/^[0-9a-f]{16}$/.test(text) ? text : '');

function readResource(typeText: string, idText: string): Pick<TokenSearch, 'resourceType' | 'resourceID'> {
  const resourceType = KIND_TYPES.find((type) => type === typeText);
  const resourceID = readId(idText);
  return resourceType === undefined || resourceID === '' ? { resourceType: undefined, resourceID: '' } : { resourceType, resourceID };
}

/** Only what differs from how the list is shown anyway. */
export function writeSearch(search: TokenSearch): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (name === 'search' && mayBeToken(search.search)) continue;
    if (value !== undefined && value !== '' && value !== DEFAULT_SEARCH[name as keyof TokenSearch]) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export const isFiltered = ({ search, kind, status, userID, bucketID, resourceID }: TokenSearch): boolean =>
  search !== '' || kind !== undefined || status !== undefined || userID !== '' || bucketID !== '' || resourceID !== '';

/** Takes a token out of the address, and so out of the browser's history, before anything is asked for by it. */
export function cleanAddress(): void {
  const here = `${location.pathname}${location.search}`;
  const clean = withoutToken(here);
  if (clean !== here) history.replaceState(history.state, '', clean);
}

/** Also where it stands in the address to return to behind the sign-in. */
function withoutToken(address: string): string {
  const { pathname, search, origin } = new URL(address, location.origin);
  const query = new URLSearchParams(search);
  const returnTo = query.get('returnTo');
  if (mayBeToken(query.get('search') ?? '')) query.delete('search');
  if (returnTo !== null && origin === location.origin) query.set('returnTo', withoutToken(returnTo));
  const isAsBefore = query.toString() === new URLSearchParams(search).toString();
  return isAsBefore ? address : `${pathname}${query.size === 0 ? '' : `?${query.toString()}`}`;
}
