/** Package `influxdata/influxdb/secrets`: the secrets of the organization, for callers with permission to read them. */
import type { Package } from '../native.js';
import { native } from '../native.js';

export const secrets: Package = { get: native((args, context) => context.secret(args.string('key'))) };
