// InfluxData's own JavaScript client, which only has to be told where Sluice is: writes a point and reads it back.
// Needs SLUICE_TOKEN, a token that reads and writes the bucket SLUICE_BUCKET of the organization SLUICE_ORG.
import { InfluxDB, Point } from '@influxdata/influxdb-client';

const {
  SLUICE_URL: url = 'http://localhost:8086',
  SLUICE_TOKEN: token,
  SLUICE_ORG: org = 'acme',
  SLUICE_BUCKET: bucket = 'home',
} = process.env;
const sluice = new InfluxDB({ url, token });

const writer = sluice.getWriteApi(org, bucket);
writer.writePoint(new Point('temperature').tag('room', 'kitchen').floatField('celsius', 21.4));
await writer.close();

const rows = await sluice.getQueryApi(org).collectRows(`from(bucket: "${bucket}") |> range(start: -1h) |> last()`);
for (const { _measurement, _field, _value, room } of rows) console.log(`${_measurement} in the ${room}: ${_value} ${_field}`);
