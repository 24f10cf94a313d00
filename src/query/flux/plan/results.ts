/** Which streams of a script are results, under which names, and what must hold of them before they are planned. */
import { fluxError } from '../language/errors.js';
import type { PlanNode } from './node.js';

export const BUILDING_PLAN = 'error in building plan while starting program';
export const INITIALIZING = 'failed to initialize execute state';
export const DEFAULT_RESULT_NAME = '_result';

/** All steps that lead to some. */
export function reachable<Node extends PlanNode & { readonly inputs: readonly Node[] }>(roots: readonly Node[]): Set<Node> {
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    node.inputs.forEach(visit);
  };
  roots.forEach(visit);
  return seen;
}

/** The streams that are results. A step that leads on to another result is none itself, unless it was yielded. */
export function resultRoots<Node extends PlanNode & { readonly inputs: readonly Node[] }>(streams: readonly Node[]): Node[] {
  const roots = [...new Set(streams)];
  const inner = new Set(roots.flatMap(({ inputs }) => [...reachable(inputs)]));
  return roots.filter((node) => node.spec.kind === 'yield' || !inner.has(node));
}

/** @throws DomainError for steps that cannot run */
export function checkSteps(roots: readonly PlanNode[]): void {
  for (const { spec } of reachable(roots)) {
    if (spec.kind === 'range' && spec.range.startNs >= spec.range.stopNs) throw fluxError('cannot query an empty range');
    if (spec.kind === 'operator' && spec.fault !== undefined) throw fluxError(spec.fault);
  }
}

/** @throws DomainError where two results have one name */
export function resultNames(roots: readonly PlanNode[]): string[] {
  const yielded = new Set<string>();
  for (const { spec } of reachable(roots)) {
    if (spec.kind !== 'yield') continue;
    if (yielded.has(spec.name)) throw fluxError(`${BUILDING_PLAN}: found more than one call to yield() with the name "${spec.name}"`);
    yielded.add(spec.name);
  }
  const numbers = stepNumbers(roots);
  const names: string[] = [];
  for (const root of roots) {
    const { spec } = root;
    const name = spec.kind === 'yield' ? spec.name : spec.kind === 'to' ? `${spec.name}${numbers.get(root) ?? 0}` : DEFAULT_RESULT_NAME;
    if (names.includes(name)) throw fluxError(`${INITIALIZING}: tried to produce more than one result with the name "${name}"`);
    names.push(name);
  }
  return names;
}

/** Steps numbered as InfluxDB numbers them: inputs first. The result of a `to` is named by it. */
function stepNumbers(roots: readonly PlanNode[]): Map<PlanNode, number> {
  const numbers = new Map<PlanNode, number>();
  const visit = (node: PlanNode): void => {
    if (numbers.has(node)) return;
    node.inputs.forEach(visit);
    numbers.set(node, numbers.size);
  };
  roots.forEach(visit);
  return numbers;
}
