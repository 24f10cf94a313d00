/** What happened to a token, for who may read the audit log of its organization. */
import { permissionById } from '../../../src/domain/permission.js';
import { ANY_AUDIT } from '../api/audit.js';
import type { Authorization } from '../api/authorizations.js';
import { AuditRecords } from '../audit/audit-records.js';
import { useSession } from '../session/session.js';

export function TokenHistory({ token }: { readonly token: Authorization }) {
  const { may } = useSession();
  if (!may(permissionById('write', 'orgs', token.orgID))) return null;
  return (
    <section aria-labelledby="history">
      <h2 id="history" style={{ margin: '4px 0 8px' }}>
        History
      </h2>
      <AuditRecords search={{ ...ANY_AUDIT, orgID: token.orgID, resourceID: token.id }} caption="What happened to this token" />
    </section>
  );
}
