/** Which series of a measurement a predicate selects, with which of their fields. */
import type { Predicate, Subject, Tag } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import type { Field, Measurement } from './catalog.js';
import { decide, mentions, predicateKey, type Verdict } from './predicate.js';

export interface SelectedField {
  readonly field: Field;
  /** What values must fulfil; undefined where all will do. */
  readonly condition: Predicate | undefined;
}

/** Series that follow one another in the order of their keys and of which the same fields are selected. */
export interface SelectedSeries {
  readonly ids: Int32Array;
  /** In the order of their keys. */
  readonly fields: readonly SelectedField[];
}

/** @param fieldCount the fields that the table has: others are yet to come */
export function select(measurement: Measurement, predicate: Predicate | undefined, fieldCount: number): SelectedSeries[] {
  const named = predicate === undefined || decide(predicate, ({ kind }) => (kind === 'measurement' ? measurement.name : undefined));
  if (named === false) return [];
  const fieldsOf = fieldSelector(measurement.fields.slice(0, fieldCount));
  if (named === true) return keepUseful([{ ids: measurement.series.order(), fields: fieldsOf(true) }]);
  const verdictOf = seriesJudge(named);
  const groups: SelectedSeries[] = [];
  let verdict: Verdict = false;
  let ids: number[] = [];
  let fields: readonly SelectedField[] = [];
  const endGroup = (): void => {
    if (ids.length > 0) groups.push({ ids: Int32Array.from(ids), fields });
    ids = [];
  };
  for (const id of measurement.series.candidates(named) ?? measurement.series.order()) {
    const next = verdictOf(measurement.series.tagsOf(id));
    if (next === false) continue;
    if (next !== verdict) {
      const nextFields = fieldsOf(next);
      if (nextFields !== fields) endGroup();
      verdict = next;
      fields = nextFields;
    }
    ids.push(id);
  }
  endGroup();
  return keepUseful(groups);
}

function keepUseful(groups: SelectedSeries[]): SelectedSeries[] {
  return groups.filter(({ ids, fields }) => ids.length > 0 && fields.length > 0);
}

/** What tags leave of a predicate. Where they decide their part of it, the rest is one and the same object for all series. */
export function seriesJudge(predicate: Predicate): (tags: readonly Tag[]) => Verdict {
  const operands = predicate.op === 'and' ? predicate.operands : [predicate];
  const tagged = operands.filter((operand) => mentions(operand, 'tag'));
  const untagged = operands.filter((operand) => !mentions(operand, 'tag'));
  const rest: Verdict = untagged.length === 0 || { op: 'and', operands: untagged };
  const asked: Predicate = { op: 'and', operands: tagged };
  return (tags) => {
    const verdict = decide(asked, (subject) => tagText(subject, tags));
    if (verdict === true) return rest;
    return verdict === false || rest === true ? verdict : { op: 'and', operands: [verdict, ...untagged] };
  };
}

function tagText(subject: Subject, tags: readonly Tag[]): string | null | undefined {
  if (subject.kind !== 'tag') return undefined;
  for (const [key, value] of tags) if (key === subject.key) return value;
  return null;
}

/** Selects fields by what series have left of the predicate, once for each different rest. */
function fieldSelector(fieldsOfTable: Field[]): (verdict: Verdict) => readonly SelectedField[] {
  const fields = fieldsOfTable.sort((a, b) => compareUtf8(a.key, b.key));
  const bySelection = new Map<string, readonly SelectedField[]>();
  return (verdict) => {
    const key = typeof verdict === 'boolean' ? '' : predicateKey(verdict);
    let selected = bySelection.get(key);
    if (selected === undefined) {
      selected = fields.flatMap((field) => selectField(field, verdict));
      bySelection.set(key, selected);
    }
    return selected;
  };
}

function selectField(field: Field, verdict: Verdict): SelectedField[] {
  const condition = typeof verdict === 'boolean' ? verdict : decide(verdict, ({ kind }) => (kind === 'field' ? field.key : undefined));
  if (condition === false) return [];
  return [{ field, condition: condition === true ? undefined : condition }];
}
