/** Package `contrib/RohanSreerama5/naiveBayesClassifier`: guesses the class of values from those of earlier days. */
import { FluxPackage, flux } from '../native.js';

export const naiveBayesClassifier = new FluxPackage(flux`
// What the days of training say of each value and class: P(class | value) = P(value | class) * P(class) / P(value).
_probabilities = (training, classColumn, field) => {
    total =
        (training
            |> group(columns: ["_field"])
            |> count()
            |> findRecord(fn: (key) => key._field == field, idx: 0))._value
    ofClass =
        training
            |> group(columns: [classColumn, "_field"])
            |> count()
            |> map(fn: (r) => ({r with p_k: float(v: r._value) / float(v: total), tc: total}))
            |> group()
    ofValue =
        training
            |> group(columns: ["_value", "_field"])
            |> count(column: classColumn)
            |> map(fn: (r) => ({r with p_x: float(v: r.airborne) / float(v: total), tc: total}))
    ofBoth =
        training
            |> group(columns: ["_field", "_value", classColumn])
            |> reduce(fn: (r, accumulator) => ({sum: 1.0 + accumulator.sum}), identity: {sum: 0.0})
            |> group()
    ofValueInClass =
        join(tables: {P_k_x: ofBoth, P_Class_k: ofClass}, on: [classColumn], method: "inner")
            |> group(columns: [classColumn, "_value_P_k_x"])
            |> limit(n: 1)
            |> map(fn: (r) => ({r with P_x_k: r.sum / float(v: r._value_P_Class_k)}))
            |> drop(columns: ["_field_P_Class_k", "_value_P_Class_k"])
            |> rename(columns: {_field_P_k_x: "_field", _value_P_k_x: "_value"})

    return
        join(tables: {P_k_x_class: ofValueInClass, P_value_x: ofValue}, on: ["_value", "_field"], method: "inner")
            |> map(fn: (r) => ({r with Probability: r.P_x_k * r.p_k / r.p_x}))
}

naiveBayes = (tables=<-, myClass, myField, myMeasurement) => {
    days = (start, stop) =>
        tables
            |> range(start: start, stop: stop)
            |> filter(fn: (r) => r["_measurement"] == myMeasurement and r["_field"] == myField)
            |> group()
    training = days(start: 2020-01-02T00:00:00Z, stop: 2020-01-06T23:00:00Z)
    asked = days(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T23:00:00Z)
    probabilities = _probabilities(training: training, classColumn: myClass, field: myField)

    return
        join(
            tables: {Probability_table: probabilities, r: asked |> keep(columns: ["_value", "Animal_name", "_field"])},
            on: ["_value"],
            method: "inner",
        )
}
`);
