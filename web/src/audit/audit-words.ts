/** The audit log in words. */
import type { AuditRecord } from '../api/audit.js';

const NOUNS: Readonly<Record<string, string>> = {
  authorization: 'Token',
  session: 'Sign-in',
  user: 'User',
  password: 'Password',
  organization: 'Organization',
  membership: 'Role',
  secret: 'Secret',
  request: 'Request',
  tokens: 'Tokens',
  audit: 'Audit log',
};

/** `authorization.created` -> `Token created`. */
export function actionInWords(action: string): string {
  const [noun = '', verb = ''] = action.split('.');
  if (action === 'session.created') return 'Signed in';
  if (action === 'session.ended') return 'Signed out';
  if (verb === 'completed') return capitalize(noun);
  return `${NOUNS[noun] ?? capitalize(noun)} ${verb}`;
}

const capitalize = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

export const ACTION_FILTERS = [
  { value: '', label: 'Any action' },
  { value: 'authorization', label: 'Tokens' },
  { value: 'session', label: 'Sign-ins' },
  { value: 'request', label: 'Refused requests' },
  { value: 'user', label: 'Users' },
  { value: 'password', label: 'Passwords' },
  { value: 'membership', label: 'Roles' },
  { value: 'organization', label: 'Organizations' },
  { value: 'secret', label: 'Secrets' },
  { value: 'backup', label: 'Backups' },
  { value: 'restore', label: 'Restores' },
  { value: 'recovery', label: 'Recovery' },
] as const;

export const OUTCOME_FILTERS = [
  { value: '', label: 'Any outcome' },
  { value: 'success', label: 'Done' },
  { value: 'failure', label: 'Failed' },
  { value: 'refused', label: 'Refused' },
] as const;

export const SINCE_FILTERS = [
  { value: '', label: 'Any time' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
] as const;

export const outcomeInWords = (outcome: string): string => OUTCOME_FILTERS.find(({ value }) => value === outcome)?.label ?? outcome;

/** What else there is to say of a record: why, how often, what has changed. */
export function detailsInWords({ reason, details = {} }: AuditRecord): string {
  const { count } = details;
  // Of a refused request: its reason says more than the number.
  const parts = Object.entries(details)
    .filter(([name, value]) => name !== 'count' && !(name === 'status' && typeof value === 'number'))
    .map(([name, value]) => `${name}: ${String(value)}`);
  const times = count === undefined ? undefined : `${String(count)} more`;
  return [reason, times, ...parts].filter((part) => part !== undefined && part !== '').join(' · ');
}
