/** The keys of an organization's secrets; their values never leave the server. */
import { printJson, printTable, type OutputOptions } from './output.js';

export interface SecretKey {
  readonly key: string;
  readonly orgID: string;
}

const HEADERS = ['Key', 'Organization ID'];

const rowOf = ({ key, orgID }: SecretKey): string[] => [key, orgID];

export function printSecretKey(output: OutputOptions, secret: SecretKey): void {
  if (output.json) printJson(secret);
  else printTable(output, HEADERS, [rowOf(secret)]);
}

export function printDeletedSecretKey(output: OutputOptions, secret: SecretKey): void {
  if (output.json) printJson(secret);
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(secret), true]]);
}

export function printSecretKeys(output: OutputOptions, secrets: readonly SecretKey[]): void {
  if (output.json) printJson(secrets);
  else printTable(output, HEADERS, secrets.map(rowOf));
}
