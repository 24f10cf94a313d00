/** /api/v2/setup. */
import { Secret } from '../../auth/secret.js';
import type { Setup } from '../../services/setup.js';
import { encodeBareAuthorization } from '../../wire/authorizations.js';
import { encodeBucket } from '../../kinds/buckets.js';
import { encodeOrganization } from '../../wire/organizations.js';
import { decodeSetup } from '../../wire/setup.js';
import { encodeUser } from '../../wire/users.js';
import { json, type Route } from '../route.js';

const secretOf = (text: string | undefined): Secret | undefined => (text === undefined ? undefined : new Secret(text));

export const setupRoutes = (setup: Setup): Route[] => [
  {
    method: 'GET',
    path: '/api/v2/setup',
    access: 'open',
    handle: async () => json(200, { allowed: await setup.isAllowed() }),
  },
  {
    method: 'POST',
    path: '/api/v2/setup',
    access: 'open',
    async handle({ body }) {
      const { password, token, ...rest } = decodeSetup(body);
      const { user, bucket, organization, authorization, secret } = await setup.run({
        ...rest,
        password: secretOf(password),
        token: secretOf(token),
      });
      return json(201, {
        user: encodeUser(user),
        bucket: encodeBucket(bucket, []),
        org: encodeOrganization(organization),
        auth: encodeBareAuthorization(authorization, secret.reveal()),
      });
    },
  },
];
