/** Package `influxdata/influxdb/sample`: which sample data there are. Fetching them opens a connection, and is refused. */
import { FluxPackage, flux } from '../native.js';

const HOST = 'https://influx-testdata.s3.amazonaws.com';

export const sample = new FluxPackage(flux`
import "array"

list = () =>
    array.from(
        rows: [
            {
                name: "airSensor",
                description: "Simulated office building air sensor data with temperature, humidity, and carbon monoxide metrics. Data is updated approximately every 15m.",
                url: "${HOST}/air-sensor-data-annotated.csv",
                size: "~600 KB",
                type: "live",
            },
            {
                name: "birdMigration",
                description: "2019 African bird migration data from the \"Movebank: Animal Tracking\" dataset. Contains geotemporal data between 2019-01-01 and 2019-12-31.",
                url: "${HOST}/bird-migration.csv",
                size: "~1.2 MB",
                type: "static",
            },
            {
                name: "bitcoin",
                description: "Bitcoin price data from the last 30 days – Powered by CoinDesk – https://www.coindesk.com/price/bitcoin. Data is updated approximately every 15m.",
                url: "${HOST}/bitcoin-historical-annotated.csv",
                size: "~700 KB",
                type: "live",
            },
            {
                name: "machineProduction",
                description: "States and metrics reported from four automated grinding wheel stations on a production line. Contains data from 2021-08-01.",
                url: "${HOST}/machine-production.csv",
                size: "~11.9 MB",
                type: "static",
            },
            {
                name: "noaa",
                description: "Latest observations from the NOAA National Data Buoy Center (NDBC). Contains only the most recent observations (no historical data). Data is updated approximately every 15m.",
                url: "${HOST}/noaa-ndbc-latest-observations-annotated.csv",
                size: "~1.3 MB",
                type: "live",
            },
            {
                name: "noaaWater",
                description: "Water level observations from two stations reported by the NOAA Center for Operational Oceanographic Products and Services. Contains data between 2019-08-17 and 2019-09-17.",
                url: "${HOST}/noaa.csv",
                size: "~10.3 MB",
                type: "static",
            },
            {
                name: "usgs",
                description: "USGS earthquake data from the last week. Contains geotemporal data collected from USGS seismic sensors around the world. Data is updated approximately every 15m.",
                url: "${HOST}/usgs-earthquake-all-week-annotated.csv",
                size: "~6 MB",
                type: "live",
            },
        ],
    )

// Moves all rows in time so that the latest one is of now.
alignToNow = (tables=<-) => {
    latest = (tables |> keep(columns: ["_time"]) |> last(column: "_time") |> findRecord(fn: (key) => true, idx: 0))._time

    return tables |> timeShift(duration: duration(v: int(v: now()) - int(v: latest)))
}
`);
