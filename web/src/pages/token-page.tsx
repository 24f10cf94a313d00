/** One token: what exactly it has access to, whose it is, and what can be done with it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { changeToken, kindOf, tokenQuery, type Authorization } from '../api/authorizations.js';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { describeConstraints } from '../../../src/wire/limit-words.js';
import { useAnnounce } from '../components/announcer.js';
import { CopyBlock, CopyValue } from '../components/copy-field.js';
import { Cell, DataTable, Row } from '../components/data-table.js';
import { Fact, Facts } from '../components/facts.js';
import { InlineEdit } from '../components/inline-edit.js';
import { Loaded } from '../components/loading.js';
import { Page, Panel } from '../components/page.js';
import { Shown } from '../components/shown-text.js';
import { Ago, Moment } from '../components/times.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace } from '../session/session.js';
import { CloneNarrower, Unused } from '../tokens/clone-narrower.js';
import { createCommand } from '../tokens/command.js';
import { rightsRows, summarize, type RightsRow } from '../tokens/describe.js';
import { ExplainBox } from '../tokens/explain-box.js';
import { ExpiryOf } from '../tokens/expiry-mark.js';
import { LeakRemark } from '../tokens/leak-mark.js';
import { RotateButton } from '../tokens/rotate-dialog.js';
import { SnippetTabs } from '../tokens/snippet-tabs.js';
import { DeleteTokenDialog, KindBadge, nameOfToken, useForgetTokens } from '../tokens/token-parts.js';
import { TokenHistory } from '../tokens/token-history.js';
import { StatusSwitch } from '../tokens/token-status.js';
import { LastUse, PreviousSecret } from '../tokens/token-use.js';
import { capitalize, wordOne } from '../tokens/words.js';
import styles from './token-page.module.css';

export function TokenPage({ id }: { readonly id: string }) {
  const { orgID, organization } = usePlace();
  const token = useQuery(tokenQuery(id));
  return (
    <Page
      title={token.data === undefined ? 'API Token' : nameOfToken(token.data)}
      place={organization.name}
      hint={<Link href={addressesOf(orgID).tokens}>All API Tokens</Link>}
    >
      <Loaded query={token} what="Loading the token …">
        {(data) => <TokenDetails token={data} />}
      </Loaded>
    </Page>
  );
}

const RIGHTS_COLUMNS = [
  { key: 'what', label: 'Resource' },
  { key: 'type', label: 'Type' },
  { key: 'scope', label: 'Scope' },
  { key: 'read', label: 'Read' },
  { key: 'write', label: 'Write' },
];

function TokenDetails({ token }: { readonly token: Authorization }) {
  const { orgID } = usePlace();
  const addresses = addressesOf(orgID);
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const forget = useForgetTokens();
  const [deleting, setDeleting] = useState(false);
  const rows = rightsRows(token.permissions, token.orgID, token.userID);
  return (
    <div className={styles.columns}>
      <Panel>
        <Facts>
          <Fact name="Description">
            <InlineEdit
              label="Edit the description"
              value={token.description}
              save={async (description) => {
                await changeToken(token.id, { description });
                await forget();
                announce.done('The description is saved.');
              }}
            >
              <strong>{token.description.trim() === '' ? 'Without a description' : <Shown text={token.description} />}</strong>
            </InlineEdit>
          </Fact>
          <Fact name="Status">
            <StatusSwitch token={token} />
          </Fact>
          <Fact name="Expires">
            <ExpiryOf token={token} />
          </Fact>
          <Fact name="Last used">
            <LastUse token={token} />
          </Fact>
          <Fact name="Unused permissions">
            <Unused token={token} />
          </Fact>
          <Fact name="Kind">
            <KindBadge kind={kindOf(token)} />
          </Fact>
          <Fact name="Access">{summarize(token.permissions, token.orgID)}</Fact>
          {token.constraints !== undefined && (
            <Fact name="Limits">
              {describeConstraints(token.constraints).map((line) => (
                <div key={line}>{line}</div>
              ))}
            </Fact>
          )}
          <Fact name="Id">
            <CopyValue label="id" value={token.id} />
          </Fact>
          <Fact name="Owner">
            <Shown text={token.user} />
          </Fact>
          <Fact name="Organization">{token.org === '' ? 'deleted' : <Shown text={token.org} />}</Fact>
          <Fact name="Created">
            <Moment at={token.createdAt} />
          </Fact>
          <Fact name="Edited">
            <Ago at={token.updatedAt} />
          </Fact>
          <Fact name="Value">It was shown once, when the token was created or rotated.</Fact>
        </Facts>
        <LeakRemark token={token} />
        <PreviousSecret token={token} />
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 14 }}>
          <Button variant="default" renderRoot={(props) => <Link {...props} href={addresses.generate('custom-api', token.id)} />}>
            Clone …
          </Button>
          <CloneNarrower token={token} />
          <RotateButton token={token} />
          <Button
            variant="light"
            color="red"
            onClick={() => {
              setDeleting(true);
            }}
          >
            Delete …
          </Button>
        </div>
      </Panel>
      <section aria-labelledby="rights">
        <h2 id="rights" style={{ margin: '4px 0 8px' }}>
          Permissions
        </h2>
        <DataTable caption="What this token has access to" columns={RIGHTS_COLUMNS}>
          {rows.map((row) => (
            <RightsLine key={row.key} row={row} />
          ))}
        </DataTable>
      </section>
      <TokenHistory token={token} />
      <Panel>
        <h2>May it …?</h2>
        <ExplainBox key={token.id} token={token} />
      </Panel>
      <Panel>
        <h2>Use it</h2>
        <UseToken token={token} />
      </Panel>
      <Panel>
        <h2>Create one like it</h2>
        <Copies token={token} />
      </Panel>
      {deleting && (
        <DeleteTokenDialog
          token={token}
          onDeleted={() => {
            navigate(addresses.tokens);
          }}
          onClose={() => {
            setDeleting(false);
          }}
        />
      )}
    </div>
  );
}

function RightsLine({ row }: { readonly row: RightsRow }) {
  return (
    <Row>
      <Cell label="Resource" lead>
        <span className={row.deleted ? styles.deleted : undefined}>
          <Shown text={row.what} />
        </span>
      </Cell>
      <Cell label="Type">{capitalize(wordOne(row.type))}</Cell>
      <Cell label="Scope" name>
        <span className={row.deleted ? styles.deleted : undefined}>{row.scope}</span>
      </Cell>
      <Cell label="Read">
        <YesNo yes={row.read} />
      </Cell>
      <Cell label="Write">
        <YesNo yes={row.write} />
      </Cell>
    </Row>
  );
}

const YesNo = ({ yes }: { readonly yes: boolean }) => <span className={yes ? styles.yes : styles.no}>{yes ? 'Yes' : 'No'}</span>;

function UseToken({ token }: { readonly token: Authorization }) {
  const buckets = useQuery(bucketsQuery(token.orgID));
  return (
    <SnippetTabs
      context={{
        url: location.origin,
        org: token.org,
        secret: undefined,
        permissions: token.permissions,
        bucketName: (id) => buckets.data?.find((bucket) => bucket.id === id)?.name,
        anyBucket: buckets.data?.find(isUserBucket)?.name,
      }}
    />
  );
}

function Copies({ token }: { readonly token: Authorization }) {
  const command = createCommand(token);
  const { description, status, orgID, userID, permissions, constraints } = token;
  const json = JSON.stringify(
    {
      description,
      status,
      orgID,
      userID,
      permissions: permissions.map(({ action, resource: { type, id, orgID: org }, match }) => ({
        action,
        resource: { type, id, orgID: org },
        match,
      })),
      constraints,
    },
    null,
    2,
  );
  return (
    <div className={styles.copies}>
      {command === undefined ? (
        <p className="muted" style={{ margin: 0 }}>
          The command line has no flags for some of these permissions. Use the JSON with POST /api/v2/authorizations.
        </p>
      ) : (
        <CopyBlock label="command" text={command} />
      )}
      <CopyBlock label="JSON" text={json} />
    </div>
  );
}
