/** Where the rows of a statement come from: measurements of buckets, and other statements. */
import type { BucketId } from '../../../domain/id.js';
import type { DataType, Expr, Field, Fill, VarRef } from '../syntax/ast.js';
import type { Interval } from '../compile/compile.js';
import type { Zone } from '../../flux/language/zone.js';
import { compareGroups, type Group } from './block.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { MeasurementSchema } from './measurement.js';
import type { GroupInputs } from './gather.js';
import { readGroups } from './read.js';
import type { ReadContext, ReadRequest } from './read-request.js';

export interface MeasurementSource {
  readonly kind: 'measurements';
  readonly bucketId: BucketId;
  readonly shardGroupDurationNs: bigint;
  /** Sorted by name. */
  readonly measurements: readonly MeasurementSchema[];
}

export interface SubquerySource {
  readonly kind: 'subquery';
  readonly statement: PreparedSelect;
}

export type PreparedSource = MeasurementSource | SubquerySource;

/** A statement that can be run: its sources are known, and what its names stand for. */
export interface PreparedSelect {
  readonly fields: readonly Field[];
  /** By what a query around it knows the fields; those that `top` and `bottom` add follow their function. */
  readonly outputs: readonly Output[];
  readonly sources: readonly PreparedSource[];
  readonly condition: Expr | undefined;
  /** Both ends are included. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Tags that are grouped by, in any order. */
  readonly dimensions: readonly string[];
  readonly interval: Interval;
  readonly fill: Fill;
  readonly ascending: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly seriesLimit: number;
  readonly seriesOffset: number;
  readonly zone: Zone | undefined;
}

export interface Output {
  readonly name: string;
  readonly expr: Expr;
  readonly type: DataType | undefined;
}

/** What a part of a statement reads, and how. */
export interface Scope {
  readonly sources: readonly PreparedSource[];
  readonly aux: readonly VarRef[];
  readonly condition: Expr | undefined;
  /** Both ends are included. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Sorted, each once. */
  readonly dimensions: readonly string[];
  readonly interval: Interval;
  readonly zone: Zone | undefined;
  readonly fill: Fill;
  readonly ascending: boolean;
  /** As many rows of each series are enough; undefined for all. */
  readonly rowsMax: number | undefined;
  /** The dimensions by which SLIMIT counts. */
  readonly limitDimensions: readonly string[];
  readonly seriesLimit: number;
  readonly seriesOffset: number;
}

/** The rows of a statement as a source of another, by groups. */
export type RunSubquery = (statement: PreparedSelect, driver: VarRef | undefined, scope: Scope) => AsyncIterable<GroupInputs>;

export const requestOf = (
  scope: Scope,
  { bucketId }: MeasurementSource,
  schema: MeasurementSchema,
  driver: VarRef | undefined,
): ReadRequest => ({ ...scope, bucketId, schema, driver });

/** The rows of all sources, group by group in the order that is asked for. */
export async function* readSources(
  context: ReadContext,
  scope: Scope,
  driver: VarRef | undefined,
  runSubquery: RunSubquery,
): AsyncGenerator<GroupInputs, void, undefined> {
  const streams = scope.sources.map((source) =>
    source.kind === 'subquery' ? runSubquery(source.statement, driver, scope) : readMeasurements(context, scope, source, driver),
  );
  const [only] = streams;
  if (streams.length === 1 && only !== undefined) yield* only;
  else yield* mergeGroups(streams, scope.ascending);
}

async function* readMeasurements(
  context: ReadContext,
  scope: Scope,
  source: MeasurementSource,
  driver: VarRef | undefined,
): AsyncGenerator<GroupInputs, void, undefined> {
  for (const schema of inOrder(source.measurements, scope.ascending)) yield* readGroups(context, requestOf(scope, source, schema, driver));
}

export const inOrder = <T>(items: readonly T[], ascending: boolean): readonly T[] => (ascending ? items : items.toReversed());

/** Groups of several streams in order; a group that several have is one. */
async function* mergeGroups(
  streams: readonly AsyncIterable<GroupInputs>[],
  ascending: boolean,
): AsyncGenerator<GroupInputs, void, undefined> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let next: Group | undefined;
      for (const head of heads) {
        if (head.done === true) continue;
        const { group } = head.value;
        if (next === undefined || (ascending ? compareGroups(group, next) < 0 : compareGroups(group, next) > 0)) next = group;
      }
      if (next === undefined) return;
      const parts: GroupInputs[] = [];
      for (const [i, head] of heads.entries()) {
        if (head.done === true || compareGroups(head.value.group, next) !== 0) continue;
        parts.push(head.value);
        heads[i] = await (iterators[i] as AsyncIterator<GroupInputs>).next();
      }
      yield {
        group: next,
        inputs: parts.flatMap(({ inputs }) => inputs),
        release: () => {
          for (const part of parts) part.release();
        },
      };
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** Tags by which rows are told apart: those of this statement and those of the query around it, sorted, each once. */
export const uniteDimensions = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort(compareUtf8);
