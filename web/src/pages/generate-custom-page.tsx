/** A token with exactly what one chooses; or one like another, to be changed before it is made. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearch } from 'wouter';
import { tokenQuery, type Authorization } from '../api/authorizations.js';
import { bucketsQuery, isUserBucket, telegrafsQuery } from '../api/resources.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { usePlace, useSession } from '../session/session.js';
import { GenerateForm } from '../tokens/generate-form.js';
import { draftOf, EMPTY_DRAFT, permissionsOf } from '../tokens/permission-draft.js';
import { RightsForm, type Thing } from '../tokens/rights-form.js';
import { nameOfToken } from '../tokens/token-parts.js';

export function CustomPage() {
  const cloneOf = new URLSearchParams(useSearch()).get('clone');
  return cloneOf === null ? <CustomForm original={undefined} /> : <Clone id={cloneOf} />;
}

function Clone({ id }: { readonly id: string }) {
  const token = useQuery(tokenQuery(id));
  return (
    <Loaded query={token} what="Loading the token …">
      {(original) => <CustomForm original={original} />}
    </Loaded>
  );
}

function CustomForm({ original }: { readonly original: Authorization | undefined }) {
  const { orgID } = usePlace();
  const { me } = useSession();
  const buckets = useQuery(bucketsQuery(orgID));
  const telegrafs = useQuery(telegrafsQuery(orgID));
  const place = { orgID, userID: me.id };
  const [draft, setDraft] = useState(() => (original === undefined ? EMPTY_DRAFT : draftOf(original.permissions, place)));
  // What was granted of things that are gone, or that one does not see, stays in sight.
  const withUnseen = (things: readonly Thing[], type: 'buckets' | 'telegrafs'): Thing[] => {
    const known = new Set(things.map(({ id }) => id));
    const granted = (original?.permissions ?? []).flatMap(({ resource: { type: granted, id, name } }) =>
      granted === type && id !== undefined && !known.has(id) ? [{ id, name: name ?? `${id} (deleted, or out of your sight)` }] : [],
    );
    return [...things, ...new Map(granted.map((thing) => [thing.id, thing])).values()];
  };
  return (
    <GenerateForm
      title={original === undefined ? 'Generate Custom API Token' : 'Clone an API Token'}
      hint={
        original === undefined ? (
          'It opens what you tick, and nothing else.'
        ) : (
          <>A token of your own with the rights of “{nameOfToken(original)}”. Change what should differ.</>
        )
      }
      initialDescription={original === undefined ? '' : `${original.description} (cloned)`.trim()}
      permissions={permissionsOf(draft, place)}
      nothingChosen="Tick at least one right."
    >
      <ErrorMessage error={telegrafs.error} />
      <Loaded query={buckets} what="Loading buckets …">
        {(data) => (
          <RightsForm
            things={{
              buckets: withUnseen(data.filter(isUserBucket), 'buckets'),
              telegrafs: withUnseen(telegrafs.data ?? [], 'telegrafs'),
            }}
            draft={draft}
            onChange={setDraft}
          />
        )}
      </Loaded>
    </GenerateForm>
  );
}
