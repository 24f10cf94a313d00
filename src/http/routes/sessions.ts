/** /api/v2/signin and /api/v2/signout. */
import type { Sessions } from '../../auth/sessions.js';
import { unauthorized } from '../../domain/errors.js';
import { readBasic, readCredentials, SESSION_COOKIE } from '../credentials.js';
import { empty, type Route } from '../route.js';

export const sessionRoutes = (sessions: Sessions): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/signin',
    access: 'open',
    startsSession: true,
    async handle({ headers, id, address, secure }) {
      const basic = readBasic(headers);
      if (basic === undefined) throw unauthorized('unauthorized access');
      const { key, cookieExpiresAtMs } = await sessions.signIn({ id, address }, basic.userName, basic.password);
      const expires = new Date(cookieExpiresAtMs).toUTCString();
      const attributes = `Path=/api/; Expires=${expires}; HttpOnly;${secure ? ' Secure;' : ''} SameSite=Strict`;
      return empty(204, { 'set-cookie': `${SESSION_COOKIE}=${key.reveal()}; ${attributes}` });
    },
  },
  {
    method: 'POST',
    path: '/api/v2/signout',
    access: 'open',
    async handle({ headers, id, address }) {
      // The cookie alone says which session ends; a token beside it changes nothing.
      const credentials = readCredentials({ cookie: headers.cookie });
      if (credentials.kind !== 'session') throw unauthorized('unauthorized access');
      await sessions.signOut({ id, address }, credentials.key);
      return empty(204);
    },
  },
];
