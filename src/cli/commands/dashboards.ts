/** `dashboards`: lists dashboards. */
import { listDashboards, type DashboardJson } from '../../client/dashboards.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { texts } from '../flags.js';
import { printJson, printTable, sortMembers } from '../output.js';
import { checkOrganization, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';

/** As many as `influx` asks for. */
const LIMIT = 100;
const HEADERS = ['ID', 'OrgID', 'Name', 'Description', 'Num Cells'];

export const command = defineCommand({
  examples: ['sluice dashboards', 'sluice dashboards --id 0a1b2c3d4e5f6071 --json'],
  flags: {
    id: texts('only the dashboard with this id; may be repeated', { short: 'i', value: 'id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { send, config } = await openSession(invocation);
    const { org, 'org-id': orgID, id } = values;
    const byConfig = orgID === undefined && org === undefined && config.org !== '' ? config.org : undefined;
    if ((org ?? orgID ?? byConfig) === undefined && id.length === 0) {
      throw new Error('at least one of org, org-id, or id must be provided');
    }
    const filter = { org: org ?? byConfig, orgID, id, limit: LIMIT };
    const found = await attempt('failed to find dashboards', listDashboards(send, filter));
    if (values.json) printJson(sortMembers({ ...found, dashboards: found.dashboards.map(sortMembers) }));
    else printTable(values, HEADERS, found.dashboards.map(rowOf));
  },
});

const rowOf = ({ id, orgID, name, description, cells }: DashboardJson) => [id, orgID, name, description, cells.length];
