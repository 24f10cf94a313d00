/** The button that makes tokens, with the kinds that InfluxDB's documentation knows. */
import { Button, Menu } from '@mantine/core';
import { Link } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { ChevronIcon, PlusIcon } from '../components/icons.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import styles from './generate-menu.module.css';

const KINDS = [
  { kind: 'read-write', label: 'Read/Write API Token', about: 'Reads or writes buckets: for Telegraf, Grafana, a client' },
  { kind: 'all-access', label: 'All Access API Token', about: 'Everything in this organization' },
  { kind: 'custom-api', label: 'Custom API Token', about: 'Exactly what you choose' },
] as const;

/** Why the person can make no token here, or undefined. */
export function useWhyNoTokens(): string | undefined {
  const { may } = useSession();
  const { orgID, organization } = usePlace();
  if (may(permissionInOrganization('write', 'authorizations', orgID))) return undefined;
  return `You may not make tokens in ${organization.name}: that takes the right to write its API tokens, which its owners have.`;
}

export function GenerateMenu() {
  const { orgID } = usePlace();
  const addresses = addressesOf(orgID);
  const why = useWhyNoTokens();
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button leftSection={<PlusIcon />} rightSection={<ChevronIcon />} disabled={why !== undefined}>
          Generate API Token
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {KINDS.map(({ kind, label, about }) => (
          <Menu.Item key={kind} component={Link} href={addresses.generate(kind)}>
            <span className={styles.label}>{label}</span>
            <span className={styles.about}>{about}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
