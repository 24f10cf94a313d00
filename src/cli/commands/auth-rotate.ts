/** `auth rotate`: a new secret for a token; the old one stays valid for a grace time. */
import { authorizations, endPreviousSecret, rotateAuthorization } from '../../client/authorizations.js';
import { TOKEN_FORMATS } from '../../domain/token-format.js';
import { parseLifetime } from '../../domain/token-lifetime.js';
import { printAuthorization } from '../authorization-output.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { choice, requiredText, text, toggle } from '../flags.js';
import { openSession } from '../session.js';
import { writeError, writeOut } from '../terminal.js';

export const command = defineCommand({
  description:
    'The token keeps its id, permissions and expiry. The new secret is shown only once.\n' +
    'The old secret stays valid for the grace time, so that clients can be changed without an outage.',
  examples: [
    'sluice auth rotate --id 0a1b2c3d4e5f6071',
    'sluice auth rotate --id 0a1b2c3d4e5f6071 --grace 15m --token-only > new.token',
    'sluice auth rotate --id 0a1b2c3d4e5f6071 --end-previous',
  ],
  flags: {
    id: requiredText('id of the token', { short: 'i', value: 'id' }),
    grace: text('time for which the old secret stays valid, such as 15m or 2d; 0 for none (default: 1h)', { value: 'duration' }),
    'end-previous': toggle('do not rotate: end the grace time of the last rotation now'),
    'token-format': choice('form of the new secret (default: what the server prefers)', 'token format', TOKEN_FORMATS),
    'token-only': toggle('print only the new token'),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { id, grace, 'token-format': tokenFormat } = values;
    const { send } = await openSession(invocation);
    const quoted = JSON.stringify(id);
    if (values['end-previous']) {
      if (grace !== undefined) throw new Error('give --grace or --end-previous, not both');
      const found = await attempt(`could not find auth with ID ${quoted}`, authorizations.find(send, id));
      await attempt(`could not end the previous secret of auth with ID ${quoted}`, endPreviousSecret(send, id));
      printAuthorization(values, found);
      return;
    }
    const graceSeconds = grace === undefined ? undefined : grace === '0' ? 0 : Math.round(parseLifetime(grace, '--grace') / 1000);
    const rotated = await attempt(`could not rotate auth with ID ${quoted}`, rotateAuthorization(send, id, { graceSeconds, tokenFormat }));
    if (values['token-only']) writeOut(`${rotated.token}\n`);
    else printAuthorization(values, rotated);
    const { isErrorTerminal } = await import('../prompt.js');
    if (isErrorTerminal()) writeError('Keep the token now: it is not shown again.\n');
  },
});
