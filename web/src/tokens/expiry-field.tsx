/** When a new token ends: never, after a while, or with a day. */
import { NativeSelect, TextInput } from '@mantine/core';
import { EXPIRY_PERIODS, type ExpiryChoice } from './expiry.js';
import styles from './expiry.module.css';

export interface ExpiryFieldProps {
  readonly choice: ExpiryChoice;
  readonly problem: string | undefined;
  /** What the organization allows at most, such as `90d`. */
  readonly lifetimeMax: string | undefined;
  /** Operator tokens may live longer than that. */
  readonly isExempt: boolean;
  readonly onChange: (choice: ExpiryChoice) => void;
}

export function ExpiryField({ choice, problem, lifetimeMax, isExempt, onChange }: ExpiryFieldProps) {
  const cap = isExempt ? undefined : lifetimeMax;
  return (
    <div className={styles.field}>
      <NativeSelect
        label="Expires"
        description={
          cap === undefined ? 'An expired token is refused. You can’t extend it later.' : `This organization allows at most ${cap}.`
        }
        value={choice.kind}
        data={[
          { value: 'none', label: cap === undefined ? 'Never' : `After ${cap}, the longest time` },
          ...EXPIRY_PERIODS.map((period) => ({ value: period, label: `After ${period.slice(0, -1)} days` })),
          { value: 'date', label: 'After a day of your choice' },
        ]}
        onChange={(event) => {
          onChange({ ...choice, kind: event.currentTarget.value as ExpiryChoice['kind'] });
        }}
      />
      {choice.kind === 'date' && (
        <TextInput
          type="date"
          label="Last day"
          description="The token is valid until this day ends."
          value={choice.day}
          error={problem}
          onChange={(event) => {
            onChange({ ...choice, day: event.currentTarget.value });
          }}
        />
      )}
    </div>
  );
}
