/** Package `contrib/bonitoo-io/tickscript`: scripts of Kapacitor, said in Flux. */
import { FluxPackage, flux } from '../native.js';

export const tickscript = new FluxPackage(flux`
import "experimental"
import "experimental/array"
import "influxdata/influxdb/monitor"
import "influxdata/influxdb/schema"
import "universe"

defineCheck = (id, name, type="custom") => ({_check_id: id, _check_name: name, _type: type, tags: {}})

_byMeasurement = (tables=<-) => tables |> experimental.group(columns: ["_measurement"], mode: "extend")

_withTopic = (tables=<-, topic) =>
    if topic == "" then
        tables
    else
        tables |> set(key: "_topic", value: topic) |> experimental.group(mode: "extend", columns: ["_topic"])

alert = (
    check,
    id=(r) => string(v: r._check_id),
    details=(r) => "",
    message=(r) => "Threshold Check: " + r._check_name + " is: " + r._level,
    crit=(r) => false,
    warn=(r) => false,
    info=(r) => false,
    ok=(r) => true,
    topic="",
    tables=<-,
) =>
    tables
        |> drop(fn: (column) => column =~ /_start.*/ or column =~ /_stop.*/)
        |> map(fn: (r) => ({r with _check_id: check._check_id, _check_name: check._check_name}))
        |> map(fn: (r) => ({r with id: id(r: r)}))
        |> map(fn: (r) => ({r with details: details(r: r)}))
        |> _withTopic(topic: topic)
        |> monitor.check(data: check, messageFn: message, crit: crit, warn: warn, info: info, ok: ok)

// A table of the measurement that has a row where the stream has none.
_placeholder = (measurement) =>
    array.from(rows: [{_time: 2000-01-01T00:00:00Z, _field: "unknown", _value: 0}])
        |> set(key: "_measurement", value: measurement)
        |> _byMeasurement()
        |> schema.fieldsAsCols()

_counted = (tables=<-) => tables |> duplicate(column: "_measurement", as: "__value__") |> count(column: "__value__")

deadman = (
    check,
    measurement,
    threshold=0,
    id=(r) => string(v: r._check_id),
    message=(r) => "Deadman Check: " + r._check_name + " is: " + (if r.dead then "dead" else "alive"),
    topic="",
    tables=<-,
) => {
    placeholder = _placeholder(measurement: measurement)
    counts =
        union(tables: [placeholder, tables])
            |> keep(columns: ["_measurement", "_time"])
            |> _counted()
            |> findColumn(fn: (key) => key._measurement == measurement, column: "__value__")
    rows = if counts[0] == 1 then placeholder |> drop(columns: ["unknown"]) |> limit(n: 0) else tables

    return
        rows
            |> _counted()
            |> map(fn: (r) => ({r with _time: now()}))
            |> map(fn: (r) => ({r with dead: r.__value__ <= threshold}))
            |> drop(columns: ["__value__"])
            |> alert(check: check, id: id, message: message, crit: (r) => r.dead, topic: topic)
}

_renamed = (tables=<-, from, to) => tables |> rename(fn: (column) => if column == from then to else column)

select = (column="_value", fn=(column, tables=<-) => tables, as, tables=<-) =>
    tables |> fn(column: column) |> _renamed(from: column, to: as)

compute = select

selectWindow = (column="_value", fn, as, every, defaultValue, tables=<-) =>
    tables
        |> aggregateWindow(every: every, fn: fn, column: column, createEmpty: true)
        |> fill(column: column, value: defaultValue)
        |> _renamed(from: column, to: as)

groupBy = (columns, tables=<-) => tables |> group(columns: columns) |> _byMeasurement()

join = (tables, on=["_time"], measurement) =>
    universe.join(tables: tables, on: on)
        |> map(fn: (r) => ({r with _measurement: measurement}))
        |> _byMeasurement()
`);
