/** A token for everything in one organization. */
import { formatPermission } from '../../../src/domain/permission.js';
import { Remark } from '../components/message.js';
import { usePlace, useSession } from '../session/session.js';
import { GenerateForm } from '../tokens/generate-form.js';
import { allAccessPermissions } from '../tokens/permission-draft.js';

export function AllAccessPage() {
  const { orgID, organization } = usePlace();
  const { me, rights } = useSession();
  const permissions = allAccessPermissions({ orgID, userID: me.id });
  const missing = rights.firstMissing(permissions);
  return (
    <GenerateForm
      title="Generate All Access API Token"
      hint={`For a person or a program that administers ${organization.name}.`}
      permissions={permissions}
      nothingChosen=""
      refusal={
        missing &&
        `You may not give everything away: you lack ${formatPermission(missing)} yourself. Generate a Custom API Token with what you may give.`
      }
    >
      <Remark tone="warning">
        It can read, write and delete all data of <strong>{organization.name}</strong>, and make further tokens. It cannot make
        organizations or users: that takes an operator token. For a program that only writes or reads data, generate a Read/Write API Token.
      </Remark>
    </GenerateForm>
  );
}
