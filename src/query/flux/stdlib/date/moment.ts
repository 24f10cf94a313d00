/** The arguments that functions of dates share: a moment, and the place whose clocks show it. */
import { fluxError } from '../../language/errors.js';
import { Duration } from '../../language/duration.js';
import type { Location } from '../../language/window.js';
import { localNs } from '../../language/window.js';
import { Time, typeName } from '../../language/value.js';
import type { Arguments, CallContext } from '../native.js';
import { locationOf } from '../native.js';

/** A time, or a duration from now. */
export function momentArgument(args: Arguments, name: string, { nowNs }: CallContext): bigint {
  const value = args.required(name);
  if (value instanceof Time) return value.ns;
  if (value instanceof Duration) return value.addTo(nowNs);
  throw fluxError(`${value === null ? 'null' : typeName(value)} is not Timeable`);
}

export const locationArgument = (args: Arguments, { location }: CallContext): Location => locationOf(args.get('location') ?? location);

/** What the clocks at the location show, as if it were UTC. */
export const localMoment = (args: Arguments, context: CallContext): bigint =>
  localNs(momentArgument(args, 't', context), locationArgument(args, context));
