/** Tasks of templates: their script is made from the query and the schedule. */
import { formatDuration } from '../domain/duration.js';
import type { Fault } from './faults.js';
import { checkName, STATUSES, type ParseSpec } from './resource.js';
import { formatNs } from './simple.js';

export const parseTask: ParseSpec = (spec, { name }) => {
  const [cron, description, query] = [spec.text('cron'), spec.text('description'), spec.text('query').trim()];
  const [everyNs, offsetNs] = [spec.durationNs('every'), spec.durationNs('offset')];
  const status = spec.lower('status') || 'active';
  const faults: Fault[] = [...checkName(name, 1)];
  if (cron === '' && everyNs === 0n) {
    faults.push({ field: 'every', reason: 'must provide if cron field is not provided' });
    faults.push({ field: 'cron', reason: 'must provide if every field is not provided' });
  }
  if (query === '') faults.push({ field: 'query', reason: 'must provide a non zero value' });
  if (!STATUSES.includes(status)) faults.push({ field: 'status', reason: 'must be 1 of [active, inactive]' });
  const shown = { name, cron, description, every: formatNs(everyNs), offset: formatNs(offsetNs), query, status };
  return {
    faults,
    body: { flux: makeScript(query, { name, cron, everyNs, offsetNs }), description, status },
    summary: shown,
    diff: shown,
  };
};

interface Options {
  readonly name: string;
  readonly cron: string;
  readonly everyNs: bigint;
  readonly offsetNs: bigint;
}

/** Options stand behind imports; the rest of the script follows. */
function makeScript(query: string, { name, cron, everyNs, offsetNs }: Options): string {
  const options = [`name: ${quoteText(name)}`];
  if (cron !== '') options.push(`cron: ${quoteText(cron)}`);
  if (everyNs > 0n) options.push(`every: ${formatDuration(everyNs)}`);
  if (offsetNs > 0n) options.push(`offset: ${formatDuration(offsetNs)}`);
  const option = `option task = { ${options.join(', ')} }`;
  const end = endOfImports(query);
  return end === 0 ? `${option}\n${query}` : `${query.slice(0, end)}\n\n${option}\n${query.slice(end)}`;
}

const IMPORT = /import\s+(?:\w+\s+)?"[^"\n]*"/g;

/** Behind the last import. */
function endOfImports(query: string): number {
  let end = 0;
  for (const match of query.matchAll(IMPORT)) end = match.index + match[0].length;
  return end;
}

/** A string of Flux. */
const quoteText = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('${', '\\${').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
