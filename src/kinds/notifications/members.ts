/** Members that checks, notification endpoints and notification rules have in common. */
import { invalid } from '../../domain/errors.js';
import type { Owned } from '../../domain/kind.js';
import type { Operation } from '../kind.js';
import type { JsonObject } from '../../wire/json.js';

export type Status = 'active' | 'inactive';
export const STATUSES = ['active', 'inactive'] as const;

export const isStatus = (text: string): text is Status => (STATUSES as readonly string[]).includes(text);

/** @throws DomainError `invalid`, in InfluxDB's words */
export function checkStatus(text: string): Status {
  if (!isStatus(text)) throw invalid('invalid status: must be active or inactive');
  return text;
}

/** A change by PATCH. */
export interface Patch {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly status: Status | undefined;
}

/**
 * @param noun how InfluxDB calls the kind in its refusals
 * @throws DomainError `invalid`
 */
export function decodePatch(json: JsonObject, noun: string): Patch {
  const [name, description, status] = [json.string('name'), json.string('description'), json.string('status')];
  if (name === '') throw invalid(`${noun} Name can't be empty`);
  if (description === '') throw invalid(`${noun} Description can't be empty`);
  return { name, description, status: status === undefined ? undefined : checkStatus(status) };
}

/** Labels that are put on a new one. Those that are no ids of labels are ignored, as in InfluxDB. */
export const decodeLabels = (json: JsonObject): readonly string[] => json.strings('labels') ?? [];

/** For a body of which not even the type can be read; the reason stands alone where a member has a wrong type. */
export const undetectable =
  (noun: string) =>
  (reason: string): string =>
    /EOF$|^the body must be/.test(reason) ? `unable to detect the ${noun} type from json` : reason;

/** What answers with the script that its service generates. */
export function scriptOperation<T extends Owned>(noun: string, more: Pick<Operation<T>, 'alsoReads'> = {}): Operation<T> {
  return {
    method: 'GET',
    path: '/query',
    needs: ['read'],
    ...more,
    apply: () => {
      throw new Error(`the script of a ${noun} is made by its service`);
    },
    example: () => ({ path: '/query' }),
  };
}

/** The links of one. */
export const linksTo = (path: string, id: string): Readonly<Record<'self' | 'labels' | 'members' | 'owners', string>> => {
  const self = `${path}/${id}`;
  return { self, labels: `${self}/labels`, members: `${self}/members`, owners: `${self}/owners` };
};
