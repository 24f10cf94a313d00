/** `auth derive`: makes a weaker token from a token, without a server. */
import { readFileSync } from 'node:fs';
import { deriveToken } from '../../auth/derived-tokens.js';
import { Secret } from '../../auth/secret.js';
import { parseLifetime } from '../../domain/token-lifetime.js';
import { defineCommand } from '../command.js';
import { requiredText, text, texts } from '../flags.js';
import { writeOut } from '../terminal.js';

/** A file of a token is no longer. */
const FILE_BYTES_MAX = 16 * 1024;

export const command = defineCommand({
  description:
    'Works offline: the server learns of the derived token when it is used. It grants access to buckets only, never more than its parent\n' +
    'grants at that moment, and ends with its parent. A derived token can be derived again, 8 times at the most.',
  examples: [
    'sluice auth derive --token-file home.token --expires-in 10m --read-bucket home',
    'sluice auth derive --token-file home.token --expires-in 1h --write-bucket home --cidr 10.0.0.0/8 > sensor.token',
  ],
  flags: {
    'token-file': requiredText('file with the token to derive from', { value: 'path' }),
    'expires-in': text('time after which the derived token expires, such as 90d, 36h or 15m', { value: 'duration' }),
    'read-bucket': texts('read this bucket; may be repeated', { value: 'name|id' }),
    'write-bucket': texts('write to this bucket; may be repeated', { value: 'name|id' }),
    cidr: texts('network that it may be used from, such as 10.0.0.0/8; may be repeated', { value: 'network' }),
  },
  run({ values }) {
    const parent = readFileSync(values['token-file']).subarray(0, FILE_BYTES_MAX).toString('utf8').trim();
    if (parent === '') throw new Error(`there is no token in ${values['token-file']}`);
    const { 'expires-in': expiresIn, 'read-bucket': read, 'write-bucket': write, cidr } = values;
    const permissions = [
      ...read.map((bucket) => ({ action: 'read' as const, bucket })),
      ...write.map((bucket) => ({ action: 'write' as const, bucket })),
    ];
    const derived = deriveToken(new Secret(parent), {
      expiresAtMs: expiresIn === undefined ? undefined : Date.now() + parseLifetime(expiresIn, '--expires-in'),
      permissions: permissions.length === 0 ? undefined : permissions,
      cidrs: cidr.length === 0 ? undefined : cidr,
    });
    writeOut(`${derived.reveal()}\n`);
  },
});
