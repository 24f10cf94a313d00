/** Checks in JSON. */
import {
  CHECK_LEVELS,
  CHECK_TYPES,
  type Check,
  type CheckLevel,
  type CheckQuery,
  type CheckTag,
  type Threshold,
} from '../../domain/check.js';
import { invalid } from '../../domain/errors.js';
import { JSON_PROBLEM, type JsonObject } from '../../wire/json.js';
import { durationIn } from './durations.js';

/** What a client says of a check. Durations are undefined where they are absent. */
export interface GivenCheck extends Omit<
  Check,
  'id' | 'orgID' | 'ownerID' | 'taskID' | 'createdAtMs' | 'updatedAtMs' | 'every' | 'offset' | 'timeSince' | 'staleTime'
> {
  readonly every: string | undefined;
  readonly offset: string | undefined;
  readonly timeSince: string | undefined;
  readonly staleTime: string | undefined;
  readonly status: string;
}

export function decodeCheck(json: JsonObject): GivenCheck {
  const given = json.string('type') ?? '';
  const type = CHECK_TYPES.find((each) => each === given);
  if (type === undefined) throw invalid(`${JSON_PROBLEM}invalid check type ${given}`);
  return {
    type,
    name: json.string('name') ?? '',
    description: json.string('description') ?? '',
    status: json.string('status') ?? '',
    query: decodeQuery(json.object('query')),
    statusMessageTemplate: json.string('statusMessageTemplate') ?? '',
    cron: json.string('cron') ?? '',
    every: durationIn(json, 'every'),
    offset: durationIn(json, 'offset'),
    tags: decodeTags(json),
    thresholds: type === 'threshold' ? decodeThresholds(json) : null,
    timeSince: durationIn(json, 'timeSince'),
    staleTime: durationIn(json, 'staleTime'),
    reportZero: json.boolean('reportZero') ?? false,
    level: decodeLevel(json, 'level'),
  };
}

export function decodeLevel(json: JsonObject, member: string): CheckLevel {
  const given = (json.string(member) ?? '').toUpperCase();
  return CHECK_LEVELS.find((level) => level === given) ?? 'UNKNOWN';
}

const decodeTags = (json: JsonObject): readonly CheckTag[] | null =>
  json.objects('tags')?.map((tag) => ({ key: tag.string('key') ?? '', value: tag.string('value') ?? '' })) ?? null;

function decodeThresholds(json: JsonObject): readonly Threshold[] | null {
  const thresholds = (json.objects('thresholds') ?? []).map((each): Threshold => {
    const type = each.string('type') ?? '';
    if (type !== 'greater' && type !== 'lesser' && type !== 'range') throw invalid(`${JSON_PROBLEM}invalid threshold type ${type}`);
    return {
      type,
      allValues: each.boolean('allValues') ?? false,
      level: decodeLevel(each, 'level'),
      value: numberIn(each, 'value'),
      min: numberIn(each, 'min'),
      max: numberIn(each, 'max'),
      within: each.boolean('within') ?? false,
    };
  });
  return thresholds.length === 0 ? null : thresholds;
}

function numberIn(json: JsonObject, member: string): number {
  const value = json.any(member) ?? 0;
  if (typeof value !== 'number') throw invalid(`${JSON_PROBLEM}${member} must be a number`);
  return value;
}

function decodeQuery(json: JsonObject | undefined): CheckQuery {
  const builder = json?.object('builderConfig');
  const window = builder?.object('aggregateWindow');
  return {
    text: json?.string('text') ?? '',
    editMode: json?.string('editMode') ?? '',
    name: json?.string('name') ?? '',
    builderConfig: {
      buckets: builder?.strings('buckets') ?? [],
      tags: (builder?.objects('tags') ?? []).map((tag) => ({
        key: tag.string('key') ?? '',
        values: tag.strings('values') ?? null,
        aggregateFunctionType: tag.string('aggregateFunctionType') ?? '',
      })),
      functions: (builder?.objects('functions') ?? []).map((each) => ({ name: each.string('name') ?? '' })),
      aggregateWindow: { period: window?.string('period') ?? '', fillValues: window?.boolean('fillValues') ?? false },
    },
  };
}

/** What is shown of each type. */
export function encodeCheckContents(check: Check): object {
  if (check.type === 'custom') return {};
  const { statusMessageTemplate, cron, every, offset, tags } = check;
  const shared = {
    statusMessageTemplate,
    ...(cron === '' ? {} : { cron }),
    every,
    ...(offset === '' ? {} : { offset }),
    tags,
  };
  if (check.type === 'threshold') return { ...shared, thresholds: check.thresholds?.map(encodeThreshold) ?? null };
  const { timeSince, staleTime, reportZero, level } = check;
  return { ...shared, ...(timeSince === '' ? {} : { timeSince }), ...(staleTime === '' ? {} : { staleTime }), reportZero, level };
}

function encodeThreshold({ type, allValues, level, value, min, max, within }: Threshold): object {
  if (type !== 'range') return { allValues, level, value, type };
  return { allValues, level, ...(min === 0 ? {} : { min }), ...(max === 0 ? {} : { max }), within, type };
}
