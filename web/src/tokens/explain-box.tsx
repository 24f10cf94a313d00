/** May this token do something? The server's answer, with what decides, what is missing, and who could give it. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ACTIONS, RESOURCE_TYPES, type Action, type ResourceType } from '../../../src/domain/permission.js';
import { explainToken, type Explanation } from '../api/checks.js';
import type { Authorization, DescribedPermission } from '../api/authorizations.js';
import { ErrorMessage } from '../components/message.js';
import { Shown } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import styles from './explain-box.module.css';
import { wordMany, wordOne } from './words.js';

const NAMED: readonly ResourceType[] = ['buckets', 'orgs', 'users'];
const LACKS: Readonly<Record<string, string>> = {
  action: 'it is for the other action',
  resource: 'it is for another resource',
  organization: 'it is for another organization',
  points: 'it is for some points only',
};

export function ExplainBox({ token }: { readonly token: Authorization }) {
  const [action, setAction] = useState<Action>('write');
  const [type, setType] = useState<ResourceType>('buckets');
  const [which, setWhich] = useState('');
  const [answer, setAnswer] = useState<Explanation | undefined>(undefined);
  const asking = useAction(async () => {
    setAnswer(undefined);
    setAnswer(await explainToken(token, action, type, which.trim()));
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void asking.run();
      }}
    >
      <div className={styles.line}>
        <NativeSelect
          label="Action"
          data={[...ACTIONS]}
          value={action}
          onChange={(event) => {
            setAction(event.currentTarget.value as Action);
          }}
        />
        <NativeSelect
          label="Type"
          data={[...RESOURCE_TYPES]}
          value={type}
          onChange={(event) => {
            setType(event.currentTarget.value as ResourceType);
          }}
        />
        <TextInput
          label={NAMED.includes(type) ? 'Name or id' : 'Id'}
          placeholder="all of them"
          value={which}
          autoComplete="off"
          onChange={(event) => {
            setWhich(event.currentTarget.value);
          }}
        />
        <Button type="submit" variant="default" loading={asking.pending}>
          Explain
        </Button>
      </div>
      <div role="status">{answer !== undefined && <Answer answer={answer} />}</div>
      <ErrorMessage error={asking.error} />
    </form>
  );
}

function Answer({ answer: { allowed, decidedBy, nearest, grantableBy } }: { readonly answer: Explanation }) {
  return (
    <dl className={styles.answer}>
      <dt>{allowed ? 'Yes' : 'No'}</dt>
      <dd>
        {typeof decidedBy === 'string' ? `because: ${decidedBy}` : 'by '}
        {typeof decidedBy !== 'string' && <InWords permission={decidedBy} />}
      </dd>
      {nearest !== undefined && (
        <>
          <dt>Nearest</dt>
          <dd>
            <InWords permission={nearest.permission} />
            {nearest.lacks.length > 0 && `: ${nearest.lacks.map((lack) => LACKS[lack] ?? lack).join(', ')}`}
          </dd>
        </>
      )}
      {grantableBy.length > 0 && (
        <>
          <dt>Could be given by</dt>
          <dd>
            <Shown text={grantableBy.map(({ name }) => name).join(', ')} />
          </dd>
        </>
      )}
    </dl>
  );
}

function InWords({ permission: { action, resource } }: { readonly permission: DescribedPermission }) {
  const { type, id, name, orgID, org } = resource;
  const what = id === undefined ? `all ${wordMany(type)}` : `${wordOne(type)} ${name ?? id}`;
  const place = orgID === undefined ? (id === undefined ? ' of all organizations' : '') : ` of ${org ?? orgID}`;
  return <Shown text={`${action} ${what}${place}`} />;
}
