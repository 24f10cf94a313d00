/** Package `experimental/oee`: how well equipment is used (availability, performance, quality). */
import { FluxPackage, flux } from '../native.js';

export const oee = new FluxPackage(flux`
import "contrib/tomhollingworth/events"
import "experimental"

_total = (tables=<-, column) =>
    tables
        |> difference(columns: [column], nonNegative: true)
        |> sum(column: column)
        |> duplicate(column: "_stop", as: "_time")

_ns = (d) => float(v: int(v: d))

computeAPQ = (productionEvents, partEvents, runningState, plannedTime, idealCycleTime) => {
    availability =
        productionEvents
            |> events.duration(unit: 1ns, columnName: "runTime")
            |> filter(fn: (r) => r.state == runningState)
            |> sum(column: "runTime")
            |> map(fn: (r) => ({r with _time: r._stop, availability: float(v: r.runTime) / _ns(d: plannedTime)}))
    parts = partEvents |> _total(column: "partCount")
    bad = partEvents |> _total(column: "badCount")
    performance =
        experimental.join(
            left: availability,
            right: parts,
            fn: (left, right) =>
                ({left with performance: float(v: right.partCount) * _ns(d: idealCycleTime) / float(v: left.runTime)}),
        )
    quality =
        experimental.join(
            left: bad,
            right: parts,
            fn: (left, right) =>
                ({left with
                    quality: (float(v: right.partCount) - float(v: left.badCount)) / float(v: right.partCount),
                }),
        )

    return
        experimental.join(
            left: performance,
            right: quality,
            fn: (left, right) =>
                ({left with
                    quality: right.quality,
                    oee: left.availability * left.performance * right.quality,
                }),
        )
}

APQ = (tables=<-, runningState, plannedTime, idealCycleTime) =>
    computeAPQ(
        productionEvents: tables,
        partEvents: tables,
        runningState: runningState,
        plannedTime: plannedTime,
        idealCycleTime: idealCycleTime,
    )
`);
