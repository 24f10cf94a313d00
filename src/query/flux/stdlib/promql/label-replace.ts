/** `promql.labelReplace`: a label made from another one by a pattern that fits all of it. */
import { regroup } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import { Regexp } from '../../language/regexp.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import type { KeyColumn } from '../../table/group-key.js';
import { GroupKey } from '../../table/group-key.js';
import { step } from '../native.js';

export const labelReplace = step((args) => {
  const source = args.string('source');
  const destination = args.string('destination');
  const replacement = args.string('replacement');
  const pattern = new Regexp(`^(?:${args.string('regex')})$`);
  return {
    create: () => {
      // Two tables that come to have one key are no table of Prometheus'.
      const sources = new Map<string, string>();
      return regroup((chunk, emit) => {
        const key = replaceLabel(chunk.key, { source, destination, replacement, pattern });
        const known = sources.get(key.id);
        if (known !== undefined && known !== chunk.key.id) throw fluxError('labelReplace found duplicate table with key');
        sources.set(key.id, chunk.key.id);
        const value = findColumn(chunk.columns, '_value');
        if (value === undefined) throw fluxError('value column not found: _value');
        emit.chunk({ key, columns: [...keyColumns(key, chunk.rowCount), columnOf('_value', value.vector)], rowCount: chunk.rowCount });
      });
    },
  };
});

interface Replacing {
  readonly source: string;
  readonly destination: string;
  readonly replacement: string;
  readonly pattern: Regexp;
}

function replaceLabel(key: GroupKey, { source, destination, replacement, pattern }: Replacing): GroupKey {
  const column = key.column(source);
  const text = typeof column?.value === 'string' ? column.value : '';
  if (!pattern.test(text)) return key;
  const value = pattern.replaceAll(text, replacement);
  const kept = key.columns.filter(({ label }) => label !== destination);
  const added: readonly KeyColumn[] = value === '' ? [] : [{ label: destination, type: 'string', value }];
  return new GroupKey([...kept, ...added]);
}
