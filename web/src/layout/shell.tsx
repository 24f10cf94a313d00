/** The frame of all pages behind the sign-in: where one is, where one can go, who one is. */
import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { FailureBoundary } from '../components/failure-boundary.js';
import { useAnnounce } from '../components/announcer.js';
import {
  AboutIcon,
  AuditIcon,
  AgentIcon,
  BucketIcon,
  CheckIcon,
  ChevronIcon,
  CrossIcon,
  DashboardIcon,
  KeyIcon,
  MenuIcon,
  PeopleIcon,
  QueryIcon,
  TaskIcon,
  VariableIcon,
} from '../components/icons.js';
import { shownText } from '../components/shown-text.js';
import { setZone, useZone, ZONE_NAMES, ZONES, type Zone } from '../components/zone.js';
import { PasswordDialog } from '../session/password-dialog.js';
import { usePlace, useSession } from '../session/session.js';
import { addressesOf, switchAddress } from './addresses.js';
import { Brand } from './brand.js';
import styles from './shell.module.css';

export function Shell({ children }: { readonly children: ReactNode }) {
  const { orgID } = usePlace();
  const addresses = addressesOf(orgID);
  const [location] = useLocation();
  // Another page closes it.
  const [openAt, setOpenAt] = useState<string | undefined>(undefined);
  const open = openAt === location;
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    scrollTo(0, 0);
  }, [location]);

  const links = [
    { to: addresses.tokens, label: 'API Tokens', icon: <KeyIcon /> },
    { to: addresses.buckets, label: 'Buckets', icon: <BucketIcon /> },
    { to: addresses.query, label: 'Query', icon: <QueryIcon /> },
    { to: addresses.dashboards, label: 'Dashboards', icon: <DashboardIcon /> },
    { to: addresses.variables, label: 'Variables', icon: <VariableIcon /> },
    { to: addresses.telegrafs, label: 'Telegraf', icon: <AgentIcon /> },
    { to: addresses.tasks, label: 'Tasks', icon: <TaskIcon /> },
    { to: addresses.people, label: 'People', icon: <PeopleIcon /> },
    { to: addresses.audit, label: 'Audit log', icon: <AuditIcon /> },
    { to: addresses.about, label: 'About', icon: <AboutIcon /> },
  ];

  return (
    <div className={styles.shell}>
      <a
        className={styles.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <header className={styles.side}>
        <div className={styles.bar}>
          <Link href={addresses.tokens} className={styles.brand}>
            <Brand />
          </Link>
          <ActionIcon
            className={styles.toggle}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Menu"
            aria-expanded={open}
            aria-controls="menu"
            onClick={() => {
              setOpenAt(open ? undefined : location);
            }}
          >
            {open ? <CrossIcon /> : <MenuIcon />}
          </ActionIcon>
        </div>
        <div className={styles.menu} id="menu" data-open={open ? '' : undefined}>
          <OrganizationMenu />
          <nav aria-label="Pages">
            <ul className={styles.links}>
              {links.map(({ to, label, icon }) => (
                <li key={to}>
                  <Link
                    href={to}
                    className={styles.link}
                    aria-current={location === to || location.startsWith(`${to}/`) ? 'page' : undefined}
                  >
                    {icon}
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <div className={styles.foot}>
            <PersonMenu />
          </div>
        </div>
      </header>
      <main className={styles.main} id="content" ref={main} tabIndex={-1}>
        <FailureBoundary at={location}>{children}</FailureBoundary>
      </main>
    </div>
  );
}

function OrganizationMenu() {
  const { organizations } = useSession();
  const { organization } = usePlace();
  const [location, navigate] = useLocation();
  return (
    <Menu position="bottom-start" width="target">
      <Menu.Target>
        <button type="button" className={styles.person} aria-label={`Organization ${shownText(organization.name)}. Switch`}>
          <span>
            <small>Organization</small>
            <strong>{shownText(organization.name)}</strong>
          </span>
          <ChevronIcon />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={360}>
        {organizations.map(({ id, name }) => (
          <Menu.Item
            key={id}
            aria-current={id === organization.id}
            leftSection={id === organization.id ? <CheckIcon /> : <span style={{ display: 'inline-block', width: 16 }} />}
            onClick={() => {
              navigate(switchAddress(location, id));
            }}
          >
            {shownText(name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const SCHEMES: readonly { readonly value: MantineColorScheme; readonly label: string }[] = [
  { value: 'auto', label: 'Same as system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

function PersonMenu() {
  const { me, signOut } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const zone = useZone();
  const [changing, setChanging] = useState(false);
  const announce = useAnnounce();
  return (
    <>
      <Menu position="top-start" width="target">
        <Menu.Target>
          <button
            type="button"
            className={styles.person}
            aria-label={`Signed in as ${shownText(me.name)}. Appearance, times, password and sign-out`}
          >
            <span>
              <small>Signed in as</small>
              <strong>{shownText(me.name)}</strong>
            </span>
            <ChevronIcon />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Appearance</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(value) => {
              setColorScheme(value as MantineColorScheme);
            }}
          >
            {SCHEMES.map(({ value, label }) => (
              <Menu.RadioItem key={value} value={value}>
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Label>Times</Menu.Label>
          <Menu.RadioGroup
            value={zone}
            onChange={(value) => {
              setZone(value as Zone);
            }}
          >
            {ZONES.map((each) => (
              <Menu.RadioItem key={each} value={each}>
                {ZONE_NAMES[each]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item
            onClick={() => {
              setChanging(true);
            }}
          >
            Change your password …
          </Menu.Item>
          <Menu.Item
            onClick={() => {
              signOut().catch((error: unknown) => {
                announce.failed(error, 'You are still signed in.');
              });
            }}
          >
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {changing && (
        <PasswordDialog
          person={me}
          done={(text) => {
            announce.done(text);
            return Promise.resolve();
          }}
          onClose={() => {
            setChanging(false);
          }}
        />
      )}
    </>
  );
}
