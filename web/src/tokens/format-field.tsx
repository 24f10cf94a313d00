/** The form of a new token: as the server prefers, as InfluxDB's, or with a prefix that scanners recognize. */
import { NativeSelect } from '@mantine/core';
import { TOKEN_FORMATS, type TokenFormat } from '../../../src/domain/token-format.js';

/** Undefined: the server decides. */
export type FormatChoice = TokenFormat | undefined;

const LABELS: Readonly<Record<TokenFormat, string>> = {
  influxdb: 'As InfluxDB makes them',
  prefixed: 'With a prefix: slc_…',
};

export function FormatField({ choice, onChange }: { readonly choice: FormatChoice; readonly onChange: (choice: FormatChoice) => void }) {
  return (
    <NativeSelect
      mt={12}
      label="Format"
      description="Secret scanners recognize tokens with a prefix."
      value={choice ?? ''}
      data={[{ value: '', label: 'What the server prefers' }, ...TOKEN_FORMATS.map((value) => ({ value, label: LABELS[value] }))]}
      onChange={(event) => {
        const { value } = event.currentTarget;
        onChange(TOKEN_FORMATS.find((each) => each === value));
      }}
    />
  );
}
