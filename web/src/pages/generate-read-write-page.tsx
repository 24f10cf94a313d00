/** A token for buckets and nothing else. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { bucketsQuery } from '../api/resources.js';
import { Loaded } from '../components/loading.js';
import { usePlace, useSession } from '../session/session.js';
import { BucketPane } from '../tokens/bucket-pane.js';
import styles from '../tokens/choice-list.module.css';
import { GenerateForm } from '../tokens/generate-form.js';
import { EMPTY_DRAFT, permissionsOf } from '../tokens/permission-draft.js';

export function ReadWritePage() {
  const { orgID } = usePlace();
  const { me } = useSession();
  const buckets = useQuery(bucketsQuery(orgID));
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  return (
    <GenerateForm
      title="Generate Read/Write API Token"
      hint="For a program that writes data, like Telegraf, or reads them, like Grafana."
      permissions={permissionsOf(draft, { orgID, userID: me.id })}
      nothingChosen="Choose at least one bucket to read or to write."
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
