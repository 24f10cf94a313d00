/** /api/v2/delete. */
import type { Delete } from '../../services/delete.js';
import { decodeDelete } from '../../wire/delete-request.js';
import { textOf } from '../../wire/query-string.js';
import { empty, type Route } from '../route.js';

export const deleteRoutes = (remove: Delete): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/delete',
    access: 'actor',
    needs: { write: 'buckets' },
    redirectsSlash: true,
    otherMethods: 'json',
    async handle(actor, { query, body }) {
      const target = {
        org: textOf(query, 'org'),
        orgID: textOf(query, 'orgID'),
        bucket: textOf(query, 'bucket'),
        bucketID: textOf(query, 'bucketID'),
      };
      await remove.run(actor, target, decodeDelete(body));
      return empty(204);
    },
  },
];
