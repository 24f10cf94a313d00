/** What limits a new token besides its permissions: all of it optional. */
import { Textarea, TextInput } from '@mantine/core';
import { Panel } from '../components/page.js';
import styles from './expiry.module.css';
import type { LimitsChoice } from './limits.js';

interface LimitsFieldProps {
  readonly limits: LimitsChoice;
  readonly onChange: (limits: LimitsChoice) => void;
}

const FIELDS = [
  ['networks', 'Networks', 'Where it may be used from', '10.0.0.0/8, 2001:db8::/32'],
  ['requestsPerSecond', 'Requests a second', 'More are told to wait', '10'],
  ['burst', 'Requests at once', 'After a pause', '20'],
  ['writtenBytesPerDay', 'Bytes written a day', 'Of line protocol, from midnight UTC', '50000000'],
  ['readSince', 'Reads nothing older than', 'A duration before now, or a time', '30d'],
  ['readUntil', 'Reads nothing newer than', 'A duration before now, or a time', '15m'],
  ['measurements', 'Only these measurements', 'Of all buckets chosen here', 'cpu, mem'],
] as const;

export function LimitsField({ limits, onChange }: LimitsFieldProps) {
  const isOpen = Object.values(limits).some((text) => text !== '');
  return (
    <Panel>
      <details open={isOpen || undefined}>
        <summary>Limits (optional)</summary>
        <div className={styles.field}>
          {FIELDS.map(([name, label, description, placeholder]) => (
            <TextInput
              key={name}
              label={label}
              description={description}
              placeholder={placeholder}
              value={limits[name]}
              autoComplete="off"
              onChange={(event) => {
                onChange({ ...limits, [name]: event.currentTarget.value });
              }}
            />
          ))}
          <Textarea
            label="Only these tags"
            description="Of all buckets chosen here, a key a line"
            placeholder="site=a,b"
            autosize
            value={limits.tags}
            onChange={(event) => {
              onChange({ ...limits, tags: event.currentTarget.value });
            }}
          />
        </div>
      </details>
    </Panel>
  );
}
