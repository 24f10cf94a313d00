/** What is to be done so that the tokens of an organization are as a file says. Pure: it asks nobody, and changes nothing. */
import type { AuthorizationJson, PermissionJson } from '../../client/authorizations.js';
import { formatLifetime } from '../../domain/token-lifetime.js';
import { messageOf } from '../failure.js';
import { canonical } from './canonical.js';
import { describeRight, keyOf, resolveRight, type Directory } from './rights.js';
import type { WantedToken } from './token-file.js';

/** While the value of a new token is on its way, this stands behind its name: no name of a file has it. */
export const UNDELIVERED = ' (next)';
/** The server counts milliseconds, and a file may count seconds. */
const SAME_MS = 1000;

interface ForToken {
  readonly wanted: WantedToken;
  readonly permissions: readonly PermissionJson[];
  /** For whoever is asked, without the name. */
  readonly reason: string;
}

export type Step = ForToken &
  (
    | { readonly kind: 'create' }
    | { readonly kind: 'replace'; readonly current: AuthorizationJson }
    | { readonly kind: 'rotate'; readonly current: AuthorizationJson; readonly change: Change }
    | { readonly kind: 'change'; readonly current: AuthorizationJson; readonly change: Change }
    // An earlier run ended before it could say that the value had arrived.
    | {
        readonly kind: 'finish';
        readonly current: AuthorizationJson | undefined;
        readonly arrived: AuthorizationJson;
        readonly change: Change;
      }
    | { readonly kind: 'confirm'; readonly current: AuthorizationJson; readonly change: Change }
  );

export interface Change {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: 'active' | 'inactive' | undefined;
  readonly expiresAt?: string | undefined;
}

/** Tokens that are to go: what an earlier run left and nobody received, and, if asked for, those that are not in the file. */
export interface Removal {
  readonly authorization: AuthorizationJson;
  readonly reason: string;
  readonly isPruned: boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly removals: readonly Removal[];
  /** How many are as the file says. */
  readonly unchanged: number;
}

export interface Situation {
  readonly wanted: readonly WantedToken[];
  /** All that the organization has, with their use. */
  readonly authorizations: readonly AuthorizationJson[];
  readonly directory: Directory;
  readonly nowMs: number;
  /** Ids of tokens whose newest secret is known to have arrived. */
  readonly arrived: ReadonlySet<string>;
  readonly prunes: boolean;
  /** Names of tokens whose secret is to be rotated now. */
  readonly rotates: (name: string) => boolean;
}

/** @throws Error for a file that asks for what is not there */
export function makePlan(situation: Situation): Plan {
  const { wanted, authorizations, directory, arrived, prunes } = situation;
  const byName = new Map(authorizations.flatMap((each) => (each.name === undefined ? [] : [[each.name, each] as const])));
  const byId = new Map(authorizations.map((each) => [each.id, each]));
  const steps: Step[] = [];
  const removals: Removal[] = [];
  const kept = new Set<string>();
  for (const token of wanted) {
    const permissions = resolveAll(token, directory);
    const current = byName.get(token.name) ?? unnamed(byId, token);
    const next = byName.get(token.name + UNDELIVERED);
    for (const each of [current, next]) if (each !== undefined) kept.add(each.id);
    const of = { wanted: token, permissions };
    if (next !== undefined && arrived.has(next.id) && reasonToReplace(next, of, situation) === undefined) {
      const change = changeOf(next, token, situation.nowMs);
      steps.push({ kind: 'finish', ...of, current, arrived: next, change, reason: 'its value arrived in an earlier run' });
      continue;
    }
    if (next !== undefined) removals.push({ authorization: next, reason: 'its value never arrived', isPruned: false });
    const step = current === undefined ? createStep(of, situation) : stepFor(current, of, situation);
    if (step !== undefined) steps.push(step);
  }
  if (prunes) {
    for (const authorization of byName.values()) {
      if (!kept.has(authorization.id)) removals.push({ authorization, reason: 'it is not in the file', isPruned: true });
    }
  }
  return { steps, removals, unchanged: wanted.length - steps.length };
}

/** The token that the file names by its id. @throws Error if it is not there, or has another name */
function unnamed(byId: ReadonlyMap<string, AuthorizationJson>, { name, id }: WantedToken): AuthorizationJson | undefined {
  if (id === undefined) return undefined;
  const found = byId.get(id);
  if (found === undefined) throw new Error(`token ${name}: the organization has no token with the id ${id}`);
  if (found.name !== undefined) throw new Error(`token ${name}: the token with the id ${id} has the name ${JSON.stringify(found.name)}`);
  return found;
}

function resolveAll({ name, rights }: WantedToken, directory: Directory): PermissionJson[] {
  const byKey = new Map<string, PermissionJson>();
  for (const right of rights) {
    try {
      const permission = resolveRight(right, directory);
      byKey.set(keyOf(permission), permission);
    } catch (cause) {
      throw new Error(`token ${name}: ${messageOf(cause)}`, { cause });
    }
  }
  return [...byKey.values()];
}

type Wanted = Pick<ForToken, 'wanted' | 'permissions'>;

function createStep(of: Wanted, { directory, nowMs }: Situation): Step {
  const { name, expiry } = of.wanted;
  if (expiry?.kind === 'moment' && expiry.atMs <= nowMs) throw new Error(`token ${name}: expiresAt is in the past`);
  return { kind: 'create', ...of, reason: of.permissions.map((each) => describeRight(each, directory)).join(', ') };
}

function stepFor(current: AuthorizationJson, of: Wanted, situation: Situation): Step | undefined {
  const { wanted } = of;
  const replacement = reasonToReplace(current, of, situation);
  if (replacement !== undefined) return { kind: 'replace', ...of, current, reason: replacement };
  const naming = current.name === undefined ? { name: wanted.name } : {};
  const change = { ...naming, ...changeOf(current, wanted, situation.nowMs) };
  if (isAwaiting(current) && situation.arrived.has(current.id)) {
    return { kind: 'confirm', ...of, current, change, reason: 'its new value arrived in an earlier run' };
  }
  const rotation = reasonToRotate(current, wanted, situation);
  if (rotation !== undefined) return { kind: 'rotate', ...of, current, change, reason: rotation };
  const changed = Object.keys(change);
  return changed.length === 0 ? undefined : { kind: 'change', ...of, current, change, reason: changed.join(', ') };
}

/** A rotation that nobody confirmed. */
export const isAwaiting = ({ previousSecret }: AuthorizationJson): boolean =>
  previousSecret !== undefined && previousSecret.expiresAt === undefined;

/** What only a new token can have. */
function reasonToReplace(current: AuthorizationJson, { wanted, permissions }: Wanted, { directory, nowMs }: Situation): string | undefined {
  if (current.leakedAt !== undefined) return 'it was reported as leaked';
  const rights = describeDifference(current.permissions, permissions, directory);
  if (rights !== undefined) return rights;
  if (wanted.user !== undefined && wanted.user !== current.user) return `its user is to be ${wanted.user}`;
  if (wanted.constraints !== undefined && canonical(wanted.constraints) !== canonical(current.constraints)) return 'other constraints';
  return expiryToReplace(current, wanted, nowMs);
}

function describeDifference(held: readonly PermissionJson[], wanted: readonly PermissionJson[], directory: Directory): string | undefined {
  const [heldKeys, wantedKeys] = [new Set(held.map(keyOf)), new Set(wanted.map(keyOf))];
  const lost = held.filter((each) => !wantedKeys.has(keyOf(each)));
  const gained = wanted.filter((each) => !heldKeys.has(keyOf(each)));
  if (lost.length + gained.length === 0) return undefined;
  const list = (sign: string, some: readonly PermissionJson[]) => some.map((each) => sign + describeRight(each, directory));
  const kind = gained.length === 0 ? 'narrower' : lost.length === 0 ? 'wider' : 'other rights';
  return `${kind}: ${[...list('-', lost), ...list('+', gained)].join(', ')}`;
}

function expiryToReplace({ createdAt, expiresAt }: AuthorizationJson, { expiry, renewBeforeMs }: WantedToken, nowMs: number) {
  const endsAtMs = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  const wantedAtMs = momentOf(expiry, createdAt);
  if (expiry?.kind === 'moment') {
    if (endsAtMs !== undefined && endsAtMs < expiry.atMs - SAME_MS) return 'it is to live longer';
    return undefined;
  }
  if (endsAtMs !== undefined && endsAtMs <= nowMs) return 'it has expired';
  if (expiry?.kind === 'never' && endsAtMs !== undefined) return 'it is to live for ever';
  if (wantedAtMs !== undefined) {
    if (endsAtMs !== undefined && endsAtMs < wantedAtMs - SAME_MS) return 'it is to live longer';
    if (wantedAtMs <= nowMs) return 'it is older than it is to live';
  }
  if (renewBeforeMs !== undefined && endsAtMs !== undefined && endsAtMs - nowMs <= renewBeforeMs) {
    return `it expires in ${formatLifetime(endsAtMs - nowMs)}`;
  }
  return undefined;
}

/** A lifetime begins when the token was made. */
function momentOf(expiry: WantedToken['expiry'], createdAt: string): number | undefined {
  if (expiry === undefined || expiry.kind === 'never') return undefined;
  return expiry.kind === 'moment' ? expiry.atMs : Date.parse(createdAt) + expiry.ms;
}

/** What a token can be given as it is, but for its name. */
function changeOf(current: AuthorizationJson, { description, status, expiry }: WantedToken, nowMs: number): Change {
  const endsAtMs = current.expiresAt === undefined ? Infinity : Date.parse(current.expiresAt);
  const wantedAtMs = momentOf(expiry, current.createdAt);
  const isNearer = wantedAtMs !== undefined && wantedAtMs > nowMs && wantedAtMs < endsAtMs - SAME_MS;
  return {
    ...(description === undefined || description === current.description ? {} : { description }),
    ...(status === undefined || status === current.status ? {} : { status }),
    ...(isNearer ? { expiresAt: new Date(wantedAtMs).toISOString() } : {}),
  };
}

function reasonToRotate(current: AuthorizationJson, { name, rotateEveryMs }: WantedToken, situation: Situation): string | undefined {
  if (isAwaiting(current)) return 'the new value of an earlier run never arrived';
  if (situation.rotates(name)) return 'asked for';
  if (rotateEveryMs === undefined) return undefined;
  const ageMs = situation.nowMs - Date.parse(current.secretCreatedAt ?? current.createdAt);
  return ageMs >= rotateEveryMs ? `its secret is ${formatLifetime(ageMs)} old` : undefined;
}
