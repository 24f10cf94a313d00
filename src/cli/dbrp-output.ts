/** DBRP mappings as `influx` shows them. */
import type { MappingJson } from '../client/dbrps.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';
import { writeOut } from './terminal.js';

const HEADERS = ['ID', 'Database', 'Bucket ID', 'Retention Policy', 'Default', 'Organization ID'];

const rowOf = (mapping: MappingJson) => [
  mapping.id,
  mapping.database,
  mapping.bucketID,
  mapping.retention_policy,
  mapping.default,
  mapping.orgID,
];

export function printMapping(output: OutputOptions, mapping: MappingJson): void {
  if (output.json) printJson(sortMembers(mapping));
  else printTable(output, HEADERS, [rowOf(mapping)]);
}

/** Those that every bucket has by itself stand in a table of their own. */
export function printMappings(output: OutputOptions, mappings: readonly MappingJson[]): void {
  if (output.json) {
    printJson(mappings.map(sortMembers));
    return;
  }
  const isVirtual = ({ virtual }: { readonly virtual?: boolean | undefined }): boolean => virtual === true;
  printTable(output, HEADERS, mappings.filter((mapping) => !isVirtual(mapping)).map(rowOf));
  writeOut('\nVIRTUAL DBRP MAPPINGS (READ-ONLY)\n----------------------------------\n');
  printTable(output, HEADERS, mappings.filter(isVirtual).map(rowOf));
}
