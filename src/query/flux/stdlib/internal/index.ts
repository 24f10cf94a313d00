/** Packages of InfluxDB that are no more than constants and options. */
import { parseTime } from '../../../../domain/time.js';
import { Time } from '../../language/value.js';
import type { Package } from '../native.js';
import { UTC_LOCATION, constant } from '../native.js';

const timeConstant = (text: string): { value: Time } => constant(new Time(parseTime(text) as bigint)) as { value: Time };

export const influxql: Package = {
  epoch: timeConstant('1970-01-01T00:00:00Z'),
  minTime: timeConstant('1677-09-21T00:12:43.145224194Z'),
  maxTime: timeConstant('2262-04-11T23:47:16.854775806Z'),
};

export const booleans: Package = { true: constant(true), false: constant(false) };

export const location: Package = { location: constant(UTC_LOCATION) };

/** The rules are those of InfluxDB's planner: there is nothing of them here that could be switched off. */
export const planner: Package = { disableLogicalRules: constant(['']), disablePhysicalRules: constant(['']) };
