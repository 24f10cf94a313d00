/** Package `influxdata/influxdb/monitor`: what the checks and notification rules that InfluxDB generates are made of. */
import { FluxPackage, flux } from '../native.js';

export const monitor = new FluxPackage(flux`
import "experimental"
import "influxdata/influxdb"
import "influxdata/influxdb/v1"

bucket = "_monitoring"

// Where statuses and notifications go.
option write = (tables=<-) => tables |> experimental.to(bucket: bucket)
option log = (tables=<-) => tables |> experimental.to(bucket: bucket)

levelOK = "ok"
levelInfo = "info"
levelWarn = "warn"
levelCrit = "crit"
levelUnknown = "unknown"

_recorded = (measurement, start, stop, fn) =>
    influxdb.from(bucket: bucket)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == measurement)
        |> filter(fn: fn)
        |> v1.fieldsAsCols()

logs = (start, stop=now(), fn) => _recorded(measurement: "notifications", start: start, stop: stop, fn: fn)

from = (start, stop=now(), fn=(r) => true) => _recorded(measurement: "statuses", start: start, stop: stop, fn: fn)

check = (tables=<-, data, messageFn, crit=(r) => false, warn=(r) => false, info=(r) => false, ok=(r) => true) =>
    tables
        |> experimental.set(o: data.tags)
        |> experimental.group(mode: "extend", columns: experimental.objectKeys(o: data.tags))
        |> map(
            fn: (r) =>
                ({r with
                    _measurement: "statuses",
                    _source_measurement: r._measurement,
                    _source_timestamp: int(v: r._time),
                    _time: now(),
                    _type: data._type,
                    _check_id: data._check_id,
                    _check_name: data._check_name,
                    _level:
                        if crit(r: r) then levelCrit
                        else if warn(r: r) then levelWarn
                        else if info(r: r) then levelInfo
                        else if ok(r: r) then levelOK
                        else levelUnknown,
                }),
        )
        |> map(fn: (r) => ({r with _message: messageFn(r: r)}))
        |> experimental.group(
            mode: "extend",
            columns: ["_source_measurement", "_type", "_check_id", "_check_name", "_level"],
        )
        |> write()

notify = (tables=<-, endpoint, data) =>
    tables
        |> experimental.set(o: data)
        |> experimental.group(mode: "extend", columns: experimental.objectKeys(o: data))
        |> map(fn: (r) => ({r with _measurement: "notifications", _status_timestamp: int(v: r._time), _time: now()}))
        |> endpoint()
        |> experimental.group(mode: "extend", columns: ["_sent"])
        |> log()

deadman = (t, tables=<-) => tables |> max(column: "_time") |> map(fn: (r) => ({r with dead: r._time < t}))

// The rows at which a number that stands for the level has changed in a way that counts. The level leaves the group key for that.
_changes = (tables=<-, valueOf, counts) =>
    tables
        |> map(fn: (r) => ({r with level_value: valueOf(r: r)}))
        |> duplicate(column: "_level", as: "____temp_level____")
        |> drop(columns: ["_level"])
        |> rename(columns: {"____temp_level____": "_level"})
        |> sort(columns: ["_source_timestamp", "_time"], desc: false)
        |> difference(columns: ["level_value"])
        |> filter(fn: (r) => counts(change: r.level_value))
        |> drop(columns: ["level_value"])
        |> experimental.group(mode: "extend", columns: ["_level"])

stateChangesOnly = (tables=<-) =>
    tables
        |> _changes(
            valueOf: (r) =>
                if r._level == levelCrit then 4
                else if r._level == levelWarn then 3
                else if r._level == levelInfo then 2
                else if r._level == levelOK then 1
                else 0,
            counts: (change) => change != 0,
        )

_fits = (r, level, other) => if level == "any" then r._level != other and exists r._level else r._level == level

stateChanges = (fromLevel="any", toLevel="any", tables=<-) =>
    if fromLevel == "any" and toLevel == "any" then
        tables |> stateChangesOnly()
    else
        tables
            |> _changes(
                valueOf: (r) =>
                    if _fits(r: r, level: toLevel, other: fromLevel) then 1
                    else if _fits(r: r, level: fromLevel, other: toLevel) then 0
                    else -10,
                counts: (change) => change == 1,
            )
`);
