/** Package `experimental/geo`: where rows are on the earth, how far apart, and which lie within a region. */
import { FluxPackage, flux } from '../native.js';
import { getGrid, getLevel, s2CellIDToken, s2CellLatLon } from './cells.js';
import { stContains, stDistance, stLength } from './measure.js';

export const geo = new FluxPackage(
  flux`
import "experimental"
import "influxdata/influxdb/v1"

// The unit of distances: "m", "km" or "mile".
option units = {distance: "km"}

ST_Contains = (region, geometry, units=units) => stContains(region, geometry, units)

ST_Distance = (region, geometry, units=units) => stDistance(region, geometry, units)

ST_DWithin = (region, geometry, distance, units=units) =>
    ST_Distance(region, geometry, units) <= distance

ST_Intersects = (region, geometry, units=units) => ST_Distance(region, geometry, units) <= 0.0

ST_Length = (geometry, units=units) => stLength(geometry, units)

// The rows of each table as one line.
ST_LineString = (tables=<-) =>
    tables
        |> reduce(
            identity: {st_linestring: "", _separator: ""},
            fn: (r, accumulator) =>
                ({
                    st_linestring:
                        accumulator.st_linestring + accumulator._separator + string(v: r.lon) + " " + string(v: r.lat),
                    _separator: ", ",
                }),
        )
        |> drop(columns: ["_separator"])

// Of the cells by which the tables are grouped.
_levelOf = (tables=<-) => {
    first =
        tables
            |> tableFind(fn: (key) => exists key.s2_cell_id)
            |> getRecord(idx: 0)

    return if exists first then getLevel(token: first.s2_cell_id) else 666
}

toRows = (tables=<-) => tables |> v1.fieldsAsCols()

shapeData = (tables=<-, latField, lonField, level) =>
    tables
        |> map(
            fn: (r) =>
                ({r with _field:
                        if r._field == latField then
                            "lat"
                        else if r._field == lonField then
                            "lon"
                        else
                            r._field,
                }),
        )
        |> toRows()
        |> map(fn: (r) => ({r with s2_cell_id: s2CellIDToken(point: {lat: r.lat, lon: r.lon}, level: level)}))
        |> experimental.group(columns: ["s2_cell_id"], mode: "extend")

// Drops what lies in other cells than the region touches.
gridFilter = (
        tables=<-,
        region,
        minSize=24,
        maxSize=-1,
        level=-1,
        s2cellIDLevel=-1,
        units=units,
    ) =>
    {
        cellLevel = if s2cellIDLevel == -1 then tables |> _levelOf() else s2cellIDLevel
        grid =
            getGrid(
                region: region,
                minSize: minSize,
                maxSize: maxSize,
                level: level,
                maxLevel: cellLevel,
                units: units,
            )
        cellOf = (token) => if grid.level == cellLevel then token else s2CellIDToken(token: token, level: grid.level)

        return tables |> filter(fn: (r) => contains(value: cellOf(token: r.s2_cell_id), set: grid.set))
    }

strictFilter = (tables=<-, region) =>
    tables |> filter(fn: (r) => ST_Contains(region: region, geometry: {lat: r.lat, lon: r.lon}))

filterRows = (
        tables=<-,
        region,
        minSize=24,
        maxSize=-1,
        level=-1,
        s2cellIDLevel=-1,
        strict=true,
    ) =>
    {
        labels = tables |> columns(column: "label") |> findColumn(column: "label", fn: (key) => true)
        near =
            tables
                |> gridFilter(
                    region: region,
                    minSize: minSize,
                    maxSize: maxSize,
                    level: level,
                    s2cellIDLevel: s2cellIDLevel,
                )
        rows = if contains(value: "lat", set: labels) then near else near |> toRows()

        return if strict then rows |> strictFilter(region: region) else rows
    }

groupByArea = (tables=<-, newColumn, level, s2cellIDLevel=-1) => {
    cellLevel = if s2cellIDLevel == -1 then tables |> _levelOf() else s2cellIDLevel
    areas =
        if level == cellLevel then
            tables |> duplicate(column: "s2_cell_id", as: newColumn)
        else
            tables
                |> map(fn: (r) => ({r with _area: s2CellIDToken(point: {lat: r.lat, lon: r.lon}, level: level)}))
                |> rename(columns: {_area: newColumn})

    return areas |> group(columns: [newColumn])
}

asTracks = (tables=<-, groupBy=["id", "tid"], orderBy=["_time"]) =>
    tables |> group(columns: groupBy) |> sort(columns: orderBy)

totalDistance = (tables=<-, outputColumn="_value") =>
    tables
        |> reduce(
            identity: {_begun: false, _lat: 0.0, _lon: 0.0, _distance: 0.0},
            fn: (r, accumulator) => {
                here = {lat: r.lat, lon: r.lon}
                before = if accumulator._begun then {lat: accumulator._lat, lon: accumulator._lon} else here

                return {
                    _begun: true,
                    _lat: r.lat,
                    _lon: r.lon,
                    _distance: accumulator._distance + ST_Distance(region: before, geometry: here),
                }
            },
        )
        |> drop(columns: ["_begun", "_lat", "_lon"])
        |> rename(columns: {_distance: outputColumn})
`,
  { getGrid, getLevel, s2CellIDToken, s2CellLatLon, stContains, stDistance, stLength },
);
