/** /api/v2/audit: what happened to tokens, users and the server. InfluxDB has no such route. */
import type { Clock } from '../../domain/id.js';
import type { Audit } from '../../services/audit.js';
import { decodeAuditQuery, decodeExpectedRecord, encodeAuditList } from '../../wire/audit.js';
import { json, type Route } from '../route.js';

const PATH = '/api/v2/audit';

export const auditRoutes = (audit: Audit, clock: Clock): Route[] => [
  {
    method: 'GET',
    path: PATH,
    access: 'actor',
    needs: { list: 'orgs' },
    async handle(actor, { query }) {
      const { orgID, filter, page } = decodeAuditQuery(query, clock());
      return json(200, encodeAuditList(PATH, query, page, await audit.list(actor, orgID, filter, page)));
    },
  },
  {
    method: 'GET',
    path: `${PATH}/verify`,
    access: 'actor',
    needs: 'operator',
    async handle(actor, { query }) {
      return json(200, await audit.verify(actor, decodeExpectedRecord(query)));
    },
  },
];
