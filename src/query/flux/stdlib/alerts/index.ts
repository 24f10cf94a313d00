/** Packages that send alerts, without what opens connections: their names, defaults and conversions. */
import { fluxError } from '../../language/errors.js';
import type { Package } from '../native.js';
import { FluxPackage, constant, flux, native } from '../native.js';

const NAMED_COLORS = new Set(['good', 'warning', 'danger']);

export const slack: Package = {
  defaultURL: constant('https://slack.com/api/chat.postMessage'),
  validateColorString: native((args) => {
    const color = args.string('color');
    if (!NAMED_COLORS.has(color) && !/^#[+]?[0-9a-f]{1,6}$/i.test(color)) throw fluxError('could not parse color string');
    return color;
  }),
};

export const bigpanda = new FluxPackage(flux`
import "strings"

option defaultUrl = "https://api.bigpanda.io/data/v2/alerts"
option defaultTokenPrefix = "Bearer"

statusFromLevel = (level) => {
    lower = strings.toLower(v: level)

    return if lower == "warn" then "warning" else if lower == "ok" or lower == "info" then "ok" else "critical"
}
`);

const RESPONDERS: readonly (readonly [prefix: string, property: string])[] = [
  ['user', 'username'],
  ['team', 'name'],
  ['escalation', 'name'],
  ['schedule', 'name'],
];

function responderOf(text: string): Readonly<Record<string, string>> {
  const [type, property] = RESPONDERS.find(([prefix]) => text.startsWith(`${prefix}:`)) ?? [];
  if (type === undefined || property === undefined) {
    throw fluxError(`unsupported responder "${text}", it must start with one of ['user:','team:','escalation:','schedule:']`);
  }
  return { type, [property]: text.slice(type.length + 1) };
}

export const opsgenie: Package = {
  respondersToJSON: native((args) => JSON.stringify(args.strings('v').map(responderOf))),
};

export const sensu: Package = {
  toSensuName: native((args) => args.string('v').replace(/[^a-zA-Z0-9_.-]/gu, '_') || '_'),
};

export const pushbullet: Package = { defaultURL: constant('https://api.pushbullet.com/v2/pushes') };
export const discord: Package = { discordURL: constant('https://discordapp.com/api/webhooks/') };
export const teams: Package = { summaryCutoff: constant(70n) };
export const telegram: Package = {
  defaultURL: constant('https://api.telegram.org/bot'),
  defaultParseMode: constant('MarkdownV2'),
  defaultDisableWebPagePreview: constant(false),
  defaultSilent: constant(true),
};
export const clickhouse: Package = { defaultURL: constant('http://127.0.0.1:8123') };
export const logql: Package = { defaultURL: constant('http://127.0.0.1:3100'), defaultAPI: constant('/loki/api/v1/query_range') };
