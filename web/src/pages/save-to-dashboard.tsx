/** A query becomes a cell of a dashboard, of one that is there or of a new one. */
import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { addCell, createDashboard, dashboardsQuery, NEW_VIEWS, type NewView } from '../api/dashboards.js';
import { useAnnounce } from '../components/announcer.js';
import { FormDialog } from '../components/form-dialog.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';

const NEW = '';
/** `range` with a start, and perhaps a stop, that are written out. */
const FIXED_RANGE = /range\(\s*start:\s*-?\w+(?:\(\))?\s*(?:,\s*stop:\s*-?\w+(?:\(\))?\s*)?\)/g;
const CHOSEN_RANGE = 'range(start: v.timeRangeStart, stop: v.timeRangeStop)';

export interface SaveToDashboardProps {
  readonly script: string;
  /** A name to begin with. */
  readonly bucket: string;
  readonly onClose: () => void;
}

export function SaveToDashboard({ script, bucket, onClose }: SaveToDashboardProps) {
  const { orgID } = usePlace();
  const { may } = useSession();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const client = useQueryClient();
  const dashboards = useQuery(dashboardsQuery(orgID));
  const mayCreate = may(permissionInOrganization('write', 'dashboards', orgID));
  const known = (dashboards.data ?? [])
    .filter(({ id }) => may({ action: 'write', resource: { type: 'dashboards', id, orgID } }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const [id, setId] = useState<string | undefined>(undefined);
  const [newName, setNewName] = useState('');
  const [cellName, setCellName] = useState(bucket);
  const [view, setView] = useState<NewView>('xy');
  const [follows, setFollows] = useState(true);
  const chosen = id ?? known[0]?.id ?? NEW;
  const canFollow = script.replace(FIXED_RANGE, CHOSEN_RANGE) !== script;

  const action = useAction(async () => {
    const dashboard = known.find((each) => each.id === chosen) ?? (await createDashboard(orgID, newName.trim()));
    await addCell(dashboard, cellName.trim(), view, follows ? script.replace(FIXED_RANGE, CHOSEN_RANGE) : script);
    await Promise.all(['dashboards', 'dashboard'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    announce.done(`“${shownText(cellName)}” is on the dashboard “${shownText(dashboard.name)}”.`);
    navigate(addressesOf(orgID).dashboard(dashboard.id));
  });

  return (
    <FormDialog title="Save to dashboard" submit="Save" action={action} run={() => action.run()} onClose={onClose}>
      <NativeSelect
        label="Dashboard"
        value={chosen}
        data={[
          ...known.map(({ id: value, name }) => ({ value, label: shownText(name) || value })),
          ...(mayCreate ? [{ value: NEW, label: 'A new dashboard …' }] : []),
        ]}
        onChange={(event) => {
          setId(event.currentTarget.value);
        }}
      />
      {chosen === NEW && (
        <TextInput
          label="Name of the dashboard"
          value={newName}
          required
          withAsterisk={false}
          autoComplete="off"
          onChange={(event) => {
            setNewName(event.currentTarget.value);
          }}
        />
      )}
      <TextInput
        label="Name of the cell"
        value={cellName}
        autoComplete="off"
        onChange={(event) => {
          setCellName(event.currentTarget.value);
        }}
      />
      <NativeSelect
        label="Show as"
        value={view}
        data={Object.entries(NEW_VIEWS).map(([value, label]) => ({ value, label }))}
        onChange={(event) => {
          setView(event.currentTarget.value as NewView);
        }}
      />
      {canFollow && (
        <Checkbox
          label="Use the time range of the dashboard"
          checked={follows}
          onChange={(event) => {
            setFollows(event.currentTarget.checked);
          }}
        />
      )}
    </FormDialog>
  );
}
