/** Tables as text/tabwriter lays them out. */
import { describe, expect, it } from 'vitest';
import { formatTable } from './table.js';

describe('tables', () => {
  it('are those of influx, tab by tab', () => {
    const headers = ['ID', 'Name', 'Retention', 'Shard group duration', 'Organization ID', 'Schema Type'];
    const row = ['0ca929a2e75e74c5', 'data', 'infinite', '168h0m0s', '0ca929a2e61f2644', 'implicit'];
    expect(formatTable(headers, [row])).toBe(
      'ID\t\t\tName\tRetention\tShard group duration\tOrganization ID\t\tSchema Type\n' +
        '0ca929a2e75e74c5\tdata\tinfinite\t168h0m0s\t\t0ca929a2e61f2644\timplicit\n',
    );
  });

  it('have columns that are empty, lists, and no head where none is wanted', () => {
    expect(formatTable(['Active', 'Name', 'Permissions', 'Deleted'], [['', 'a', ['read:/x', 'write:/x'], true]], true)).toBe(
      '\ta\t[read:/x write:/x]\ttrue\n',
    );
    expect(formatTable(['A', 'B'], [])).toBe('A\tB\n');
  });

  it('let nothing in a name move the cursor or break a line', () => {
    expect(formatTable(['N', 'M'], [['a\nb\tc\u001b[2J', '\u009b']], true)).toBe('a\\nb\\tc\\u001b[2J\t\ufffd\n');
  });
});
