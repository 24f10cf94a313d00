/** Queries run: statements one after the other, each with pieces of its result as they become ready. */
import { DomainError } from '../../domain/errors.js';
import type { ResultSeries, StatementResult } from '../../domain/influxql-result.js';
import { MemoryAccount } from '../flux/execute/memory.js';
import { type CompiledSelect, compileSelect } from './compile/compile.js';
import type { InfluxqlEnvironment } from './environment.js';
import { columnNames } from './execute/column-names.js';
import { showCardinality } from './execute/cardinality.js';
import { deletePoints, dropMeasurement } from './execute/delete.js';
import { emitBlocks } from './execute/emit.js';
import { explainPlan, explainRun } from './execute/explain.js';
import { WindowBudget } from './execute/fill.js';
import { prepareSelect } from './execute/prepare.js';
import { runSelect } from './execute/select.js';
import {
  showDatabases,
  showFieldKeys,
  showMeasurements,
  showRetentionPolicies,
  showSeries,
  showTagKeys,
  showTagValues,
} from './execute/show.js';
import type { PreparedSelect } from './execute/source.js';
import { type Defaults, Targets } from './execute/targets.js';
import { Turns } from './execute/turns.js';
import type { Select, Statement } from './syntax/ast.js';

export interface RunOptions extends Defaults {
  /** Rows of a piece of a result. */
  readonly rowsPerPiece: number;
  /** Whether the engine may reduce points before it hands them over, which makes no difference but for speed. */
  readonly pushesDown?: boolean;
}

/**
 * Runs the statements of a query. What goes wrong with a statement stands in its result; those after it are not carried out then.
 * Statements that remove points have no result.
 *
 * @throws whatever is no DomainError, and the reason of the environment's signal
 */
export async function* runQuery(
  statements: readonly Statement[],
  environment: InfluxqlEnvironment,
  options: RunOptions,
): AsyncGenerator<StatementResult, void, undefined> {
  for (const [statementId, statement] of statements.entries()) {
    try {
      environment.signal.throwIfAborted();
      yield* runStatement(statement, statementId, environment, options);
    } catch (error) {
      if (!(error instanceof DomainError) || environment.signal.aborted) throw error;
      yield { ...failure(statementId, error.message), cause: error };
      for (let rest = statementId + 1; rest < statements.length; rest++) yield failure(rest, 'not executed');
      return;
    }
  }
}

const failure = (statementId: number, error: string): StatementResult => ({ statementId, series: undefined, isPartial: false, error });

const shown = (statementId: number, series: ResultSeries | undefined): StatementResult => ({
  statementId,
  series,
  isPartial: false,
  error: undefined,
});

async function* runStatement(
  statement: Statement,
  statementId: number,
  environment: InfluxqlEnvironment,
  options: RunOptions,
): AsyncGenerator<StatementResult, void, undefined> {
  const targets = new Targets(environment, options);
  const context = { environment, targets, defaults: options };
  switch (statement.kind) {
    case 'select':
      yield* select(statement, statementId, environment, targets, options);
      return;
    case 'showDatabases':
      yield shown(statementId, await showDatabases(context));
      return;
    case 'showRetentionPolicies':
      yield shown(statementId, await showRetentionPolicies(context, statement));
      return;
    case 'showMeasurements':
      yield shown(statementId, await showMeasurements(context, statement));
      return;
    case 'showTagKeys':
      yield* each(statementId, await showTagKeys(context, statement));
      return;
    case 'showTagValues':
      yield* each(statementId, await showTagValues(context, statement));
      return;
    case 'showFieldKeys':
      yield* each(statementId, await showFieldKeys(context, statement));
      return;
    case 'showSeries':
      yield shown(statementId, await showSeries(context, statement));
      return;
    case 'showCardinality':
      yield* each(statementId, await showCardinality(context, statement));
      return;
    case 'delete':
      yield* refused(statementId, await deletePoints(context, statement));
      return;
    case 'dropMeasurement':
      yield* refused(statementId, await dropMeasurement(context, statement.name));
      return;
    case 'explain':
      yield shown(
        statementId,
        statement.analyze
          ? await analyze(statement.statement, environment, targets, options)
          : explainPlan((await makeReady(statement.statement, environment, targets)).prepared),
      );
      return;
    case 'unsupported':
      throw new DomainError('not implemented', `not implemented: ${statement.name}`);
  }
}

function* each(statementId: number, all: readonly ResultSeries[]): Generator<StatementResult, void, undefined> {
  if (all.length === 0) yield shown(statementId, undefined);
  for (const series of all) yield shown(statementId, series);
}

function* refused(statementId: number, message: string | undefined): Generator<StatementResult, void, undefined> {
  if (message !== undefined) yield failure(statementId, message);
}

/** What InfluxDB keeps for itself under names of measurements, and how one asks for it. */
const SYSTEM_SOURCES: Readonly<Record<string, string>> = {
  _fieldKeys: 'SHOW FIELD KEYS',
  _measurements: 'SHOW MEASUREMENTS',
  _series: 'SHOW SERIES',
  _tagKeys: 'SHOW TAG KEYS',
  _tags: 'SHOW TAG VALUES',
};

interface Ready {
  readonly compiled: CompiledSelect;
  readonly prepared: PreparedSelect;
}

async function makeReady(statement: Select, environment: InfluxqlEnvironment, targets: Targets): Promise<Ready> {
  for (const source of statement.sources) {
    if (source.kind === 'measurement' && Object.hasOwn(SYSTEM_SOURCES, source.name)) {
      const command = SYSTEM_SOURCES[source.name] as string;
      throw new DomainError('invalid', `unable to use system source '${source.name}': use ${command} instead`);
    }
  }
  await targets.loadSelect(statement);
  const compiled = compileSelect(statement, environment.nowNs);
  return { compiled, prepared: await prepareSelect(environment, targets, compiled) };
}

async function* select(
  statement: Select,
  statementId: number,
  environment: InfluxqlEnvironment,
  targets: Targets,
  options: RunOptions,
): AsyncGenerator<StatementResult, void, undefined> {
  const ready = await makeReady(statement, environment, targets);
  if (statement.hasTarget) throw new DomainError('not implemented', 'not implemented: SELECT INTO');
  yield* execute(ready, statementId, environment, options);
}

async function* execute(
  { compiled, prepared }: Ready,
  statementId: number,
  environment: InfluxqlEnvironment,
  { rowsPerPiece, pushesDown = true }: RunOptions,
): AsyncGenerator<StatementResult, void, undefined> {
  const memory = new MemoryAccount(environment.memoryBytesMax, environment.memoryPool);
  const context = {
    environment,
    memory,
    turns: new Turns(environment.signal, environment.pulse),
    windowBudget: new WindowBudget(),
    pushesDown,
  };
  const { startNs, endNs, zone } = prepared;
  try {
    yield* emitBlocks(runSelect(context, prepared, { startNs, endNs, dimensions: [] }), {
      statementId,
      timeColumn: compiled.timeColumn,
      columns: columnNames(prepared.fields),
      zone,
      rowsPerPiece,
    });
  } finally {
    memory.close();
  }
}

/** Runs a statement for how long it takes; its rows are not shown. */
async function analyze(statement: Select, environment: InfluxqlEnvironment, targets: Targets, options: RunOptions): Promise<ResultSeries> {
  const beganAtMs = performance.now();
  const ready = await makeReady(statement, environment, targets);
  const plannedAtMs = performance.now();
  let rowCount = 0;
  for await (const { series } of execute(ready, 0, environment, options)) rowCount += series?.rowCount ?? 0;
  return explainRun({ planMs: plannedAtMs - beganAtMs, runMs: performance.now() - plannedAtMs, rowCount });
}
