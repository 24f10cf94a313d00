/** Package `timezone`: locations for calendars and clocks. */
import { Duration } from '../../language/duration.js';
import { PlainRecord } from '../../language/value.js';
import { Zone } from '../../language/zone.js';
import type { Package } from '../native.js';
import { UTC_LOCATION, constant, native } from '../native.js';

export const timezone: Package = {
  utc: constant(UTC_LOCATION),
  fixed: native((args) => PlainRecord.of({ zone: 'UTC', offset: args.required('offset') })),
  location: native((args) => {
    const zone = args.string('name');
    Zone.load(zone);
    return PlainRecord.of({ zone, offset: Duration.ofNs(0n) });
  }),
};
