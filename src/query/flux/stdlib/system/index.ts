/** Packages `system` and `runtime`: the clock, and the version of the language. */
import { Time } from '../../language/value.js';
import type { Package } from '../native.js';
import { native } from '../native.js';

const NS_PER_MS = 1_000_000n;

/** The release of Flux that InfluxDB 2.9 brings along. */
const FLUX_VERSION = 'v0.200.0';

export const system: Package = { time: native(() => new Time(BigInt(Date.now()) * NS_PER_MS + (process.hrtime.bigint() % NS_PER_MS))) };
export const runtime: Package = { version: native(() => FLUX_VERSION) };
