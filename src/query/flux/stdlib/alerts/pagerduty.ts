/** Package `pagerduty`, without what opens connections. */
import { createHash } from 'node:crypto';
import { narrow } from '../../execute/operator.js';
import { formatTimeFully } from '../../../../domain/time.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { constantColumn } from '../../table/chunk.js';
import type { GroupKey, KeyColumn } from '../../table/group-key.js';
import { FluxPackage, flux, step } from '../native.js';
import { plainFloat } from './plain-float.js';

const KEY_COLUMN = '_pagerdutyDedupKey';

/** The same for rows that tell of one incident: made of the group key without some columns. */
const dedupKey = step((args) => {
  const excluded = new Set(args.strings('exclude', ['_start', '_stop', '_level']));
  return {
    create: () =>
      narrow((chunk, emit) => {
        const column = constantColumn(KEY_COLUMN, 'string', hashOf(chunk.key, excluded), chunk.rowCount);
        emit.chunk({ ...chunk, columns: [...chunk.columns, column] });
      }),
  };
});

function hashOf({ columns }: GroupKey, excluded: ReadonlySet<string>): string {
  const hash = createHash('sha256');
  const kept = columns.filter(({ label }) => !excluded.has(label)).sort((a, b) => compareUtf8(a.label, b.label));
  for (const column of kept) hash.update(`${column.label}\n${textOf(column)}\n`);
  return hash.digest('hex');
}

function textOf({ type, value }: KeyColumn): string {
  if (type === 'time') return formatTimeFully(value as bigint);
  return typeof value === 'number' ? plainFloat(value) : String(value ?? '');
}

export const pagerduty = new FluxPackage(
  flux`
import "strings"

option defaultURL = "https://events.pagerduty.com/v2/enqueue"

_isOK = (level) => strings.toLower(v: level) == "ok"

severityFromLevel = (level) => {
    lower = strings.toLower(v: level)

    return
        if lower == "warn" then "warning"
        else if lower == "crit" then "critical"
        else if lower == "info" or lower == "ok" then "info"
        else "error"
}

actionFromSeverity = (severity) => if _isOK(level: severity) then "resolve" else "trigger"

actionFromLevel = (level) => if _isOK(level: level) then "resolve" else "trigger"
`,
  { dedupKey },
);
