/**
 * From what a script says to how it runs: steps that storage can do are pushed down into the read, under the conditions under which
 * InfluxDB does so (query/stdlib/influxdata/influxdb/rules.go). The conditions show in answers: columns of a pushed aggregate stand in
 * another order than those of one that runs over tables.
 */
import { fluxError } from '../language/errors.js';
import { INFINITE } from '../language/duration.js';
import type { FunctionDefinition } from '../language/value.js';
import { aggregateWindowOperator } from '../stdlib/universe/aggregate-window.js';
import { filterOperator } from '../stdlib/universe/filter.js';
import { sortLimitOperator } from '../stdlib/universe/sort-limit.js';
import { requireBounds } from '../stdlib/universe/window.js';
import type { ReadShape, ReadSpec, SpecOf, WindowShape, WindowSpec } from './node.js';
import type { RunnableNode } from '../execute/runnable-node.js';
import { isNode } from './node.js';
import { allOf, isTrivialFilter, splitFilter } from './predicate.js';
import { readSource } from '../execute/read.js';

const DEFAULT_VALUE = '_value';

/** Plans the streams that lead to `roots`. Steps that several streams share stay shared. */
export function pushDown(roots: readonly RunnableNode[]): RunnableNode[] {
  return new Planner(roots).plan();
}

class Planner {
  private readonly consumerCount = new Map<RunnableNode, number>();
  private readonly planned = new Map<RunnableNode, RunnableNode>();
  private readonly roots: readonly RunnableNode[];

  constructor(roots: readonly RunnableNode[]) {
    this.roots = roots;
    const seen = new Set<RunnableNode>();
    const visit = (node: RunnableNode): void => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const input of node.inputs) {
        this.consumerCount.set(input, (this.consumerCount.get(input) ?? 0) + 1);
        visit(input);
      }
    };
    for (const root of roots) visit(root);
  }

  plan(): RunnableNode[] {
    return this.roots.map((root) => this.physical(root));
  }

  private physical(node: RunnableNode): RunnableNode {
    let result = this.planned.get(node);
    if (result === undefined) {
      const inputs = node.inputs.map((input) => this.physical(input));
      const changed = inputs.some((input, i) => input !== node.inputs[i]);
      const current = changed ? { ...node, inputs } : node;
      result = this.rewrite(current);
      this.planned.set(node, result);
      // A step counts as used as often as the one that it stands for.
      this.consumerCount.set(result, this.consumerCount.get(node) ?? 0);
    }
    return result;
  }

  /** Whether nothing but one step takes what a step makes. */
  private hasOneConsumer(node: RunnableNode | undefined): boolean {
    return node !== undefined && (this.consumerCount.get(node) ?? 0) <= 1;
  }

  private rewrite(node: RunnableNode): RunnableNode {
    const [input] = node.inputs;
    switch (node.spec.kind) {
      case 'range':
        return isNode(input, 'from') && this.hasOneConsumer(input)
          ? read(node, {
              kind: 'read',
              bucket: input.spec.bucket,
              range: node.spec.range,
              follows: node.spec.follows,
              predicate: undefined,
              shape: { kind: 'series' },
            })
          : node;
      case 'filter':
        return this.rewriteFilter(node);
      case 'group':
        return this.rewriteGroup(node);
      case 'aggregate': {
        const { method, columns } = node.spec;
        return columns.length === 1 && columns[0] === DEFAULT_VALUE ? this.rewriteAggregate(node, method) : node;
      }
      case 'selector':
        return node.spec.column === DEFAULT_VALUE ? this.rewriteAggregate(node, node.spec.method) : node;
      case 'fillEmpty':
        return this.rewriteFillEmpty(node);
      case 'window':
        return this.rewriteWindow(node);
      case 'distinct':
        return this.rewriteDistinct(node);
      case 'limit':
        return this.rewriteLimit(node, node.spec);
      default:
        return node;
    }
  }

  private rewriteLimit(node: RunnableNode, { count, offset }: SpecOf<'limit'>): RunnableNode {
    const [input] = node.inputs;
    // A limit of nothing leaves empty tables, which neither storage nor a sort that drops rows makes.
    if (count <= 0 || offset !== 0) return node;
    const series = this.seriesRead(input);
    if (series !== undefined) return read(node, { ...series, shape: { kind: 'series', limit: { count, offset } } });
    if (isNode(input, 'read') && input.spec.shape.kind === 'tag values' && this.hasOneConsumer(input)) {
      const { shape } = input.spec;
      return read(node, { ...input.spec, shape: { ...shape, first: Math.min(count, shape.first ?? count) } });
    }
    if (!isNode(input, 'sort') || !this.hasOneConsumer(input)) return node;
    const { columns, descending } = input.spec;
    return {
      ...node,
      spec: { kind: 'operator' },
      inputs: input.inputs,
      create: (run) => sortLimitOperator(run.memory, { columns, descending, count }),
    };
  }

  /** The read that a step stands directly upon, where it is one of whole series. */
  private seriesRead(input: RunnableNode | undefined): (ReadSpec & { shape: Extract<ReadShape, { kind: 'series' }> }) | undefined {
    if (!isNode(input, 'read') || !this.hasOneConsumer(input)) return undefined;
    const { shape } = input.spec;
    return shape.kind === 'series' && shape.limit === undefined ? { ...input.spec, shape } : undefined;
  }

  private rewriteFilter(node: RunnableNode): RunnableNode {
    if (node.spec.kind !== 'filter') return node;
    const { fn, keepEmpty } = node.spec;
    const [input] = node.inputs;
    if (isTrivialFilter(fn) && this.hasOneConsumer(input)) return input as RunnableNode;
    const series = this.seriesRead(input);
    if (series === undefined || keepEmpty) return node;
    const parts = splitFilter(fn);
    if (parts?.pushed === undefined) return node;
    const narrowed = read(input as RunnableNode, { ...series, predicate: allOf(series.predicate, parts.pushed) });
    if (parts.rest === undefined) return { ...narrowed, site: node.site };
    this.consumerCount.set(narrowed, 1);
    // The storage has finally decided the rest: it does not treat a missing tag as null.
    const rest = (fn.definition as FunctionDefinition).withBody(parts.rest);
    return {
      ...node,
      inputs: [narrowed],
      spec: { kind: 'filter', fn: rest, keepEmpty },
      create: (run) => filterOperator(run, rest, keepEmpty),
    };
  }

  private rewriteGroup(node: RunnableNode): RunnableNode {
    if (node.spec.kind !== 'group') return node;
    const { mode, columns } = node.spec;
    const [input] = node.inputs;
    // Of two groups only the second counts.
    if (isNode(input, 'group') && this.hasOneConsumer(input)) {
      return this.rewriteGroup({ ...node, inputs: input.inputs });
    }
    const series = this.seriesRead(input);
    if (series === undefined || mode !== 'by' || columns.includes('_time') || columns.includes(DEFAULT_VALUE)) return node;
    return read(node, { ...series, shape: { kind: 'group', columns } });
  }

  private rewriteAggregate(node: RunnableNode, method: WindowShape['method']): RunnableNode {
    const [input] = node.inputs;
    const series = this.seriesRead(input);
    if (series !== undefined) return read(node, { ...series, shape: { kind: 'aggregate', method } });
    if (isNode(input, 'read') && this.hasOneConsumer(input) && input.spec.shape.kind === 'group') {
      const { shape } = input.spec;
      if (shape.method !== undefined) return node;
      return read(node, { ...input.spec, shape: { ...shape, method } });
    }
    if (isNode(input, 'window') && this.hasOneConsumer(input)) {
      const windowed = this.seriesRead(input.inputs[0]);
      const { window, createEmpty } = input.spec;
      if (windowed === undefined || !isPushable(input.spec)) return node;
      return read(node, {
        ...windowed,
        shape: { kind: 'window', method, window, createEmpty, timeColumn: undefined, forceAggregate: false },
      });
    }
    return node;
  }

  private rewriteFillEmpty(node: RunnableNode): RunnableNode {
    const [input] = node.inputs;
    const windowed = this.windowRead(input);
    if (windowed === undefined) return node;
    return read(input as RunnableNode, { ...windowed, shape: { ...windowed.shape, forceAggregate: true } });
  }

  private windowRead(input: RunnableNode | undefined): (ReadSpec & { shape: WindowShape }) | undefined {
    if (!isNode(input, 'read') || !this.hasOneConsumer(input) || input.spec.shape.kind !== 'window') return undefined;
    return { ...input.spec, shape: input.spec.shape };
  }

  /** `duplicate |> window(every: inf)` puts windows together again. */
  private rewriteWindow(node: RunnableNode): RunnableNode {
    const [copy] = node.inputs;
    if (node.spec.kind !== 'window' || !isWholeRange(node.spec)) return node;
    if (!isNode(copy, 'columns') || !this.hasOneConsumer(copy)) return node;
    const { mutation } = copy.spec;
    if (mutation.op !== 'duplicate' || mutation.as !== '_time') return node;
    const timeColumn = mutation.column;
    if (timeColumn !== '_start' && timeColumn !== '_stop') return node;
    const [source] = copy.inputs;
    const windowed = this.windowRead(source);
    if (windowed !== undefined) {
      return windowed.shape.timeColumn === undefined ? read(node, { ...windowed, shape: { ...windowed.shape, timeColumn } }) : node;
    }
    return this.rewriteAggregateWindow(node, source, timeColumn);
  }

  private rewriteAggregateWindow(node: RunnableNode, source: RunnableNode | undefined, timeColumn: '_start' | '_stop'): RunnableNode {
    const aggregate = isNode(source, 'fillEmpty') && this.hasOneConsumer(source) ? source.inputs[0] : source;
    if (!isNode(aggregate, 'aggregate') || !this.hasOneConsumer(aggregate)) return node;
    const { method, columns } = aggregate.spec;
    const [windows] = aggregate.inputs;
    const [column] = columns;
    if (column === undefined || columns.length !== 1 || !isNode(windows, 'window') || !this.hasOneConsumer(windows)) return node;
    const spec = windows.spec;
    if (!hasDefaultColumns(spec) || spec.window.isInfinite) return node;
    const range = requireBounds(windows.bounds);
    return {
      ...node,
      // The planner has made the step: its errors name no place in the script.
      site: node.site && { ...node.site, location: undefined },
      inputs: windows.inputs,
      create: (run) => aggregateWindowOperator(run, spec, method, column, timeColumn, range),
      spec: { kind: 'operator' },
    };
  }

  /** `keys |> keep |> distinct` and `keep |> group |> distinct` ask for the schema. */
  private rewriteDistinct(node: RunnableNode): RunnableNode {
    if (node.spec.kind !== 'distinct') return node;
    const { column } = node.spec;
    const [input] = node.inputs;
    if (!this.hasOneConsumer(input)) return node;
    if (isNode(input, 'columns')) {
      const [keys] = input.inputs;
      if (!keepsOnly(input, column) || !isNode(keys, 'keys') || keys.spec.column !== column || !this.hasOneConsumer(keys)) return node;
      const series = this.seriesRead(keys.inputs[0]);
      return series === undefined ? node : read(node, { ...series, shape: { kind: 'tag keys' } });
    }
    if (isNode(input, 'group') && input.spec.mode === 'by' && input.spec.columns.length === 0) {
      const [kept] = input.inputs;
      if (!isNode(kept, 'columns') || !keepsOnly(kept, column) || !this.hasOneConsumer(kept)) return node;
      if (column === '_time' || column === '_start' || column === '_stop' || column === DEFAULT_VALUE) return node;
      const series = this.seriesRead(kept.inputs[0]);
      return series === undefined ? node : read(node, { ...series, shape: { kind: 'tag values', key: column } });
    }
    return node;
  }
}

function keepsOnly(node: RunnableNode, column: string): boolean {
  if (node.spec.kind !== 'columns') return false;
  const { mutation } = node.spec;
  return mutation.op === 'keep' && mutation.columns?.length === 1 && mutation.columns[0] === column;
}

const hasDefaultColumns = ({ timeColumn, startColumn, stopColumn }: WindowSpec): boolean =>
  timeColumn === '_time' && startColumn === '_start' && stopColumn === '_stop';

const isPushable = (spec: WindowSpec): boolean => spec.isPlain && hasDefaultColumns(spec);

const isWholeRange = (spec: WindowSpec): boolean =>
  spec.window.every.equals(INFINITE) && spec.window.period.equals(INFINITE) && hasDefaultColumns(spec) && !spec.createEmpty;

function read(node: RunnableNode, spec: ReadSpec): RunnableNode {
  return { spec, inputs: [], site: node.site, bounds: node.bounds, produce: readSource(spec) };
}

/** @throws DomainError for a read that has no range, or an empty one */
export function checkReads(roots: readonly RunnableNode[]): void {
  const seen = new Set<RunnableNode>();
  const visit = (node: RunnableNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.spec.kind === 'from') {
      const { name, id } = node.spec.bucket;
      throw fluxError(`cannot submit unbounded read to "${name ?? id ?? ''}"; try bounding 'from' with a call to 'range'`);
    }
    node.inputs.forEach(visit);
  };
  roots.forEach(visit);
}
