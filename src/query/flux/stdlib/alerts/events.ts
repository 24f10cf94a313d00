/** Packages that send events to tools of operations: Alerta, Zenoss and ServiceNow. */
import { FluxPackage, flux } from '../native.js';

const ENDPOINT_END = `
                return {r with _status: string(v: status), _sent: string(v: status / 100 == 2)}
            },
        )
`;

export const alerta = new FluxPackage(flux`
import "http"
import "json"
import "strings"

alert = (
    url,
    apiKey,
    resource,
    event,
    environment="",
    severity,
    service=[],
    group="",
    value="",
    text="",
    tags=[],
    attributes,
    origin="InfluxDB",
    type="",
    timestamp=now(),
) =>
    http.post(
        url: url,
        headers: {"Authorization": "Key " + apiKey, "Content-Type": "application/json"},
        data:
            json.encode(
                v: {
                    resource: resource,
                    event: event,
                    environment: environment,
                    severity: severity,
                    service: service,
                    group: group,
                    value: value,
                    text: text,
                    tags: tags,
                    attributes: attributes,
                    origin: origin,
                    type: type,
                    createTime: strings.substring(v: string(v: timestamp), start: 0, end: 23) + "Z",
                },
            ),
    )

endpoint = (url, apiKey, environment="", origin="") => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                m = mapFn(r: r)
                status =
                    alert(
                        url: url,
                        apiKey: apiKey,
                        resource: m.resource,
                        event: m.event,
                        environment: environment,
                        severity: m.severity,
                        service: m.service,
                        group: m.group,
                        value: m.value,
                        text: m.text,
                        tags: m.tags,
                        attributes: m.attributes,
                        origin: origin,
                        type: m.type,
                        timestamp: m.timestamp,
                    )
${ENDPOINT_END}`);

export const zenoss = new FluxPackage(flux`
import "http"
import "json"

event = (
    url,
    username="",
    password="",
    apiKey="",
    action="EventsRouter",
    method="add_event",
    type="rpc",
    tid=1,
    summary="",
    device="",
    component="",
    severity,
    eventClass="",
    eventClassKey="",
    collector="",
    message="",
) => {
    types = {"Content-Type": "application/json"}
    call =
        json.encode(
            v: {
                action: action,
                method: method,
                type: type,
                tid: tid,
                data: [
                    {
                        summary: summary,
                        device: device,
                        component: component,
                        severity: severity,
                        evclass: eventClass,
                        evclasskey: eventClassKey,
                        collector: collector,
                        message: message,
                    },
                ],
            },
        )

    return
        if apiKey != "" then
            http.post(url: url, headers: {types with "z-api-key": apiKey}, data: call)
        else
            http.post(url: url, headers: {types with "Authorization": http.basicAuth(u: username, p: password)}, data: call)
}

endpoint = (
    url,
    username="",
    password="",
    apiKey="",
    action="EventsRouter",
    method="add_event",
    type="rpc",
    tid=1,
) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                m = mapFn(r: r)
                status =
                    event(
                        url: url,
                        username: username,
                        password: password,
                        apiKey: apiKey,
                        action: action,
                        method: method,
                        type: type,
                        tid: tid,
                        summary: m.summary,
                        device: m.device,
                        component: m.component,
                        severity: m.severity,
                        eventClass: m.eventClass,
                        eventClassKey: m.eventClassKey,
                        collector: m.collector,
                        message: m.message,
                    )
${ENDPOINT_END}`);

export const servicenow = new FluxPackage(flux`
import "dict"
import "experimental/record"
import "http"
import "json"

_numbers = ["critical": "1", "major": "2", "minor": "3", "warning": "4", "info": "5", "clear": "0"]

event = (
    url,
    username,
    password,
    source="Flux",
    node="",
    metricType="",
    resource="",
    metricName="",
    messageKey="",
    description,
    severity,
    additionalInfo=record.any,
) =>
    http.post(
        url: url,
        headers: {"Authorization": http.basicAuth(u: username, p: password), "Content-Type": "application/json"},
        data:
            json.encode(
                v: {
                    records: [
                        {
                            source: source,
                            node: node,
                            type: metricType,
                            resource: resource,
                            metric_name: metricName,
                            message_key: messageKey,
                            description: description,
                            severity: dict.get(dict: _numbers, key: severity, default: ""),
                            additional_info: if additionalInfo == record.any then "" else string(v: json.encode(v: additionalInfo)),
                        },
                    ],
                },
            ),
    )

endpoint = (url, username, password, source="Flux") => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                m = mapFn(r: r)
                status =
                    event(
                        url: url,
                        username: username,
                        password: password,
                        source: source,
                        node: m.node,
                        metricType: m.metricType,
                        resource: m.resource,
                        metricName: m.metricName,
                        messageKey: m.messageKey,
                        description: m.description,
                        severity: m.severity,
                        additionalInfo: record.get(r: m, key: "additionalInfo", default: record.any),
                    )
${ENDPOINT_END}`);
