/** The limits of a token in words, for pages and the command line. */
import type { Constraints } from '../domain/constraints.js';
import type { PointMatch } from '../domain/point-match.js';

/** A line for each limit; none where there is none. */
export function describeConstraints(constraints: Constraints = {}): string[] {
  const { cidrs, requestsPerSecond, burst, writtenBytesPerDay, readSince, readUntil } = constraints;
  const atOnce = burst === undefined ? '' : `, ${burst.toLocaleString('en')} at once`;
  return [
    cidrs && `only from ${cidrs.join(', ')}`,
    requestsPerSecond && `${requestsPerSecond.toLocaleString('en')} requests a second${atOnce}`,
    writtenBytesPerDay && `writes ${writtenBytesPerDay.toLocaleString('en')} bytes a day (UTC)`,
    readSince && `reads nothing older than ${bound(readSince)}`,
    readUntil && `reads nothing newer than ${bound(readUntil)}`,
  ].filter((line): line is string => typeof line === 'string');
}

const bound = (text: string): string => (/^\d{4}-/.test(text) ? text : `${text} ago`);

/** `measurement cpu or mem, site a or b`; empty where all points fit. */
export function describeMatch({ measurement, tags = {} }: Pick<PointMatch, 'measurement' | 'tags'> = {}): string {
  const named = Object.entries(tags).map(([key, values]) => `${key} ${values.join(' or ')}`);
  return [...(measurement === undefined ? [] : [`measurement ${measurement.join(' or ')}`]), ...named].join(', ');
}
