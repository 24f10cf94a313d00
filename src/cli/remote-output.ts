/** Remotes as `influx` shows them, and the API token of one. */
import type { RemoteJson } from '../client/replications.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';
import { readTokenFile } from './session.js';

const HEADERS = ['ID', 'Name', 'Org ID', 'Remote URL', 'Remote Org ID', 'Allow Insecure TLS'];

export function printRemote(output: OutputOptions, remote: RemoteJson, isDeleted = false): void {
  if (output.json) printJson(jsonOf(remote));
  else printTable(output, isDeleted ? [...HEADERS, 'Deleted'] : HEADERS, [[...rowOf(remote), ...(isDeleted ? [true] : [])]]);
}

export function printRemotes(output: OutputOptions, remotes: readonly RemoteJson[]): void {
  if (output.json) printJson(remotes.map(jsonOf));
  else printTable(output, HEADERS, remotes.map(rowOf));
}

const rowOf = ({ id, name, orgID, remoteURL, remoteOrgID, allowInsecureTLS }: RemoteJson) => [
  id,
  name,
  orgID,
  remoteURL,
  remoteOrgID ?? '',
  allowInsecureTLS,
];

const jsonOf = ({ remoteOrgID, ...remote }: RemoteJson): object => sortMembers({ ...remote, ...(remoteOrgID && { remoteOrgID }) });

export interface RemoteTokenValues {
  readonly 'remote-api-token': string | undefined;
  readonly 'remote-api-token-file': string | undefined;
}

/** Undefined: none was given. */
export function givenRemoteToken({ 'remote-api-token': token, 'remote-api-token-file': file }: RemoteTokenValues): string | undefined {
  if (token !== undefined && file !== undefined) throw new Error('give --remote-api-token or --remote-api-token-file, not both');
  return file === undefined ? token : readTokenFile(file);
}
