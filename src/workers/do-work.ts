/** What a thread that works does for each kind of work: text in, encoded bytes out. */
import { DomainError } from '../domain/errors.js';
import type { StatementResult } from '../domain/influxql-result.js';
import type { MemoryPool } from '../query/flux/execute/memory.js';
import type { Pulse } from '../query/flux/execute/turn.js';
import type { FluxEnvironment } from '../query/flux/environment.js';
import { readCheckScript } from '../query/flux/alerts/check-script.js';
import { readFailingScript, readRuleScript } from '../query/flux/alerts/rule-script.js';
import { startFlux } from '../query/flux/evaluate.js';
import type { SimpleRead } from '../query/flux/plan/simple-read.js';
import type { File } from '../query/flux/syntax/ast.js';
import { textOfPackage } from '../query/flux/syntax/script.js';
import { analyzeScript } from '../query/flux/tools/analysis.js';
import { functionSuggestion, functionSuggestions } from '../query/flux/tools/suggestions.js';
import { readTaskScript } from '../query/flux/tools/task-script.js';
import { syntaxTreeOf } from '../query/flux/tools/syntax-tree.js';
import type { InfluxqlEnvironment } from '../query/influxql/environment.js';
import { runQuery } from '../query/influxql/run.js';
import { parseQuery } from '../query/influxql/syntax/statements.js';
import { encodeAnnotatedCsv, encodeCsvError, type CsvDialect, type NamedResult } from '../wire/annotated-csv.js';
import { decodeInfluxqlRequest } from '../wire/influxql-request.js';
import { encodeInfluxqlResults } from '../wire/influxql-response.js';
import { decodeJsonObject } from '../wire/json.js';
import { formatTemplate, parseTemplateText, parseYamlValue } from '../wire/template-text.js';
import { decodeAnalyzeRequest, decodeQueryRequest } from '../wire/query-request.js';
import type { DistantWorld } from './distant-world.js';
import { KEPT_BODY_BYTES_MAX } from './known-reads.js';
import type { Known, Work } from './messages.js';
import { splitPredicate } from './sent-predicate.js';

export interface Surroundings {
  readonly world: DistantWorld;
  readonly known: Known;
  readonly signal: AbortSignal;
  readonly pulse: Pulse;
  readonly memoryBytesMax: number;
  readonly memoryPool: MemoryPool | undefined;
  /** Told once, before the first bytes. */
  readonly setType: (contentType: string) => void;
  readonly onLateError: (error: unknown) => void;
  readonly onSimpleRead: (read: SimpleRead, dialect: CsvDialect) => void;
}

type Bytes = AsyncGenerator<Uint8Array, void, undefined>;

export function doWork(work: Work, surroundings: Surroundings): Bytes {
  switch (work.kind) {
    case 'flux':
      return runFlux(work, surroundings);
    case 'influxql':
      return runInfluxql(work, surroundings);
    case 'syntax tree':
      return json(async () => syntaxTreeOf(decodeJsonObject(work.body).string('query') ?? ''));
    case 'analysis':
      return json(() => analyzeScript(decodeAnalyzeRequest(textOf(work.body))));
    case 'task script':
      return json(() => readTaskScript(work.flux, work.edits));
    case 'check script':
      return json(() => readCheckScript(work.check));
    case 'rule script': {
      const { rule, endpoint } = work;
      return json(() => ('missing' in endpoint ? readFailingScript(rule, endpoint.missing) : readRuleScript(rule, endpoint)));
    }
    case 'template':
      return json(() => Promise.resolve(parseTemplateText(work.text)));
    case 'template format':
      return piece(() => Promise.resolve(formatTemplate(work.objects)));
    case 'yaml':
      return json(() => Promise.resolve(parseYamlValue(work.text) ?? null));
    case 'suggestions':
      return json(() => suggest(work.name));
  }
}

const textOf = (body: Uint8Array): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');

async function* json(make: () => Promise<unknown>): Bytes {
  yield Buffer.from(JSON.stringify(await make()));
}

async function* piece(make: () => Promise<string>): Bytes {
  yield Buffer.from(await make());
}

async function suggest(name: string | undefined): Promise<unknown> {
  if (name === undefined) return { funcs: await functionSuggestions() };
  const suggestion = await functionSuggestion(name);
  if (suggestion === undefined) throw new DomainError('not found', `function ${JSON.stringify(name)} not found`);
  return suggestion;
}

async function* runFlux(work: Extract<Work, { kind: 'flux' }>, surroundings: Surroundings): Bytes {
  const { query, ast, dialect, nowNs, extern } = decodeQueryRequest(work.contentType, textOf(work.body));
  const { world, known, signal, pulse, memoryBytesMax, memoryPool, onLateError } = surroundings;
  const environment: FluxEnvironment = {
    engine: world,
    organizationId: work.organizationId,
    now: nowNs ?? work.nowNs,
    signal,
    pulse,
    memoryBytesMax,
    memoryPool,
    findOrganization: (name) => world.call('findOrganization', name),
    findBucket: (reference) =>
      'name' in reference && reference.name === known.bucket?.name
        ? Promise.resolve(known.bucket.found)
        : world.call('findBucket', reference),
    findWritableBucket: (reference) => world.call('findWritableBucket', reference),
    listReadableBuckets: () => world.call('listReadableBuckets'),
    listReadableDatabases: () => world.call('listReadableDatabases'),
    findSecret: (key) => world.call('findSecret', key),
    write: (bucketId, batch) => world.call('write', bucketId, batch),
    send: (request) => world.send(request),
  };
  const script = ast === undefined ? query : await textOfPackage(ast);
  const { onSimpleRead } = surroundings;
  const isKept = work.wanted === 'answer' && ast === undefined && nowNs === undefined && work.body.byteLength <= KEPT_BODY_BYTES_MAX;
  const run = () =>
    startFlux(
      {
        script,
        extern: extern as File | undefined,
        onSimpleRead: isKept
          ? (read) => {
              onSimpleRead(read, dialect);
            }
          : undefined,
      },
      environment,
    );
  switch (work.wanted) {
    case 'answer':
      yield* encodeAnnotatedCsv(await run(), dialect, onLateError);
      return;
    case 'nothing':
      await drain(await run());
      return;
    case 'failure':
      yield* failureOnly(run, dialect);
  }
}

async function drain(results: Iterable<NamedResult>): Promise<void> {
  for (const { pieces } of results) {
    const reader = pieces[Symbol.asyncIterator]();
    while ((await reader.next()).done !== true);
  }
}

/** What went wrong, as a table, whenever it did; nothing if nothing did. */
async function* failureOnly(run: () => Promise<Iterable<NamedResult>>, dialect: CsvDialect): Bytes {
  try {
    await drain(await run());
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    yield encodeCsvError(error.message, dialect);
  }
}

async function* runInfluxql(work: Extract<Work, { kind: 'influxql' }>, surroundings: Surroundings): Bytes {
  const { contentType, accept, body } = work;
  const request = await decodeInfluxqlRequest({ query: new URLSearchParams(work.query), contentType, accept, body });
  const { world, known, signal, pulse, memoryBytesMax, memoryPool, setType, onLateError } = surroundings;
  const environment: InfluxqlEnvironment = {
    engine: {
      read: (asked) => world.read(asked),
      series: (bucketId, range, predicate) => world.series(bucketId, range, predicate),
      delete: (bucketId, startNs, stopNs, predicate) => {
        // A deletion cannot be divided, and its patterns have been refused before.
        const { sent, kept } = splitPredicate(predicate, false);
        if (kept !== undefined) throw new DomainError('unprocessable entity', 'the condition of the deletion is too long; split it up');
        return world.call('delete', bucketId, startNs, stopNs, sent);
      },
    },
    nowNs: work.nowNs,
    signal,
    pulse,
    memoryBytesMax,
    memoryPool,
    listMappings: (database) =>
      database !== undefined && database === known.mappings?.database
        ? Promise.resolve(known.mappings.found)
        : world.call('listMappings', database),
  };
  const results = runQuery(parseQuery(request.query, request.parameters), environment, request);
  setType(request.format);
  yield* encodeInfluxqlResults(reporting(results, onLateError), request);
}

/** The same results; the failures that stand in them are reported, for the answer says 200. */
async function* reporting(results: AsyncIterable<StatementResult>, onLateError: (error: unknown) => void): AsyncGenerator<StatementResult> {
  for await (const result of results) {
    if (result.cause !== undefined) onLateError(result.cause);
    yield result;
  }
}
