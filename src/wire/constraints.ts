/** What limits an authorization, and a permission of it, as the API shows it. InfluxDB has neither: without limits nothing is shown. */
import type { Constraints } from '../domain/constraints.js';
import type { PointMatch } from '../domain/point-match.js';
import type { JsonObject } from './json.js';

export type { Constraints, PointMatch };

const MEMBERS = ['cidrs', 'requestsPerSecond', 'burst', 'writtenBytesPerDay', 'readSince', 'readUntil'];
const MATCH_MEMBERS = ['measurement', 'tags'];

/** @throws DomainError `invalid`; an unknown member could be a misspelled limit */
export function decodeConstraints(json: JsonObject | undefined): Constraints | undefined {
  if (json === undefined) return undefined;
  json.onlyKnows(MEMBERS);
  return {
    cidrs: json.strings('cidrs'),
    requestsPerSecond: json.number('requestsPerSecond'),
    burst: json.integer('burst'),
    writtenBytesPerDay: json.integer('writtenBytesPerDay'),
    readSince: json.string('readSince'),
    readUntil: json.string('readUntil'),
  };
}

/** Member by member, in one order. */
export const encodeConstraints = ({ constraints: given }: { readonly constraints?: Constraints | undefined }) =>
  given === undefined
    ? {}
    : {
        constraints: {
          cidrs: given.cidrs,
          requestsPerSecond: given.requestsPerSecond,
          burst: given.burst,
          writtenBytesPerDay: given.writtenBytesPerDay,
          readSince: given.readSince,
          readUntil: given.readUntil,
        },
      };

/** @throws DomainError `invalid` */
export function decodeMatch(json: JsonObject | undefined): PointMatch | undefined {
  if (json === undefined) return undefined;
  json.onlyKnows(MATCH_MEMBERS);
  const measurement = json.strings('measurement');
  const tags = json.object('tags')?.entriesOfLists();
  return { ...(measurement !== undefined && { measurement }), ...(tags !== undefined && { tags: Object.fromEntries(tags) }) };
}

/** Bounds of time are the authorization's own, and are shown with it. */
export const encodeMatch = (match: PointMatch | undefined) => {
  if (match?.measurement === undefined && match?.tags === undefined) return {};
  return { match: { measurement: match.measurement, tags: match.tags } };
};
