/** Checks of templates: of thresholds, and of what is silent for too long. */
import { formatDuration } from '../domain/duration.js';
import type { Fault } from './faults.js';
import { checkName, STATUSES, type ParseSpec } from './resource.js';
import type { Spec } from './spec.js';

const LEVELS: readonly string[] = ['CRIT', 'WARN', 'INFO', 'OK'];
const isLevel = (text: string): boolean => LEVELS.includes(text);
const THRESHOLDS: readonly string[] = ['greater', 'lesser', 'inside_range', 'outside_range'];

export const levelFault = (field: string, got: string, index?: number): Fault => ({
  field,
  index,
  reason: `must be 1 in [CRIT, WARN, INFO, OK]; got=${JSON.stringify(got)}`,
});
export { isLevel };

export const parseCheck: ParseSpec = (spec, { kind, name }) => {
  const isDeadman = kind === 'CheckDeadman';
  const query = spec.text('query').trim();
  const statusMessageTemplate = spec.text('statusMessageTemplate');
  const status = spec.lower('status') || 'active';
  const faults: Fault[] = [...checkName(name, 1)];
  if (spec.durationNs('every') === 0n) {
    faults.push({ field: 'every', reason: 'duration value must be provided that is >= 5s (seconds)' });
  }
  if (query === '') faults.push({ field: 'query', reason: 'must provide a non zero value' });
  if (statusMessageTemplate === '') {
    faults.push({
      field: 'statusMessageTemplate',
      reason: 'must provide a template; ex. "Check: ${ r._check_name } is: ${ r._level }"',
    });
  }
  if (!STATUSES.includes(status)) faults.push({ field: 'status', reason: 'must be 1 of [active, inactive]' });
  const thresholds = spec.objects('thresholds');
  if (!isDeadman) {
    if (thresholds.length === 0) faults.push({ field: 'thresholds', reason: 'must provide at least 1 threshold entry' });
    faults.push(...thresholds.flatMap(faultsOfThreshold));
  }
  const tags = spec.objects('tags').map((tag) => ({ key: tag.text('key'), value: tag.text('value') }));
  const duration = (field: string): string => formatDuration(spec.durationNs(field));
  const shared = {
    name,
    description: spec.text('description'),
    status,
    query: { text: query },
    statusMessageTemplate,
    every: duration('every'),
    offset: duration('offset'),
    ...(tags.length === 0 ? {} : { tags }),
  };
  const body = isDeadman
    ? {
        type: 'deadman',
        ...shared,
        timeSince: duration('timeSince'),
        staleTime: duration('staleTime'),
        reportZero: spec.flag('reportZero'),
        level: isLevel(spec.upper('level')) ? spec.upper('level') : 'UNKNOWN',
      }
    : { type: 'threshold', ...shared, thresholds: thresholds.map(readThreshold) };
  // What is shown is made from the body, as its API shows it: see `parse`.
  return { faults, body, summary: { status }, diff: {} };
};

function faultsOfThreshold(threshold: Spec, index: number): Fault[] {
  const faults: Fault[] = [];
  const type = threshold.lower('type');
  if (!isLevel(threshold.upper('level'))) faults.push(levelFault('level', threshold.upper('level'), index));
  if (!THRESHOLDS.includes(type)) {
    const reason = `must be 1 in [Lesser, Greater, Inside_Range, Outside_Range]; got=${JSON.stringify(type)}`;
    faults.push({ field: 'type', index, reason });
  }
  if (threshold.number('min') > threshold.number('max')) faults.push({ field: 'min', index, reason: 'min must be < max' });
  return faults;
}

function readThreshold(threshold: Spec) {
  const type = threshold.lower('type');
  const shared = { allValues: threshold.flag('allValues'), level: threshold.upper('level') };
  if (!type.endsWith('_range')) return { ...shared, type, value: threshold.number('value') };
  return { ...shared, type: 'range', min: threshold.number('min'), max: threshold.number('max'), within: type === 'inside_range' };
}
