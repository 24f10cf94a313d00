/** What a script says about itself in `option task`: read in InfluxDB's words, and changed in the script. */
import { type DomainError, invalid } from '../../../domain/errors.js';
import { checkOffsetUnits, checkOptions } from '../../../domain/schedule.js';
import type { TaskOptionEdits, TaskOptions, TaskScript } from '../../../domain/task.js';
import type { DurationPart, Expression, File, ObjectExpression, Property, SourceLocation } from '../syntax/ast.js';
import { fluxParser } from '../syntax/parser.js';
import { parseScript } from '../syntax/script.js';

/**
 * Reads the options of a script, after changing them where that is asked for; a script with changed options is formatted as a whole.
 *
 * @throws DomainError `invalid`, in InfluxDB's words
 */
export async function readTaskScript(flux: string, edits: TaskOptionEdits): Promise<TaskScript> {
  const file = await parse(flux);
  if (Object.values(edits).every((edit) => edit === undefined)) return { flux, ...optionsOf(file) };
  const edited = editOptions(file, edits);
  const text = await fluxParser.format(edited);
  return { flux: text, ...optionsOf(await parse(text)) };
}

async function parse(flux: string): Promise<File> {
  const file = await parseScript(flux);
  const [fault] = faultsOf(file);
  if (fault !== undefined) throw refused(fault);
  return file;
}

const refused = (reason: string): DomainError => invalid(`invalid options: ${reason}`);
const unreadable = (option: string): DomainError => refused(`failed to parse field '${option}' in task options`);

interface Located {
  readonly type?: string;
  readonly errors?: readonly { readonly msg: string }[];
  readonly location?: SourceLocation;
  readonly text?: string;
  readonly right?: { readonly type?: string };
}

/** The faults of the syntax, from the outside to the inside. */
export function* faultsOf(node: unknown): Generator<string, void, undefined> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) {
    const { type, errors, location, text = '', right } = node as Located;
    const place = formatPlace(location);
    for (const error of errors ?? []) yield `loc ${place}: ${error.msg}`;
    if (type === 'BadStatement') yield `loc ${place}: invalid statement @${place}: ${text}`;
    if (right?.type === 'BadExpression') yield `loc ${place}: missing right hand side of expression`;
  }
  for (const [name, item] of Object.entries(node)) {
    if (name !== 'location') yield* faultsOf(item);
  }
}

function formatPlace(location: SourceLocation | undefined): string {
  if (location === undefined) return '0:0-0:0';
  const { start, end } = location;
  return `${start.line}:${start.column}-${end.line}:${end.column}`;
}

/** The assignments `option task = ...`. */
function* taskAssignments(file: File): Generator<{ readonly index: number; readonly init: Expression }> {
  for (const [index, statement] of file.body.entries()) {
    if (statement.type !== 'OptionStatement' || statement.assignment.type !== 'VariableAssignment') continue;
    if (statement.assignment.id.name === 'task') yield { index, init: statement.assignment.init };
  }
}

function taskRecord(file: File): { readonly index: number; readonly record: ObjectExpression } {
  const [found, second] = [...taskAssignments(file)];
  if (second !== undefined) throw refused('multiple task options defined');
  if (found === undefined) throw refused('no task options defined');
  // InfluxDB names the type that it expects as the one that it found.
  if (found.init.type !== 'ObjectExpression') throw refused('task option expected to be object literal, but found "ObjectExpression"');
  return { index: found.index, record: found.init };
}

const nameOf = ({ key }: Property): string => ('name' in key ? key.name : key.value);

function optionsOf(file: File): TaskOptions {
  const { record } = taskRecord(file);
  const find = (name: string): Expression | undefined => {
    const property = record.properties.find((each) => nameOf(each) === name);
    // `{name}` means a variable of that name, which is no literal.
    return property && (property.value ?? { type: 'Identifier', name });
  };
  const required = (name: string, what = name): Expression => {
    const value = find(name);
    if (value === undefined) throw refused(`missing required option: ${what}`);
    return value;
  };
  const name = textOf(required('name'), 'name');
  const [cronValue, everyValue] = [find('cron'), find('every')];
  if (cronValue !== undefined && everyValue !== undefined) throw refused('cannot use both cron and every in task options');
  if (cronValue === undefined && everyValue === undefined) throw refused('missing required option: cron or every');
  const options = {
    name,
    cron: cronValue === undefined ? '' : textOf(cronValue, 'cron'),
    every: everyValue === undefined ? '' : durationOf(everyValue, 'every', false),
    offset: durationOf(find('offset'), 'offset', true),
    concurrency: wholeNumberOf(find('concurrency'), 'concurrency'),
    retry: wholeNumberOf(find('retry'), 'retry'),
  };
  const unit = checkOffsetUnits(options.offset);
  if (unit !== undefined) throw refused(unit);
  const faults = checkOptions(options);
  if (faults.length > 0) throw refused(`invalid options: ${faults.join(', ')}`);
  return options;
}

function textOf(value: Expression, option: string): string {
  if (value.type !== 'StringLiteral') throw unreadable(option);
  return value.value;
}

function durationOf(value: Expression | undefined, option: string, maySign: boolean): string {
  if (value === undefined) return '';
  if (value.type === 'DurationLiteral') return formatParts(value.values);
  if (!maySign || value.type !== 'UnaryExpression') throw unreadable(option);
  if (value.operator === '-' && value.argument.type === 'DurationLiteral') return `-${formatParts(value.argument.values)}`;
  const text = value.location?.source ?? '';
  throw refused(`invalid duration ${text.replace(/^-/, '')}`);
}

const formatParts = (parts: readonly DurationPart[]): string => parts.map(({ magnitude, unit }) => `${magnitude}${unit}`).join('');

function wholeNumberOf(value: Expression | undefined, option: string): number {
  if (value === undefined) return 1;
  if (value.type !== 'IntegerLiteral') throw unreadable(option);
  return Number(value.value);
}

/** Where each option that has changed stands in the record, or at its end; `every` and `cron` take each other's place. */
function editOptions(file: File, edits: TaskOptionEdits): File {
  const { index, record } = taskRecord(file);
  const left = new Map<string, Expression | undefined>();
  if (edits.name !== undefined) left.set('name', { type: 'StringLiteral', value: edits.name });
  if (edits.every !== undefined) left.set('every', durationLiteral(edits.every));
  if (edits.cron !== undefined) left.set('cron', { type: 'StringLiteral', value: edits.cron });
  if (edits.offset !== undefined) left.set('offset', isZero(edits.offset) ? undefined : durationLiteral(edits.offset));
  if (edits.concurrency !== undefined) left.set('concurrency', { type: 'IntegerLiteral', value: String(edits.concurrency) });
  if (edits.retry !== undefined) left.set('retry', { type: 'IntegerLiteral', value: String(edits.retry) });

  const take = (name: string, property: Property): Property[] => {
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? [] : [{ ...property, key: { type: 'Identifier', name }, value }];
  };
  const properties = record.properties.flatMap((property): Property[] => {
    const name = nameOf(property);
    if (left.has(name)) return take(name, property);
    const other = name === 'every' ? 'cron' : name === 'cron' ? 'every' : undefined;
    return other !== undefined && left.has(other) ? take(other, property) : [property];
  });
  for (const [name, value] of left) if (value !== undefined) properties.push({ key: { type: 'Identifier', name }, value });

  const body = file.body.map((statement, at) => {
    if (at !== index || statement.type !== 'OptionStatement' || statement.assignment.type !== 'VariableAssignment') return statement;
    return { ...statement, assignment: { ...statement.assignment, init: { ...record, properties } } };
  });
  return { ...file, body };
}

const PART = /(\d+)(\p{L}+)/gu;

const partsOf = (duration: string): DurationPart[] =>
  [...duration.matchAll(PART)].map(([, digits, unit = '']) => ({ magnitude: Number(digits), unit }));

function durationLiteral(duration: string): Expression {
  const literal: Expression = { type: 'DurationLiteral', values: partsOf(duration) };
  return duration.startsWith('-') ? { type: 'UnaryExpression', operator: '-', argument: literal } : literal;
}

const isZero = (duration: string): boolean => partsOf(duration).every(({ magnitude }) => magnitude === 0);
