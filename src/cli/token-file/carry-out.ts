/**
 * Carries a plan out, so that it can end at any moment: a new value is where it belongs before the old one ends, and what another run finds
 * on the server and in the directory of secrets tells it how far this one came.
 */
import {
  authorizations,
  confirmRotation,
  replaceAuthorization,
  rotateAuthorization,
  type AuthorizationJson,
} from '../../client/authorizations.js';
import type { Send } from '../../client/request.js';
import type { TokenFormat } from '../../domain/token-format.js';
import { attempt } from '../failure.js';
import type { Delivery } from './delivery.js';
import { canonical } from './canonical.js';
import { UNDELIVERED, type Change, type Plan, type Removal, type Step } from './plan.js';
import { keyOf, type Directory } from './rights.js';

/** Tokens that are worked on at once. */
const STEPS_AT_ONCE = 8;
/** InfluxDB passes over what it does not know. */
const NO_NAMES = 'this server does not know names of tokens';

export interface Work {
  readonly send: Send;
  readonly delivery: Delivery;
  readonly directory: Directory;
  /** The token that asks, if it is one of the organization's: its own turn comes last. */
  readonly ownId: string | undefined;
  /** Of new values; undefined: what the server prefers. */
  readonly tokenFormat: TokenFormat | undefined;
}

/** @throws the first error, when what was on its way has ended */
export async function carryOut({ steps, removals }: Plan, work: Work): Promise<void> {
  const isOwn = (step: Step): boolean => 'current' in step && step.current !== undefined && step.current.id === work.ownId;
  const leftovers = removals.filter(({ isPruned }) => !isPruned);
  await inTurns(leftovers, (removal) => removeToken(removal, work));
  await inTurns(
    steps.filter((step) => !isOwn(step)),
    (step) => takeStep(step, work),
  );
  await inTurns(
    removals.filter(({ isPruned }) => isPruned),
    (removal) => removeToken(removal, work),
  );
  await inTurns(steps.filter(isOwn), (step) => takeStep(step, work));
}

async function inTurns<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const waiting = [...things];
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failure === undefined; next = waiting.shift()) {
      try {
        await work(next);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: STEPS_AT_ONCE }, worker));
  if (failure !== undefined) throw failure.error;
}

const removeToken = ({ authorization }: Removal, { send }: Work): Promise<void> =>
  attempt(`could not delete token ${authorization.name ?? authorization.id}`, authorizations.remove(send, authorization.id));

const takeStep = (step: Step, work: Work): Promise<void> => attempt(`could not ${step.kind} token ${step.wanted.name}`, take(step, work));

async function take(step: Step, work: Work): Promise<void> {
  const { send, delivery } = work;
  const { name } = step.wanted;
  const graceSeconds = Math.round(step.wanted.graceMs / 1000);
  switch (step.kind) {
    case 'create': {
      const made = await make(step, work);
      await authorizations.change(send, made.id, { name });
      return;
    }
    case 'replace': {
      const made = await make(step, work);
      // Nobody can use one that leaked.
      await succeed(step.current, made.id, name, step.current.leakedAt === undefined ? graceSeconds : 0, send);
      return;
    }
    case 'rotate': {
      await change(step.current.id, step.change, send);
      const { id, token } = await rotateAuthorization(send, step.current.id, { awaitConfirmation: true, tokenFormat: work.tokenFormat });
      delivery.deliver(step.wanted, id, token);
      await confirmRotation(send, id, graceSeconds);
      return;
    }
    case 'change':
      await change(step.current.id, step.change, send);
      return;
    case 'finish':
      if (step.current === undefined) await authorizations.change(send, step.arrived.id, { name });
      else await succeed(step.current, step.arrived.id, name, graceSeconds, send);
      await change(step.arrived.id, step.change, send);
      return;
    case 'confirm':
      await change(step.current.id, step.change, send);
      await confirmRotation(send, step.current.id, graceSeconds);
  }
}

async function change(id: string, wanted: Change, send: Send): Promise<void> {
  if (Object.keys(wanted).length === 0) return;
  const changed = await authorizations.change(send, id, wanted);
  if (wanted.name !== undefined && changed.name !== wanted.name) throw new Error(NO_NAMES);
}

async function succeed(current: AuthorizationJson, id: string, name: string, graceSeconds: number, send: Send): Promise<void> {
  if (current.name === undefined) await authorizations.change(send, current.id, { name });
  await replaceAuthorization(send, current.id, id, graceSeconds);
}

/** Makes the token under a name that says that its value is on its way, and delivers it. */
async function make(step: Step, { send, delivery, directory, tokenFormat }: Work): Promise<AuthorizationJson> {
  const { wanted, permissions } = step;
  const { name, expiry } = wanted;
  const current = currentOf(step);
  const userID = wanted.user === undefined ? current?.userID : directory.ids.users.get(wanted.user);
  if (wanted.user !== undefined && userID === undefined) throw new Error(`there is no user ${JSON.stringify(wanted.user)}`);
  const made = await authorizations.create(send, {
    orgID: directory.orgID,
    userID,
    name: name + UNDELIVERED,
    description: wanted.description ?? current?.description ?? name,
    // A report made it inactive, and is about its secret.
    status: wanted.status ?? (current?.leakedAt === undefined ? current?.status : 'active'),
    permissions,
    tokenFormat,
    constraints: wantedConstraints(step),
    expiresIn: expiry?.kind === 'lifetime' ? `${Math.round(expiry.ms / 1000)}s` : undefined,
    expiresAt: momentOf(step),
  });
  const problem = findProblem(made, step);
  if (problem !== undefined) {
    await authorizations.remove(send, made.id);
    throw new Error(problem);
  }
  delivery.deliver(wanted, made.id, made.token);
  return made;
}

/** What the file does not say stays as it was: a new token is not wider than the one before by oversight. */
const wantedConstraints = (step: Step): object | undefined => step.wanted.constraints ?? currentOf(step)?.constraints;

const currentOf = (step: Step): AuthorizationJson | undefined => ('current' in step ? step.current : undefined);

function momentOf(step: Step): string | undefined {
  const { expiry, renewBeforeMs } = step.wanted;
  if (expiry !== undefined) return expiry.kind === 'moment' ? new Date(expiry.atMs).toISOString() : undefined;
  const before = renewBeforeMs === undefined ? currentOf(step)?.expiresAt : undefined;
  return before !== undefined && Date.parse(before) > Date.now() ? before : undefined;
}

/** The server may give less than was asked for, and then the next run would ask again. */
function findProblem(made: AuthorizationJson, step: Step): string | undefined {
  const { wanted, permissions } = step;
  if (made.name === undefined) return NO_NAMES;
  if (wanted.expiry?.kind === 'never' && made.expiresAt !== undefined) return 'the organization limits the lifetime of its tokens';
  if (canonical(made.constraints) !== canonical(wantedConstraints(step))) {
    return `the server makes of its constraints ${canonical(made.constraints) || 'none'}: write them so`;
  }
  const held = new Set(made.permissions.map(keyOf));
  const isSame = held.size === permissions.length && permissions.every((each) => held.has(keyOf(each)));
  return isSame ? undefined : 'the server grants other rights than these: perhaps you hold them within the organization only (no */)';
}
