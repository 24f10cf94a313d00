/** Reads the text of an option as its kind, and says whether the value may be had. */
import { isIP } from 'node:net';
import { parseAllowedPlace } from '../domain/allowed-place.js';
import { invalid } from '../domain/errors.js';
import { parseBindAddress } from './bind-address.js';
import { formatDuration, parseDuration } from '../domain/duration.js';
import type { Option, Value } from './options.js';
import { parseSize } from './size.js';

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

const MS_NS = 1_000_000n;
/** The timers of Node.js count milliseconds in 31 bits; beyond them they fire at once. */
const TIMEOUT_MAX_NS = 2_147_483_647n * MS_NS;

/** @throws DomainError `invalid` with a reason that fits behind the option's name and does not repeat the text */
export function parseValue(option: Option, text: string): Value {
  switch (option.kind) {
    case 'string':
    case 'path':
      return text;
    case 'bool':
      return parseBool(text);
    case 'int':
      return parseInteger(text);
    case 'size':
      return parseSize(text);
    case 'duration':
    case 'timeout':
      return parseDuration(text);
    case 'enum':
      return parseChoice(option, text);
    case 'address':
      parseBindAddress(text);
      return text;
    case 'cidrs':
      return splitList(text).map(parseCidr);
    case 'places':
      return splitList(text).map(checkPlace);
    case 'map':
      return parseMap(text);
  }
}

/** As Go's strconv.ParseBool. */
function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw invalid('must be true or false');
}

function parseInteger(text: string): number {
  const integer = /^[+-]?(0|[1-9]\d*)$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(integer)) throw invalid('must be a whole number');
  return integer;
}

function parseChoice(option: Option, text: string): string {
  const choice = text.toLowerCase();
  const allowed = option.choices ?? [];
  if (!allowed.includes(choice) && findRefusal(option, choice) === undefined) {
    throw invalid(`must be one of ${allowed.filter((each) => each !== '').join(', ')}`);
  }
  return choice;
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** A network, or an address as the network of itself alone. */
function parseCidr(text: string): string {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bitsMax = { 0: -1, 4: 32, 6: 128 }[isIP(address) as 0 | 4 | 6];
  if (address.includes('%') || Number(bits ?? 0) > bitsMax) throw invalid('must be networks such as 10.0.0.0/8, 192.168.1.7 or fd00::/8');
  return `${address}/${bits ?? bitsMax}`;
}

function checkPlace(text: string): string {
  parseAllowedPlace(text);
  return text.toLowerCase();
}

/** `a=1,b=2` as in a flag, or a JSON object as InfluxDB has it in the environment. */
function parseMap(text: string): Record<string, string> {
  if (text.trim().startsWith('{')) return parseJsonMap(text);
  const entries = splitList(text).map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw invalid('must be name=value pairs with commas between them');
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
  });
  return Object.fromEntries(entries);
}

function parseJsonMap(text: string): Record<string, string> {
  let parsed: object;
  try {
    parsed = JSON.parse(text) as object;
  } catch {
    throw invalid('must be a JSON object, or name=value pairs');
  }
  const entries = Object.entries(parsed).map(([name, value]: [string, unknown]): [string, string] => {
    if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') throw invalid('must have simple values only');
    return [name, String(value)];
  });
  return Object.fromEntries(entries);
}

/** Why this value, well formed as it is, cannot be had; undefined where it can. */
export function findObjection(option: Option, value: Value): string | undefined {
  const refusal = typeof value === 'object' ? undefined : findRefusal(option, String(value));
  if (refusal !== undefined) return refusal;
  if (option.kind === 'timeout') return findTimeoutObjection(value as bigint);
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (option.min !== undefined && value < option.min) return `must be at least ${option.min}`;
  if (option.max !== undefined && value > option.max) return `must be at most ${option.max}`;
  return undefined;
}

const findRefusal = ({ refused }: Option, text: string): string | undefined =>
  refused && Object.hasOwn(refused, text) ? refused[text] : undefined;

function findTimeoutObjection(ns: bigint): string | undefined {
  if (ns === 0n || (ns >= MS_NS && ns <= TIMEOUT_MAX_NS)) return undefined;
  return `must be 0 for none, or from 1ms to ${formatDuration(TIMEOUT_MAX_NS)} (a number without a unit counts nanoseconds)`;
}
