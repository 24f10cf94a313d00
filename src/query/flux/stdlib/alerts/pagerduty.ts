/** Package `pagerduty`. */
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
import "experimental/record"
import "http/requests"
import "json"
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

_send = (
    pagerdutyURL,
    routingKey,
    client,
    clientURL,
    dedupKey,
    class,
    group,
    severity,
    eventAction,
    source,
    component,
    summary,
    timestamp,
    customDetails,
) => {
    payload = {
        summary: strings.substring(v: summary, start: 0, end: 1023),
        timestamp: timestamp,
        source: source,
        component: component,
        severity: severity,
        group: group,
        class: class,
    }
    event = {
        payload: payload,
        routing_key: routingKey,
        dedup_key: dedupKey,
        event_action: eventAction,
        client: client,
        client_url: clientURL,
    }

    return
        requests.post(
            url: pagerdutyURL,
            headers: ["Accept": "application/vnd.pagerduty+json;version=2", "Content-Type": "application/json"],
            body:
                if customDetails == record.any then
                    json.encode(v: event)
                else
                    json.encode(v: {event with payload: {payload with custom_details: customDetails}}),
        )
}

sendEvent = (
    pagerdutyURL=defaultURL,
    routingKey,
    client,
    clientURL,
    dedupKey,
    class,
    group,
    severity,
    eventAction,
    source,
    component="",
    summary,
    timestamp,
    customDetails=record.any,
) => {
    response =
        _send(
            pagerdutyURL: pagerdutyURL,
            routingKey: routingKey,
            client: client,
            clientURL: clientURL,
            dedupKey: dedupKey,
            class: class,
            group: group,
            severity: severity,
            eventAction: eventAction,
            source: source,
            component: component,
            summary: summary,
            timestamp: timestamp,
            customDetails: customDetails,
        )

    return response.statusCode
}

// One event for each row; rows that tell of one incident have one key.
endpoint = (url=defaultURL) => (mapFn) => (tables=<-) =>
    tables
        |> dedupKey()
        |> map(
            fn: (r) => {
                m = mapFn(r: r)
                response =
                    _send(
                        pagerdutyURL: url,
                        routingKey: m.routingKey,
                        client: m.client,
                        clientURL: m.clientURL,
                        dedupKey: r._pagerdutyDedupKey,
                        class: m.class,
                        group: m.group,
                        severity: m.severity,
                        eventAction: m.eventAction,
                        source: m.source,
                        component: record.get(r: m, key: "component", default: ""),
                        summary: m.summary,
                        timestamp: m.timestamp,
                        customDetails: record.get(r: m, key: "customDetails", default: record.any),
                    )

                return {r with
                    _sent: string(v: response.statusCode / 100 == 2),
                    _status: string(v: response.statusCode),
                    _body: string(v: response.body),
                }
            },
        )
`,
  { dedupKey },
);
