/** A token for everything in one organization. */
import { formatPermission } from '../../../src/domain/permission.js';
import { Remark } from '../components/message.js';
import { usePlace, useSession } from '../session/session.js';
import { GenerateForm, useTokenForm } from '../tokens/generate-form.js';
import { allAccessPermissions } from '../tokens/permission-draft.js';

export function AllAccessPage() {
  const { orgID, organization } = usePlace();
  const { me, rights } = useSession();
  const permissions = allAccessPermissions({ orgID, userID: me.id });
  const form = useTokenForm('all-access');
  const missing = rights.firstMissing(permissions);
  return (
    <GenerateForm
      form={form}
      title="Create an All Access token"
      hint={`For a person or a program that manages ${organization.name}.`}
      permissions={permissions}
      nothingChosen=""
      refusal={
        missing &&
        `You can’t grant everything here: you don’t have ${formatPermission(missing)} yourself. Create a Custom token with the permissions that you have.`
      }
    >
      <Remark tone="warning">
        It can read, write and delete all data in <strong>{organization.name}</strong>, and create more tokens. It can’t create
        organizations or users. For a program that only writes or reads data, create a Read/Write token.
      </Remark>
    </GenerateForm>
  );
}
