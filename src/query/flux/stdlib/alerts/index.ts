/** Packages that send alerts: each makes a message in the form that a service expects, and posts it. */
import { fluxError } from '../../language/errors.js';
import type { Package } from '../native.js';
import { FluxPackage, constant, flux, native } from '../native.js';

const NAMED_COLORS = new Set(['good', 'warning', 'danger']);

/** One message for each row: `fields` names what is taken from the record that the script makes of a row. */
const endpointFor = (parameters: string, send: string): string => flux`
endpoint = (${parameters}) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                m = mapFn(r: r)
                status = ${send}

                return {r with _status: string(v: status), _sent: string(v: status / 100 == 2)}
            },
        )
`;

const JSON_TYPE = '"Content-Type": "application/json"';
const JSON_UTF8_TYPE = '"Content-Type": "application/json; charset=utf-8"';

export const slack = new FluxPackage(
  flux`
import "http"
import "json"

option defaultURL = "https://slack.com/api/chat.postMessage"

message = (url=defaultURL, token="", channel, text, color) =>
    http.post(
        url: url,
        headers: {"Authorization": "Bearer " + token, ${JSON_TYPE}},
        data:
            json.encode(
                v: {
                    channel: channel,
                    attachments: [{color: validateColorString(color: color), text: string(v: text), mrkdwn_in: ["text"]}],
                },
            ),
    )
${endpointFor('url=defaultURL, token=""', 'message(url: url, token: token, channel: m.channel, text: m.text, color: m.color)')}`,
  {
    validateColorString: native((args) => {
      const color = args.string('color');
      if (!NAMED_COLORS.has(color) && !/^#[+]?[0-9a-f]{1,6}$/i.test(color)) throw fluxError('could not parse color string');
      return color;
    }),
  },
);

export const bigpanda = new FluxPackage(flux`
import "http"
import "json"
import "strings"

option defaultUrl = "https://api.bigpanda.io/data/v2/alerts"
option defaultTokenPrefix = "Bearer"

statusFromLevel = (level) => {
    lower = strings.toLower(v: level)

    return if lower == "warn" then "warning" else if lower == "ok" or lower == "info" then "ok" else "critical"
}

sendAlert = (url, token, appKey, status, rec) =>
    http.post(
        url: url,
        headers: {"Authorization": defaultTokenPrefix + " " + token, ${JSON_UTF8_TYPE}},
        data: json.encode(v: {rec with app_key: appKey, status: status}),
    )
${endpointFor('url=defaultUrl, token, appKey', 'sendAlert(url: url, token: token, appKey: appKey, status: m.status, rec: m)')}`);

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

export const opsgenie = new FluxPackage(
  flux`
import "http"
import "json"
import "strings"

_json = (v) => string(v: json.encode(v: v))
_cut = (v, max) => _json(v: if strings.strlen(v: v) > max then strings.substring(v: v, start: 0, end: max) else v)

sendAlert = (
    url="https://api.opsgenie.com/v2/alerts",
    apiKey,
    message,
    alias="",
    description="",
    priority="P3",
    responders=[],
    tags=[],
    entity="",
    actions=[],
    visibleTo=[],
    details="{}",
) =>
    http.post(
        url: url,
        headers: {"Authorization": "GenieKey " + apiKey, ${JSON_UTF8_TYPE}},
        data:
            bytes(
                v:
                    "{\"message\": " + _cut(v: message, max: 130)
                        + ", \"alias\": " + _cut(v: if alias == "" then message else alias, max: 512)
                        + ", \"description\": " + _cut(v: description, max: 15000)
                        + ", \"responders\": " + respondersToJSON(v: responders)
                        + ", \"visibleTo\": " + respondersToJSON(v: visibleTo)
                        + ", \"actions\": " + _json(v: actions)
                        + ", \"tags\": " + _json(v: tags)
                        + ", \"details\": " + details
                        + ", \"entity\": " + _cut(v: entity, max: 512)
                        + ", \"priority\": " + _cut(v: priority, max: 2) + "}",
            ),
    )
${endpointFor(
  'url="https://api.opsgenie.com/v2/alerts", apiKey, entity=""',
  `sendAlert(
                        url: url,
                        apiKey: apiKey,
                        entity: entity,
                        message: m.message,
                        alias: m.alias,
                        description: m.description,
                        priority: m.priority,
                        responders: m.responders,
                        tags: m.tags,
                        actions: m.actions,
                        visibleTo: m.visibleTo,
                        details: m.details,
                    )`,
)}`,
  { respondersToJSON: native((args) => JSON.stringify(args.strings('v').map(responderOf))) },
);

export const sensu = new FluxPackage(
  flux`
import "http"
import "json"

event = (
    url,
    apiKey,
    checkName,
    text,
    handlers=[],
    status=0,
    state="",
    namespace="default",
    entityName="influxdb",
) =>
    http.post(
        url: url + "/api/core/v2/namespaces/" + namespace + "/events",
        headers: {"Authorization": "Key " + apiKey, ${JSON_UTF8_TYPE}},
        data:
            json.encode(
                v: {
                    entity: {entity_class: "proxy", metadata: {name: toSensuName(v: entityName)}},
                    check: {
                        output: text,
                        state: if state != "" then state else if status == 0 then "passing" else "failing",
                        status: status,
                        handlers: handlers,
                        interval: 60,
                        metadata: {name: toSensuName(v: checkName)},
                    },
                },
            ),
    )

endpoint = (url, apiKey, handlers=[], namespace="default", entityName="influxdb") => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                m = mapFn(r: r)
                status =
                    event(
                        url: url,
                        apiKey: apiKey,
                        checkName: m.checkName,
                        text: m.text,
                        handlers: handlers,
                        status: m.status,
                        namespace: namespace,
                        entityName: entityName,
                    )

                return {r with _sent: string(v: status / 100 == 2)}
            },
        )
`,
  { toSensuName: native((args) => args.string('v').replace(/[^a-zA-Z0-9_.-]/gu, '_') || '_') },
);

export const pushbullet = new FluxPackage(flux`
import "http"
import "json"

option defaultURL = "https://api.pushbullet.com/v2/pushes"

pushData = (url=defaultURL, token="", data) =>
    http.post(url: url, headers: {"Access-Token": token, ${JSON_TYPE}}, data: json.encode(v: data))

pushNote = (url=defaultURL, token="", title, text) => pushData(url: url, token: token, data: {type: "note", title: title, body: text})
${endpointFor('url=defaultURL, token=""', 'pushNote(url: url, token: token, title: m.title, text: m.text)')}`);

export const discord = new FluxPackage(flux`
import "http"
import "json"

option discordURL = "https://discordapp.com/api/webhooks/"

send = (webhookToken, webhookID, username, content, avatar_url="") =>
    http.post(
        url: discordURL + webhookID + "/" + webhookToken,
        headers: {${JSON_TYPE}},
        data: json.encode(v: {username: username, content: content, avatar_url: avatar_url}),
    )
${endpointFor(
  'webhookToken, webhookID, username, avatar_url=""',
  `send(
                        webhookToken: webhookToken,
                        webhookID: webhookID,
                        username: username,
                        avatar_url: avatar_url,
                        content: m.content,
                    )`,
)}`);

export const teams = new FluxPackage(flux`
import "http"
import "json"
import "strings"

option summaryCutoff = 70

_summaryOf = (v) =>
    if strings.strlen(v: v) > summaryCutoff then strings.substring(v: v, start: 0, end: summaryCutoff) + "..." else v

message = (url, title, text, summary="") =>
    http.post(
        url: url,
        headers: {${JSON_UTF8_TYPE}},
        data:
            json.encode(
                v: {
                    "@type": "MessageCard",
                    "@context": "http://schema.org/extensions",
                    title: title,
                    text: text,
                    summary: _summaryOf(v: if summary == "" then text else summary),
                },
            ),
    )
${endpointFor('url', 'message(url: url, title: m.title, text: m.text, summary: if exists m.summary then m.summary else "")')}`);

export const telegram = new FluxPackage(flux`
import "http"
import "json"

option defaultURL = "https://api.telegram.org/bot"
option defaultParseMode = "MarkdownV2"
option defaultDisableWebPagePreview = false
option defaultSilent = true

message = (
    url=defaultURL,
    token,
    channel,
    text,
    parseMode=defaultParseMode,
    disableWebPagePreview=defaultDisableWebPagePreview,
    silent=defaultSilent,
) =>
    http.post(
        url: url + token + "/sendMessage",
        headers: {${JSON_UTF8_TYPE}},
        data:
            json.encode(
                v: {
                    chat_id: channel,
                    text: text,
                    parse_mode: parseMode,
                    disable_web_page_preview: disableWebPagePreview,
                    disable_notification: silent,
                },
            ),
    )
${endpointFor(
  'url=defaultURL, token, parseMode=defaultParseMode, disableWebPagePreview=defaultDisableWebPagePreview',
  `message(
                        url: url,
                        token: token,
                        channel: m.channel,
                        text: m.text,
                        parseMode: parseMode,
                        disableWebPagePreview: disableWebPagePreview,
                        silent: m.silent,
                    )`,
)}`);

export const victorops = new FluxPackage(flux`
import "http"
import "json"

alert = (
    url,
    messageType,
    entityID="",
    entityDisplayName="",
    stateMessage="",
    timestamp=now(),
    monitoringTool="InfluxDB",
) =>
    http.post(
        url: url,
        headers: {${JSON_TYPE}},
        data:
            json.encode(
                v: {
                    message_type: messageType,
                    entity_id: entityID,
                    entity_display_name: entityDisplayName,
                    state_message: stateMessage,
                    state_start_time: uint(v: timestamp) / uint(v: 1000000000),
                    monitoring_tool: monitoringTool,
                },
            ),
    )
${endpointFor(
  'url, monitoringTool="InfluxDB"',
  `alert(
                        url: url,
                        messageType: m.messageType,
                        entityID: m.entityID,
                        entityDisplayName: m.entityDisplayName,
                        stateMessage: m.stateMessage,
                        timestamp: m.timestamp,
                        monitoringTool: monitoringTool,
                    )`,
)}`);

export const webexteams = new FluxPackage(flux`
import "http"
import "json"

message = (url="https://webexapis.com", token, roomId, text, markdown) =>
    http.post(
        url: url + "/v1/messages",
        headers: {"Authorization": "Bearer " + token, ${JSON_UTF8_TYPE}},
        data: json.encode(v: {text: text, markdown: markdown, roomId: roomId}),
    )
${endpointFor(
  'url="https://webexapis.com", token',
  'message(url: url, token: token, roomId: m.roomId, text: m.text, markdown: m.markdown)',
)}`);

export const clickhouse: Package = { defaultURL: constant('http://127.0.0.1:8123') };
export const logql: Package = { defaultURL: constant('http://127.0.0.1:3100'), defaultAPI: constant('/loki/api/v1/query_range') };
