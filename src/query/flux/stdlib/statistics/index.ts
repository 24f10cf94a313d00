/** Packages `contrib/anaisdg/anomalydetection` and `contrib/anaisdg/statsmodels`: outliers among series, and lines through points. */
import { FluxPackage, flux } from '../native.js';

export const anomalydetection = new FluxPackage(flux`
import "math"

// For each moment, how far every series is from the median of all, measured in medians of these distances.
mad = (table=<-, threshold=3.0) => {
    // Of normally distributed values, such a median is this part of the standard deviation.
    scale = 1.4826
    data = table |> group(columns: ["_time"], mode: "by")
    middle = data |> median(column: "_value")
    distances =
        join(tables: {data: data, med: middle}, on: ["_time"], method: "inner")
            |> map(fn: (r) => ({r with _value: math.abs(x: r._value_data - r._value_med)}))
            |> drop(columns: ["_start", "_stop", "_value_med", "_value_data"])
    deviations =
        distances
            |> median(column: "_value")
            |> map(fn: (r) => ({r with MAD: scale * r._value}))
            |> filter(fn: (r) => r.MAD > 0.0)

    return
        join(tables: {diff: distances, diff_med: deviations}, on: ["_time"], method: "inner")
            |> map(fn: (r) => ({r with _value: r._value_diff / r._value_diff_med}))
            |> map(fn: (r) => ({r with level: if r._value >= threshold then "anomaly" else "normal"}))
}
`);

export const statsmodels = new FluxPackage(flux`
// The line that lies nearest to the values, by the number of the row.
linearRegression = (tables=<-) => {
    points =
        tables
            |> rename(columns: {_value: "y"})
            |> map(fn: (r) => ({r with x: 1.0}))
            |> cumulativeSum(columns: ["x"])
    sums =
        points
            |> reduce(
                identity: {N: 0.0, sx: 0.0, sy: 0.0, sxx: 0.0, sxy: 0.0},
                fn: (r, accumulator) =>
                    ({
                        N: accumulator.N + 1.0,
                        sx: r.x + accumulator.sx,
                        sy: r.y + accumulator.sy,
                        sxx: r.x * r.x + accumulator.sxx,
                        sxy: r.x * r.y + accumulator.sxy,
                    }),
            )
            |> tableFind(fn: (key) => true)
            |> getRecord(idx: 0)
    meanX = sums.sx / sums.N
    meanY = sums.sy / sums.N
    slope = (sums.sxy - meanX * meanY * sums.N) / (sums.sxx - sums.N * meanX * meanX)
    intercept = meanY - slope * meanX
    fitted = (r) =>
        ({r with
            y_hat: slope * r.x + intercept,
            slope: slope,
            sx: sums.sx,
            sxy: sums.sxy,
            sxx: sums.sxx,
            N: sums.N,
            sy: sums.sy,
        })

    return points |> map(fn: fitted) |> map(fn: (r) => ({r with errors: (r.y - r.y_hat) ^ 2.0}))
}
`);
