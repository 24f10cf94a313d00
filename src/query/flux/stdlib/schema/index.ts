/** Package `influxdata/influxdb/schema`: questions about what a bucket holds. */
import { FluxPackage, flux } from '../native.js';

export const schema = new FluxPackage(flux`
// Tests read from elsewhere.
option _from = from

_defaultStart = -30d

fieldsAsCols = (tables=<-) => tables |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")

_series = (bucket, predicate, start, stop) =>
    _from(bucket: bucket) |> range(start: start, stop: stop) |> filter(fn: predicate)

tagValues = (bucket, tag, predicate=(r) => true, start=_defaultStart, stop=now()) =>
    _series(bucket: bucket, predicate: predicate, start: start, stop: stop)
        |> keep(columns: [tag])
        |> group()
        |> distinct(column: tag)

tagKeys = (bucket, predicate=(r) => true, start=_defaultStart, stop=now()) =>
    _series(bucket: bucket, predicate: predicate, start: start, stop: stop)
        |> keys()
        |> keep(columns: ["_value"])
        |> distinct()

measurementTagValues = (bucket, measurement, tag, start=_defaultStart, stop=now()) =>
    tagValues(bucket: bucket, tag: tag, predicate: (r) => r._measurement == measurement, start: start, stop: stop)

measurementTagKeys = (bucket, measurement, start=_defaultStart, stop=now()) =>
    tagKeys(bucket: bucket, predicate: (r) => r._measurement == measurement, start: start, stop: stop)

fieldKeys = (bucket, predicate=(r) => true, start=_defaultStart, stop=now()) =>
    tagValues(bucket: bucket, tag: "_field", predicate: predicate, start: start, stop: stop)

measurementFieldKeys = (bucket, measurement, start=_defaultStart, stop=now()) =>
    fieldKeys(bucket: bucket, predicate: (r) => r._measurement == measurement, start: start, stop: stop)

measurements = (bucket, start=_defaultStart, stop=now()) =>
    tagValues(bucket: bucket, tag: "_measurement", start: start, stop: stop)
`);
