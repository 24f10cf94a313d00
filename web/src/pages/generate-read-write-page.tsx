/** A token for buckets and nothing else. */
import { useQuery } from '@tanstack/react-query';
import { bucketsQuery } from '../api/resources.js';
import { Loaded } from '../components/loading.js';
import { usePlace, useSession } from '../session/session.js';
import { BucketPane } from '../tokens/bucket-pane.js';
import styles from '../tokens/choice-list.module.css';
import { GenerateForm, useTokenForm } from '../tokens/generate-form.js';
import { permissionsOf, type Draft } from '../tokens/permission-draft.js';

export function ReadWritePage() {
  const { orgID } = usePlace();
  const { me } = useSession();
  const buckets = useQuery(bucketsQuery(orgID));
  const form = useTokenForm('read-write');
  const { draft } = form.value;
  const setDraft = (next: Draft): void => {
    form.set({ ...form.value, draft: next });
  };
  return (
    <GenerateForm
      form={form}
      title="Create a Read/Write token"
      hint="For a program that writes data, like Telegraf, or reads it, like Grafana."
      permissions={permissionsOf(draft, { orgID, userID: me.id })}
      nothingChosen="Select at least one bucket to read or write."
    >
      <Loaded query={buckets} what="Loading buckets …">
        {(data) => (
          <div className={styles.two}>
            <BucketPane action="read" buckets={data} draft={draft} onChange={setDraft} />
            <BucketPane action="write" buckets={data} draft={draft} onChange={setDraft} />
          </div>
        )}
      </Loaded>
    </GenerateForm>
  );
}
