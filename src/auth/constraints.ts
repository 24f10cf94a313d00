/** The constraints of authorizations: what may be asked for, and that nobody who is constrained makes or takes over a wider one. */
import type { Actor } from '../domain/actor.js';
import { grantedBy, type Authorization } from '../domain/authorization.js';
import { someConstraints, type Constraints } from '../domain/constraints.js';
import { forbidden, invalid } from '../domain/errors.js';
import { formatPermission, type Permission } from '../domain/permission.js';
import { checkBound, isAtLeastAsLate } from '../domain/time-bound.js';
import { permissionsOf } from './authorize.js';
import { areWithin, checkNetworks } from './networks.js';

const NETWORKS_MAX = 100;
const RATE_MAX = 1_000_000;
/** Measurements, keys and values of one authorization: each read of a bucket compares with those of its permissions. */
const MATCHED_TEXTS_MAX = 1_000;
const MATCHED_TEXT_LENGTH_MAX = 1_024;
/** These name no tags. */
const NO_TAGS = ['_measurement', '_field', '_value', '_time', 'time'];

/** @throws DomainError `invalid` */
function check({ cidrs, requestsPerSecond, burst, writtenBytesPerDay, readSince, readUntil }: Constraints): void {
  if (cidrs !== undefined) {
    if (cidrs.length === 0 || cidrs.length > NETWORKS_MAX) throw invalid(`cidrs must hold 1 to ${NETWORKS_MAX} networks`);
    checkNetworks(cidrs);
  }
  if (requestsPerSecond !== undefined && !(requestsPerSecond >= 0.001 && requestsPerSecond <= RATE_MAX)) {
    throw invalid(`requestsPerSecond must be a number from 0.001 to ${RATE_MAX}`);
  }
  if (burst !== undefined && requestsPerSecond === undefined) throw invalid('burst needs requestsPerSecond');
  if (burst !== undefined && !(burst >= 1 && burst <= RATE_MAX)) throw invalid(`burst must be a whole number from 1 to ${RATE_MAX}`);
  if (writtenBytesPerDay !== undefined && writtenBytesPerDay < 1) throw invalid('writtenBytesPerDay must be at least 1');
  if (readSince !== undefined) checkBound(readSince, 'readSince');
  if (readUntil !== undefined) checkBound(readUntil, 'readUntil');
  if (readSince !== undefined && readUntil !== undefined && isAtLeastAsLate(readSince, readUntil)) {
    throw invalid('readSince must be before readUntil');
  }
}

/**
 * Those of a new authorization. One that is made with a constrained token has the networks and the window of time of that token, or narrower
 * ones that it states; limits of requests and bytes could be multiplied by making more tokens, and so are not passed on at all.
 *
 * @returns undefined for none
 * @throws DomainError `invalid`; `forbidden` for wider ones than the actor's
 */
export function constraintsOfNew(actor: Actor, requested: Constraints | undefined): Constraints | undefined {
  if (requested !== undefined) check(requested);
  const held = actor.kind === 'token' ? actor.constraints : undefined;
  if (held === undefined) return someConstraints(requested);
  guardLimits(held);
  const { cidrs = held.cidrs, readSince = held.readSince, readUntil = held.readUntil } = requested ?? {};
  if (held.cidrs !== undefined && cidrs !== undefined && !areWithin(cidrs, held.cidrs))
    throw forbidden('cidrs are wider than those of your token');
  return someConstraints({ ...requested, cidrs, readSince, readUntil });
}

function guardLimits({ requestsPerSecond, writtenBytesPerDay }: Constraints): void {
  if (requestsPerSecond === undefined && writtenBytesPerDay === undefined) return;
  throw forbidden('a token with a limit of requests or bytes cannot make or take over other tokens');
}

/** Its secret would give the actor more than it holds. InfluxDB does not ask for this. */
export function guardHeld(actor: Actor, authorization: Authorization): void {
  const missing = permissionsOf(actor).firstMissing(grantedBy(authorization));
  if (missing !== undefined) throw forbidden(`this authorization holds ${formatPermission(missing)}, which yours does not`);
  if (actor.kind !== 'token' || actor.constraints === undefined || actor.authorizationId === authorization.id) return;
  guardLimits(actor.constraints);
  const { cidrs } = actor.constraints;
  if (cidrs === undefined || areWithin(authorization.constraints?.cidrs ?? ['::/0', '0.0.0.0/0'], cidrs)) return;
  throw forbidden('this authorization may be used from other networks than yours');
}

/** A password opens all that its user may do, from anywhere. @throws DomainError `forbidden` */
export function guardUnconstrained(actor: Actor): void {
  if (actor.kind === 'token' && actor.constraints !== undefined) throw forbidden('a token with constraints cannot set passwords');
}

/** @throws DomainError `invalid` */
export function checkMatches(permissions: readonly Pick<Permission, 'resource' | 'match'>[]): void {
  let count = 0;
  for (const { resource, match } of permissions) {
    if (match === undefined) continue;
    if (resource.type !== 'buckets') throw invalid('match is for permissions of buckets only');
    const { measurement, tags = {} } = match;
    const lists = [...(measurement === undefined ? [] : [measurement]), ...Object.values(tags)];
    if (lists.length === 0) throw invalid('match must name measurements or tags');
    if (lists.some((list) => list.length === 0)) throw invalid('match must not hold an empty list: it would match nothing');
    const texts = [...lists.flat(), ...Object.keys(tags)];
    if (texts.some((text) => text === '' || text.length > MATCHED_TEXT_LENGTH_MAX)) {
      throw invalid(`measurements and tags of a match must have 1 to ${MATCHED_TEXT_LENGTH_MAX} characters`);
    }
    const other = Object.keys(tags).find((key) => NO_TAGS.includes(key));
    if (other !== undefined) throw invalid(`${other} is no tag; a match names measurements under "measurement"`);
    count += texts.length;
  }
  if (count > MATCHED_TEXTS_MAX)
    throw invalid(`the matches of an authorization can hold ${MATCHED_TEXTS_MAX} measurements and tags at the most`);
}
