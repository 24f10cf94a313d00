/** Package `influxdata/influxdb/v1`: what scripts for InfluxDB 1.x ask of databases, and their JSON as tables. */
import { FluxPackage, flux } from '../native.js';
import { databases } from './databases.js';
import { json } from './json.js';

export const v1 = new FluxPackage(
  flux`
import "influxdata/influxdb/schema"

fieldsAsCols = schema.fieldsAsCols
tagValues = schema.tagValues
measurementTagValues = schema.measurementTagValues
tagKeys = schema.tagKeys
measurementTagKeys = schema.measurementTagKeys
fieldKeys = schema.fieldKeys
measurementFieldKeys = schema.measurementFieldKeys
measurements = schema.measurements
`,
  { databases, json },
);
