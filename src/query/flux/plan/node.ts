/** The plan of a stream: what each step does, before anything runs. */
import type { Predicate } from '../../../domain/series.js';
import type { CallSite } from '../language/call-site.js';
import type { FunctionValue } from '../language/value.js';
import type { Bounds, Window } from '../language/window.js';
import { intersectBounds } from '../language/window.js';

/** How a script names a bucket. */
export interface BucketReference {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
}

export type AggregateMethod = 'count' | 'sum' | 'mean';
export type SelectorMethod = 'first' | 'last' | 'min' | 'max';

export type ColumnMutation =
  | { readonly op: 'keep' | 'drop'; readonly columns: readonly string[] | undefined; readonly fn: FunctionValue | undefined }
  | { readonly op: 'rename'; readonly columns: ReadonlyMap<string, string> | undefined; readonly fn: FunctionValue | undefined }
  | { readonly op: 'duplicate'; readonly column: string; readonly as: string };

export interface WindowSpec {
  readonly window: Window;
  /** Whether the windows follow UTC without gaps or overlaps, so that storage can make them. */
  readonly isPlain: boolean;
  readonly timeColumn: string;
  readonly startColumn: string;
  readonly stopColumn: string;
  readonly createEmpty: boolean;
}

/** Which bounds of a range lie at a fixed distance from the query's `now`, and move with it. */
export interface FollowsNow {
  readonly start: boolean;
  readonly stop: boolean;
}

/** What storage is asked for, after steps have been pushed down into it. */
export interface ReadSpec {
  readonly kind: 'read';
  readonly bucket: BucketReference;
  readonly range: Bounds;
  readonly follows: FollowsNow;
  readonly predicate: Predicate | undefined;
  readonly shape: ReadShape;
}

export interface WindowShape {
  readonly kind: 'window';
  readonly method: AggregateMethod | SelectorMethod;
  readonly window: Window;
  readonly createEmpty: boolean;
  /** The bound of a window that becomes the time of its row; undefined leaves one table a window. */
  readonly timeColumn: '_start' | '_stop' | undefined;
  /** Selectors give a null for an empty window, too. */
  readonly forceAggregate: boolean;
}

export type ReadShape =
  | { readonly kind: 'series'; readonly limit?: { readonly count: number; readonly offset: number } | undefined }
  | { readonly kind: 'group'; readonly columns: readonly string[]; readonly method?: AggregateMethod | SelectorMethod | undefined }
  | { readonly kind: 'aggregate'; readonly method: AggregateMethod | SelectorMethod }
  | WindowShape
  | { readonly kind: 'tag keys' }
  | { readonly kind: 'cardinality' }
  | { readonly kind: 'tag values'; readonly key: string; readonly first?: number | undefined };

/** What a step does, as far as the planner looks into it; of the others it knows no more than that they are there (`operator`). */
export type Spec =
  | { readonly kind: 'from'; readonly bucket: BucketReference }
  | ReadSpec
  | { readonly kind: 'range'; readonly range: Bounds; readonly follows: FollowsNow }
  | { readonly kind: 'filter'; readonly fn: FunctionValue; readonly keepEmpty: boolean }
  | { readonly kind: 'group'; readonly mode: 'by' | 'except'; readonly columns: readonly string[] }
  | ({ readonly kind: 'window' } & WindowSpec)
  | { readonly kind: 'aggregate'; readonly method: AggregateMethod; readonly columns: readonly string[] }
  | { readonly kind: 'selector'; readonly method: SelectorMethod; readonly column: string }
  | { readonly kind: 'columns'; readonly mutation: ColumnMutation }
  | { readonly kind: 'fillEmpty' }
  | { readonly kind: 'keys'; readonly column: string }
  | { readonly kind: 'distinct'; readonly column: string }
  | { readonly kind: 'limit'; readonly count: number; readonly offset: number }
  | { readonly kind: 'sort'; readonly columns: readonly string[]; readonly descending: boolean }
  | { readonly kind: 'yield'; readonly name: string }
  | {
      readonly kind: 'to';
      readonly name: 'to' | 'wide-to';
      readonly bucket: BucketReference;
      /** That of the query, if any is named. */
      readonly organization: { readonly name: string | undefined; readonly id: string | undefined };
    }
  | { readonly kind: 'source' }
  /** `fault` is what is wrong with the step; it shows when the script is planned. */
  | { readonly kind: 'operator'; readonly fault?: string | undefined };

export type SpecOf<Kind extends Spec['kind']> = Extract<Spec, { kind: Kind }>;

export interface PlanNode {
  readonly spec: Spec;
  readonly inputs: readonly PlanNode[];
  /** The call in the script that made the step; names the place of an error while it runs. */
  readonly site: CallSite | undefined;
  /** The range of time that the step's rows lie in, where one is known. */
  readonly bounds: Bounds | undefined;
}

export const isNode = <Node extends PlanNode, Kind extends Spec['kind']>(
  node: Node | undefined,
  kind: Kind,
): node is Node & { spec: SpecOf<Kind> } => node?.spec.kind === kind;

/** The range that holds the rows of all inputs; undefined where one of them has none. */
export function unionBounds(inputs: readonly PlanNode[]): Bounds | undefined {
  let union: Bounds | undefined;
  for (const { bounds } of inputs) {
    if (bounds === undefined) return undefined;
    union =
      union === undefined
        ? bounds
        : {
            startNs: union.startNs < bounds.startNs ? union.startNs : bounds.startNs,
            stopNs: union.stopNs > bounds.stopNs ? union.stopNs : bounds.stopNs,
          };
  }
  return union;
}

export function boundsWithin(inputs: readonly PlanNode[], range: Bounds): Bounds {
  const outer = unionBounds(inputs);
  return outer === undefined ? range : intersectBounds(outer, range);
}
