/** Users as `influx` shows them. */
import type { UserJson } from '../client/users.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';

const HEADERS = ['ID', 'Name'];

const rowOf = ({ id, name }: UserJson): string[] => [id, name];

export function printUser(output: OutputOptions, user: UserJson): void {
  if (output.json) printJson(sortMembers(user));
  else printTable(output, HEADERS, [rowOf(user)]);
}

export function printDeletedUser(output: OutputOptions, user: UserJson): void {
  if (output.json) printJson(sortMembers(user));
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(user), true]]);
}

export function printUsers(output: OutputOptions, users: readonly UserJson[]): void {
  if (output.json) printJson(users.map(sortMembers));
  else printTable(output, HEADERS, users.map(rowOf));
}
