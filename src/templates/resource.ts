/** A resource that a template describes: what its own API is asked for, and how a summary and a diff show it. */
import { JsonObject } from '../wire/json.js';
import type { Fault } from './faults.js';
import type { Family, TemplateKind } from './kinds.js';
import type { Reference, Spec, Values } from './spec.js';

/** A value that may be given from outside, and the field in which it stands. */
export interface NamedReference {
  readonly field: string;
  readonly reference: Reference;
}

/** As summaries show one. */
export interface ShownReference {
  readonly resourceField: string;
  readonly envRefKey: string;
  readonly valueType: string;
  readonly value: unknown;
  readonly defaultValue: unknown;
}

export interface TemplateResource {
  readonly kind: TemplateKind;
  readonly family: Family;
  /** The name by which objects of the template name each other. */
  readonly metaName: string;
  readonly name: string;
  /** Meta names of the labels that are put on it, sorted. */
  readonly labels: readonly string[];
  readonly envReferences: readonly ShownReference[];
  /** The body of a request that makes it, without the organization; of a rule, without the endpoint. */
  readonly body: Values;
  /** Of a rule: the meta name of its endpoint. */
  readonly endpoint: string;
  /** What summaries show beside kind, names, ids and labels. */
  readonly summary: Values;
  readonly diff: Values;
}

/** What the parser of a family is given. */
export interface ParseContext {
  readonly kind: TemplateKind;
  readonly metaName: string;
  readonly name: string;
  readonly orgID: string;
  /** The environment references that are known. */
  readonly given: Values;
  readonly refer: (spec: Spec, field: string) => Reference;
}

export interface ParsedSpec {
  readonly body: Values;
  /** Within `spec`. */
  readonly faults: readonly Fault[];
  readonly references?: readonly NamedReference[];
  readonly endpoint?: string;
  readonly summary: Values;
  readonly diff: Values;
}

export type ParseSpec = (spec: Spec, context: ParseContext) => ParsedSpec;

/** The body of a request, as the decoders of kinds read it. */
export const requestBody = (members: Values): JsonObject => new JsonObject(members);

/** Without what has no value. */
export const withoutEmpty = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== 0 && value !== false));

/** @param lengthMin bytes, as in InfluxDB */
export const checkName = (name: string, lengthMin: number): readonly Fault[] =>
  Buffer.byteLength(name) >= lengthMin ? [] : [{ field: 'name', reason: `must be a string of at least ${lengthMin} chars in length` }];

export const STATUSES: readonly string[] = ['active', 'inactive'];
