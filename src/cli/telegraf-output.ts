/** Telegraf configurations as `influx` shows and reads them. */
import { readFileSync } from 'node:fs';
import type { TelegrafJson } from '../client/telegrafs.js';
import { describeFileFault } from './failure.js';
import { readRest } from './terminal.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';

const HEADERS = ['ID', 'OrgID', 'Name', 'Description'];

const rowOf = ({ id, orgID, name = '', description = '' }: TelegrafJson): string[] => [id, orgID, name, description];

export function printTelegraf(output: OutputOptions, telegraf: TelegrafJson): void {
  if (output.json) printJson(sortMembers(telegraf));
  else printTable(output, HEADERS, [rowOf(telegraf)]);
}

export function printTelegrafs(output: OutputOptions, telegrafs: readonly TelegrafJson[]): void {
  if (output.json) printJson({ configurations: telegrafs.map(sortMembers) });
  else printTable(output, HEADERS, telegrafs.map(rowOf));
}

/** The text of a file, or of standard input. */
export function readTelegrafConfig(path: string | undefined): string {
  if (path === undefined) return readRest();
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`failed to read telegraf config from ${JSON.stringify(path)}: open ${path}: ${describeFileFault(cause)}`, { cause });
  }
}
