/** EXPLAIN: what a statement would read, source by source, in InfluxDB's words as far as there is something to say here. */
import type { ResultSeries } from '../../../domain/influxql-result.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { columnsOfCall } from '../compile/functions.js';
import { call, type Call, type Expr, type VarRef } from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import { listSeries, texts } from './emit.js';
import { isPartialAggregate } from './partials.js';
import { takeApart } from './select.js';
import { judgeSeries } from './series-filter.js';
import type { MeasurementSource, PreparedSelect } from './source.js';

export function explainPlan(statement: PreparedSelect): ResultSeries {
  const nodes = nodesOf(statement);
  const lines = nodes.flatMap((node, place) => (place === 0 ? node : ['', ...node]));
  return list('QUERY PLAN', lines.length === 0 ? [''] : lines);
}

function nodesOf(statement: PreparedSelect): string[][] {
  const { calls, references } = takeApart(statement.outputs.map(({ expr }) => expr));
  const aux = references.map(({ reference }) => reference).filter(({ type }) => type !== undefined);
  const reads =
    calls.length === 0
      ? [{ expression: undefined, aux }]
      : calls
          .filter(({ type }) => type !== undefined)
          .map(({ call: one }) => ({ expression: readBy(one), aux: [...columnsOfCall(one), ...(calls.length === 1 ? aux : [])] }))
          .sort((a, b) => compareUtf8(formatExpr(a.expression), formatExpr(b.expression)));
  const isRead = calls.length > 0 || aux.length > 0;
  return statement.sources.flatMap((source) => {
    if (source.kind === 'subquery') return nodesOf(source.statement);
    if (!isRead || source.measurements.length === 0) return [];
    return reads.map((read) => nodeOf(source, statement.condition, read.expression, read.aux));
  });
}

/** The innermost thing of a call that is read: an aggregate that is made series by series, or a field. */
function readBy(expr: Call): Expr {
  const [arg] = expr.args as readonly [Expr];
  if ((expr.name === 'top' || expr.name === 'bottom') && columnsOfCall(expr).length > 0) {
    return call(expr.name === 'top' ? 'max' : 'min', arg);
  }
  if (arg.kind === 'call') return readBy(arg);
  return isPartialAggregate(expr.name) ? expr : arg;
}

function nodeOf(source: MeasurementSource, condition: Expr | undefined, expression: Expr | undefined, aux: readonly VarRef[]): string[] {
  const fields = [...new Set(aux.map(formatExpr))];
  return [
    `EXPRESSION: ${expression === undefined ? '<nil>' : formatExpr(expression)}`,
    ...(fields.length === 0 ? [] : [`AUXILIARY FIELDS: ${fields.join(', ')}`]),
    `NUMBER OF SERIES: ${countSeries(source, condition)}`,
  ];
}

function countSeries({ measurements }: MeasurementSource, condition: Expr | undefined): number {
  let count = 0;
  for (const { series, fields } of measurements) {
    const isField = ({ name, type }: VarRef): boolean => (type === undefined ? fields.has(name) : type !== 'tag');
    for (const tags of series) if (condition === undefined || judgeSeries(condition, tags, isField) !== false) count++;
  }
  return count;
}

/** EXPLAIN ANALYZE: what became of a statement that was run. */
export function explainRun({
  planMs,
  runMs,
  rowCount,
}: {
  readonly planMs: number;
  readonly runMs: number;
  readonly rowCount: number;
}): ResultSeries {
  const show = (ms: number): string => (ms < 1 ? `${rounded(ms * 1000)}µs` : ms < 1000 ? `${rounded(ms)}ms` : `${rounded(ms / 1000)}s`);
  const facts = [
    `execution_time: ${show(runMs)}`,
    `planning_time: ${show(planMs)}`,
    `rows: ${rowCount}`,
    `total_time: ${show(planMs + runMs)}`,
  ];
  const branches = facts.map((fact, place) => `    ${place === facts.length - 1 ? '└──' : '├──'} ${fact}`);
  return list('EXPLAIN ANALYZE', ['.', '└── select', ...branches]);
}

/** To three places behind the point. */
const rounded = (value: number): string => String(Number(value.toFixed(3)));

const list = (column: string, lines: readonly string[]): ResultSeries => listSeries('', [[column, texts(lines)]], lines.length);
