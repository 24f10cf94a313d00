/** The first data: the command that sends some, and whether it has arrived. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useSearch } from 'wouter';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { CopyBlock } from '../components/copy-field.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { EmptyState, Page, Panel, Stack } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { fluxText } from '../query/flux-text.js';
import { runQuery } from '../query/run-query.js';
import { usePlace } from '../session/session.js';
import { exportLine, writeCommand } from '../tokens/snippets.js';

export function FirstDataPage() {
  const { orgID, organization } = usePlace();
  const buckets = useQuery(bucketsQuery(orgID));
  const asked = new URLSearchParams(useSearch()).get('bucket');
  return (
    <Page title="Send your first data" place={organization.name} hint={<Link href={addressesOf(orgID).buckets}>All buckets</Link>}>
      <Loaded query={buckets} what="Loading buckets …">
        {(data) => {
          const bucket = data.find(({ name }) => name === asked) ?? data.find(isUserBucket);
          return bucket === undefined ? (
            <Panel>
              <EmptyState title="There is no bucket to send data to">Create one on the page Buckets, or ask an owner.</EmptyState>
            </Panel>
          ) : (
            <Steps key={bucket.id} bucket={bucket.name} />
          );
        }}
      </Loaded>
    </Page>
  );
}

function Steps({ bucket }: { readonly bucket: string }) {
  const { orgID, organization } = usePlace();
  const addresses = addressesOf(orgID);
  const [arrived, setArrived] = useState<boolean | undefined>(undefined);
  const abort = useRef(new AbortController());
  const action = useAction(async () => {
    const script = `from(bucket: ${fluxText(bucket)}) |> range(start: -1h) |> limit(n: 1)`;
    setArrived((await runQuery(orgID, script, abort.current.signal)).rowCount > 0);
  });
  return (
    <Stack>
      <Panel>
        <h2>1. Put your token where the command finds it</h2>
        <p className="muted">
          In a terminal, with a token that writes to <strong>{shownText(bucket)}</strong>. You have none?{' '}
          <Link href={addresses.generate('read-write')}>Create a Read/Write token</Link>.
        </p>
        <CopyBlock label="export" text={exportLine(undefined)} />
      </Panel>
      <Panel>
        <h2>2. Send a first point</h2>
        <CopyBlock label="command" text={writeCommand(location.origin, organization.name, bucket)} />
      </Panel>
      <Panel>
        <h2>3. See that it is there</h2>
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center', margin: '8px 0' }}>
          <Button loading={action.pending} onClick={() => void action.run()}>
            Check for data
          </Button>
          <Button variant="default" renderRoot={(props) => <Link {...props} href={addresses.queryOf(bucket)} />}>
            Open in Query
          </Button>
        </div>
        <ErrorMessage error={action.error} />
        <div role="status">
          {arrived === true && <Remark>Data has arrived. Open it in Query.</Remark>}
          {arrived === false && <Remark>No data in the last hour yet. Run the command, then check again.</Remark>}
        </div>
      </Panel>
    </Stack>
  );
}
