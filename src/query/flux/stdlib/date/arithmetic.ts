/** Moments from moments: `add`, `sub`, `truncate`, `time`, and `scale` for durations. */
import { Duration } from '../../language/duration.js';
import { Time } from '../../language/value.js';
import type { Location } from '../../language/window.js';
import { Window } from '../../language/window.js';
import { native } from '../native.js';
import { localMoment, locationArgument, momentArgument } from './moment.js';

const NOTHING = Duration.ofNs(0n);

/** By the calendar at the location: a day later is the same time of day there. */
export function addInLocation(ns: bigint, duration: Duration, { zone, offset }: Location): bigint {
  const shifted = offset.addTo(ns);
  const added = zone === undefined ? duration.addTo(shifted) : zone.toUtc(duration.addTo(zone.toLocal(shifted)));
  return offset.negated().addTo(added);
}

export const truncateTo = (ns: bigint, unit: Duration, location: Location): bigint =>
  new Window(unit, unit, NOTHING, location).latest(ns).startNs;

export const add = native(
  (args, context) => new Time(addInLocation(momentArgument(args, 'to', context), args.duration('d'), locationArgument(args, context))),
);

export const sub = native(
  (args, context) =>
    new Time(addInLocation(momentArgument(args, 'from', context), args.duration('d').negated(), locationArgument(args, context))),
);

export const truncate = native(
  (args, context) => new Time(truncateTo(momentArgument(args, 't', context), args.duration('unit'), locationArgument(args, context))),
);

export const time = native((args, context) => new Time(localMoment(args, context)));

export const scale = native((args) => args.duration('d').times(args.int('n')));
