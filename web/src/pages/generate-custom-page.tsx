/** A token with exactly what one chooses; or one like another, to be edited before it is created. */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from 'wouter';
import { tokenQuery, type Authorization } from '../api/authorizations.js';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { telegrafsQuery } from '../api/telegrafs.js';
import type { Thing } from '../api/things.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { usePlace, useSession } from '../session/session.js';
import { neededPermissions } from '../tokens/clone-narrower.js';
import { GenerateForm, useTokenForm } from '../tokens/generate-form.js';
import { LimitsField } from '../tokens/limits-field.js';
import { limitsOf, withMatch } from '../tokens/limits.js';
import { draftOf, EMPTY_DRAFT, permissionsOf } from '../tokens/permission-draft.js';
import { RightsForm } from '../tokens/rights-form.js';
import { nameOfToken } from '../tokens/token-parts.js';

export function CustomPage() {
  const search = new URLSearchParams(useSearch());
  const cloneOf = search.get('clone');
  return cloneOf === null ? (
    <CustomForm original={undefined} isNarrower={false} />
  ) : (
    <Clone id={cloneOf} isNarrower={search.has('narrower')} />
  );
}

function Clone({ id, isNarrower }: { readonly id: string; readonly isNarrower: boolean }) {
  const token = useQuery(tokenQuery(id));
  return (
    <Loaded query={token} what="Loading the token …">
      {(original) => <CustomForm original={original} isNarrower={isNarrower} />}
    </Loaded>
  );
}

interface CustomFormProps {
  readonly original: Authorization | undefined;
  /** Without the permissions that no request has needed. */
  readonly isNarrower: boolean;
}

function CustomForm({ original, isNarrower }: CustomFormProps) {
  const { orgID } = usePlace();
  const { me } = useSession();
  const buckets = useQuery(bucketsQuery(orgID));
  const telegrafs = useQuery(telegrafsQuery(orgID));
  const place = { orgID, userID: me.id };
  const form = useTokenForm(
    `custom ${original?.id ?? ''}${isNarrower ? ' narrower' : ''}`,
    original === undefined ? '' : `${original.description} (${isNarrower ? 'narrower' : 'cloned'})`.trim(),
    original === undefined ? EMPTY_DRAFT : draftOf(isNarrower ? neededPermissions(original) : original.permissions, place),
    limitsOf(original?.constraints),
  );
  const { draft, limits } = form.value;
  const names = new Map(
    (original?.permissions ?? []).flatMap(({ resource: { id, name } }) =>
      id === undefined || name === undefined ? [] : [[id, name] as const],
    ),
  );
  // What was granted of things that are gone, or that one does not see, stays in sight.
  const withUnseen = (things: readonly Thing[], type: 'buckets' | 'telegrafs'): Thing[] => {
    const known = new Set(things.map(({ id }) => id));
    const granted = (original?.permissions ?? []).flatMap(({ resource: { type: granted, id, name } }) =>
      granted === type && id !== undefined && !known.has(id) ? [{ id, name: name ?? `${id} (deleted, or hidden from you)` }] : [],
    );
    return [...things, ...new Map(granted.map((thing) => [thing.id, thing])).values()];
  };
  return (
    <GenerateForm
      form={form}
      title={original === undefined ? 'Create a Custom token' : 'Clone a token'}
      hint={
        original === undefined ? (
          'Grants only the permissions you select.'
        ) : (
          <>
            A token of your own with the permissions of “{nameOfToken(original)}”{isNarrower && ' that requests have needed'}. Edit what
            should differ.
          </>
        )
      }
      permissions={withMatch(permissionsOf(draft, place), limits)}
      nothingChosen="Select at least one permission."
    >
      <LimitsField
        limits={limits}
        onChange={(next) => {
          form.set({ ...form.value, limits: next });
        }}
      />
      <ErrorMessage error={telegrafs.error} />
      <Loaded query={buckets} what="Loading buckets …">
        {(data) => (
          <RightsForm
            things={{
              buckets: withUnseen(data.filter(isUserBucket), 'buckets'),
              telegrafs: withUnseen(telegrafs.data ?? [], 'telegrafs'),
            }}
            names={names}
            draft={draft}
            onChange={(next) => {
              form.set({ ...form.value, draft: next });
            }}
          />
        )}
      </Loaded>
    </GenerateForm>
  );
}
