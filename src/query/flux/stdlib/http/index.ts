/** Package `http`, without what opens connections. */
import { PlainRecord } from '../../language/value.js';
import { Duration } from '../../language/duration.js';
import type { Package } from '../native.js';
import { constant, native } from '../native.js';

/** What stands for itself in a segment of a path. */
const PLAIN = /[A-Za-z0-9\-_.~$&+=:@]/;

const escapeByte = (byte: number): string => {
  const letter = String.fromCharCode(byte);
  return PLAIN.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
};

export const http: Package = {
  basicAuth: native((args) => `Basic ${Buffer.from(`${args.string('u')}:${args.string('p')}`).toString('base64')}`),
  pathEscape: native((args) => [...Buffer.from(args.string('inputString'))].map(escapeByte).join('')),
};

export const requests: Package = {
  defaultConfig: constant(PlainRecord.of({ timeout: Duration.ofNs(0n), insecureSkipVerify: false })),
};
