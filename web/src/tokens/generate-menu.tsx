/** The button that creates tokens, with the kinds that InfluxDB's documentation knows. */
import { Button, Menu } from '@mantine/core';
import { Link } from 'wouter';
import { permissionInOrganization } from '../../../src/domain/permission.js';
import { ChevronIcon, PlusIcon } from '../components/icons.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import styles from './generate-menu.module.css';

const KINDS = [
  { kind: 'read-write', label: 'Read/Write', about: 'Reads or writes buckets: for Telegraf, Grafana, a client' },
  { kind: 'all-access', label: 'All Access', about: 'Everything in this organization' },
  { kind: 'custom-api', label: 'Custom', about: 'Only the permissions you select' },
] as const;

/** Why the person can create no token here, or undefined. */
export function useWhyNoTokens(): string | undefined {
  const { may } = useSession();
  const { orgID, organization } = usePlace();
  if (may(permissionInOrganization('write', 'authorizations', orgID))) return undefined;
  return `You can’t create tokens in ${organization.name}. Its owners can.`;
}

export function CreateTokenMenu() {
  const { orgID } = usePlace();
  const addresses = addressesOf(orgID);
  const why = useWhyNoTokens();
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button leftSection={<PlusIcon />} rightSection={<ChevronIcon />} disabled={why !== undefined}>
          Create API token
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
