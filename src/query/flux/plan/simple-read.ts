/**
 * Scripts that are one read of storage and nothing else, as most of those are that ask for little: such a plan can be kept, sent to another
 * thread, and run there at another time.
 */
import type { Predicate } from '../../../domain/series.js';
import { Duration } from '../language/duration.js';
import type { Location } from '../language/window.js';
import { Window } from '../language/window.js';
import type { BucketReference, FollowsNow, PlanNode, ReadSpec, WindowShape } from './node.js';

/** Made of plain data. */
export interface SimpleRead {
  /** Of the result. */
  readonly name: string;
  readonly bucket: BucketReference;
  /** Nanoseconds; of a bound that follows `now`, its distance from it. */
  readonly startNs: bigint;
  readonly stopNs: bigint;
  readonly follows: FollowsNow;
  readonly predicate: Predicate | undefined;
  readonly shape: SimpleShape;
}

type SimpleShape =
  | Extract<ReadSpec['shape'], { kind: 'series' | 'aggregate' }>
  | (Omit<WindowShape, 'window'> & { readonly window: { readonly everyNs: bigint; readonly periodNs: bigint; readonly zeroNs: bigint } });

/** Comparisons of a predicate. */
const PARTS_MAX = 50;
const UTC: Location = { zone: undefined, offset: Duration.ofNs(0n) };

export function simpleReadOf(name: string, root: PlanNode, nowNs: bigint): SimpleRead | undefined {
  const node = root.spec.kind === 'yield' ? root.inputs[0] : root;
  if (node?.spec.kind !== 'read' || node.inputs.length > 0) return undefined;
  const { bucket, range, follows, predicate, shape } = node.spec;
  const simple = simpleShapeOf(shape);
  if (simple === undefined || (predicate !== undefined && partsOf(predicate) > PARTS_MAX)) return undefined;
  return {
    name,
    bucket,
    startNs: follows.start ? range.startNs - nowNs : range.startNs,
    stopNs: follows.stop ? range.stopNs - nowNs : range.stopNs,
    follows,
    predicate,
    shape: simple,
  };
}

function simpleShapeOf(shape: ReadSpec['shape']): SimpleShape | undefined {
  if (shape.kind === 'series' || shape.kind === 'aggregate') return shape;
  if (shape.kind !== 'window') return undefined;
  const { window, ...rest } = shape;
  const { every, period, firstStartNs } = window;
  if (every.months !== 0 || period.months !== 0 || window.isInfinite || window.isZoned) return undefined;
  return { ...rest, window: { everyNs: every.ns, periodNs: period.ns, zeroNs: firstStartNs } };
}

/** How many comparisons it has; more than any limit where one is a pattern, which has to be compiled. */
function partsOf(predicate: Predicate): number {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.operands.reduce((sum, operand) => sum + partsOf(operand), 0);
    case 'not':
      return partsOf(predicate.operand);
    case 'match':
      return Infinity;
    default:
      return 1;
  }
}

/** What storage is asked for at another `now`. */
export function readSpecAt({ bucket, startNs, stopNs, follows, predicate, shape }: SimpleRead, nowNs: bigint): ReadSpec {
  const range = { startNs: follows.start ? nowNs + startNs : startNs, stopNs: follows.stop ? nowNs + stopNs : stopNs };
  return { kind: 'read', bucket, range, follows, predicate, shape: shapeOf(shape) };
}

function shapeOf(shape: SimpleShape): ReadSpec['shape'] {
  if (shape.kind !== 'window') return shape;
  const { everyNs, periodNs, zeroNs } = shape.window;
  return { ...shape, window: new Window(Duration.ofNs(everyNs), Duration.ofNs(periodNs), Duration.ofNs(zeroNs), UTC) };
}
