/** Organizations as `influx` shows them. */
import type { OrganizationJson } from '../client/organizations.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';

const HEADERS = ['ID', 'Name'];

/** As `influx` prints it, whose own model has no link to an organization's logs. */
const toOutput = (organization: OrganizationJson): object => {
  const links = Object.entries(organization.links).filter(([name]) => name !== 'logs');
  return sortMembers({ ...organization, links: Object.fromEntries(links) });
};

const rowOf = ({ id, name }: OrganizationJson): string[] => [id, name];

export function printOrganization(output: OutputOptions, organization: OrganizationJson): void {
  if (output.json) printJson(toOutput(organization));
  else printTable(output, HEADERS, [rowOf(organization)]);
}

export function printDeletedOrganization(output: OutputOptions, organization: OrganizationJson): void {
  if (output.json) printJson(toOutput(organization));
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(organization), true]]);
}

export function printOrganizations(output: OutputOptions, organizations: readonly OrganizationJson[]): void {
  if (output.json) printJson(organizations.map(toOutput));
  else printTable(output, HEADERS, organizations.map(rowOf));
}
