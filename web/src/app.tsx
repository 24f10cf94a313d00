/** Which page stands at which address. */
import { useEffect } from 'react';
import { Redirect, Route, Switch, useParams } from 'wouter';
import type { OrganizationId } from '../../src/domain/id.js';
import { loadable } from './components/loadable.js';
import { shownText } from './components/shown-text.js';
import { EmptyState, Page } from './components/page.js';
import { addressesOf } from './layout/addresses.js';
import { Entrance } from './layout/entrance.js';
import { Shell } from './layout/shell.js';
import { AboutPage } from './pages/about-page.js';
import { BucketsPage } from './pages/buckets-page.js';
import { AllAccessPage } from './pages/generate-all-access-page.js';
import { CustomPage } from './pages/generate-custom-page.js';
import { ReadWritePage } from './pages/generate-read-write-page.js';
import { FirstDataPage } from './pages/first-data-page.js';
import { PeoplePage } from './pages/people-page.js';
import { SetupPage } from './pages/setup-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { TokenPage } from './pages/token-page.js';
import { TokensPage } from './pages/tokens-page.js';
import { PlaceProvider, SessionGate, useSession } from './session/session.js';

// What not everybody looks at is loaded on demand, the chart library with it.
const QueryPage = loadable('query', async () => (await import('./pages/query-page.js')).QueryPage);
const DashboardsPage = loadable('dashboards', async () => (await import('./pages/dashboards-page.js')).DashboardsPage);
const DashboardPage = loadable('dashboard', async () => (await import('./pages/dashboard-page.js')).DashboardPage);
const TelegrafsPage = loadable('telegrafs', async () => (await import('./pages/telegrafs-page.js')).TelegrafsPage);
const TelegrafPage = loadable('telegraf', async () => (await import('./pages/telegraf-page.js')).TelegrafPage);
const NewTelegrafPage = loadable('new telegraf', async () => (await import('./pages/new-telegraf-page.js')).NewTelegrafPage);
const VariablesPage = loadable('variables', async () => (await import('./pages/variables-page.js')).VariablesPage);
const VariablePage = loadable('variable', async () => (await import('./pages/variable-page.js')).VariablePage);
const NewVariablePage = loadable('new variable', async () => (await import('./pages/variable-page.js')).NewVariablePage);
const AuditPage = loadable('audit', async () => (await import('./pages/audit-page.js')).AuditPage);
const TasksPage = loadable('tasks', async () => (await import('./pages/tasks-page.js')).TasksPage);
const TaskPage = loadable('task', async () => (await import('./pages/task-page.js')).TaskPage);
const NewTaskPage = loadable('new task', async () => (await import('./pages/new-task-page.js')).NewTaskPage);

export function App() {
  return (
    <Switch>
      <Route path="/onboarding/:step?">
        <SetupPage />
      </Route>
      <Route path="/signin">
        <SignInPage />
      </Route>
      <Route>
        <SessionGate>
          <Inside />
        </SessionGate>
      </Route>
    </Switch>
  );
}

const LAST_ORGANIZATION = 'sluice-organization';

function Inside() {
  const { organizations } = useSession();
  const home = organizations.find(({ id }) => id === remembered()) ?? organizations[0];
  if (home === undefined) return <NoOrganization />;
  return (
    <Switch>
      <Route path="/orgs/:orgID/*?">
        <Organization />
      </Route>
      <Route path="/me/tokens">
        <Redirect to={addressesOf(home.id).tokens} replace />
      </Route>
      <Route path="/">
        <Redirect to={addressesOf(home.id).tokens} replace />
      </Route>
      <Route>
        <Somewhere orgID={home.id}>
          <NotFound />
        </Somewhere>
      </Route>
    </Switch>
  );
}

function remembered(): string | null {
  try {
    return localStorage.getItem(LAST_ORGANIZATION);
  } catch {
    return null;
  }
}

function remember(orgID: string): void {
  try {
    localStorage.setItem(LAST_ORGANIZATION, orgID);
  } catch {
    // Then the first one is home again next time.
  }
}

function Somewhere({ orgID, children }: { readonly orgID: string; readonly children: React.ReactNode }) {
  const { organizations } = useSession();
  const organization = organizations.find(({ id }) => id === orgID);
  if (organization === undefined) return null;
  return (
    <PlaceProvider value={{ orgID: orgID as OrganizationId, organization }}>
      <Shell>{children}</Shell>
    </PlaceProvider>
  );
}

function Organization() {
  const { organizations } = useSession();
  const { orgID } = useParams<{ orgID: string }>();
  const known = organizations.some(({ id }) => id === orgID);
  useEffect(() => {
    if (known) remember(orgID);
  }, [known, orgID]);
  if (!known) {
    return (
      <Somewhere orgID={organizations[0]?.id ?? ''}>
        <NotFound />
      </Somewhere>
    );
  }
  const home = '/orgs/:orgID';
  const tokens = `${home}/load-data/tokens`;
  const telegrafs = `${home}/load-data/telegrafs`;
  const variables = `${home}/settings/variables`;
  return (
    <Somewhere orgID={orgID} key={orgID}>
      <Switch>
        <Route path={tokens}>
          <TokensPage />
        </Route>
        <Route path={`${tokens}/generate/read-write`}>
          <ReadWritePage />
        </Route>
        <Route path={`${tokens}/generate/all-access`}>
          <AllAccessPage />
        </Route>
        <Route path={`${tokens}/generate/custom-api`}>
          <CustomPage />
        </Route>
        <Route path={`${tokens}/:tokenID`}>{({ tokenID }) => <TokenPage key={tokenID} id={tokenID} />}</Route>
        <Route path={`${home}/load-data/buckets`}>
          <BucketsPage />
        </Route>
        <Route path={`${home}/load-data/first-data`}>
          <FirstDataPage />
        </Route>
        <Route path={`${home}/data-explorer`}>
          <QueryPage />
        </Route>
        <Route path={`${home}/dashboards`}>
          <DashboardsPage />
        </Route>
        <Route path={`${home}/dashboards-list`}>
          <Redirect to={addressesOf(orgID).dashboards} replace />
        </Route>
        <Route path={`${home}/dashboards/:id`}>{({ id }) => <DashboardPage key={id} id={id} />}</Route>
        <Route path={telegrafs}>
          <TelegrafsPage />
        </Route>
        <Route path={`${telegrafs}/new`}>
          <NewTelegrafPage />
        </Route>
        <Route path={`${telegrafs}/:id`}>{({ id }) => <TelegrafPage key={id} id={id} />}</Route>
        <Route path={variables}>
          <VariablesPage />
        </Route>
        <Route path={`${variables}/new`}>
          <NewVariablePage />
        </Route>
        <Route path={`${variables}/:id`}>{({ id }) => <VariablePage key={id} id={id} />}</Route>
        <Route path={`${home}/tasks`}>
          <TasksPage />
        </Route>
        <Route path={`${home}/tasks/new`}>
          <NewTaskPage />
        </Route>
        <Route path={`${home}/tasks/:id`}>{({ id }) => <TaskPage key={id} id={id} />}</Route>
        <Route path={`${home}/tasks/:id/runs`}>{({ id }) => <TaskPage key={id} id={id} />}</Route>
        <Route path={`${home}/members`}>
          <PeoplePage />
        </Route>
        <Route path={`${home}/audit`}>
          <AuditPage />
        </Route>
        <Route path={`${home}/about`}>
          <AboutPage />
        </Route>
        <Route path={home}>
          <Redirect to={addressesOf(orgID).tokens} replace />
        </Route>
        <Route path={`${home}/load-data`}>
          <Redirect to={addressesOf(orgID).tokens} replace />
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Somewhere>
  );
}

function NotFound() {
  return (
    <Page title="Page not found">
      <EmptyState title="This page doesn’t exist or you don’t have access">Choose another one in the menu.</EmptyState>
    </Page>
  );
}

function NoOrganization() {
  const { me, signOut } = useSession();
  useEffect(() => {
    document.title = 'No organization · Sluice';
  }, []);
  return (
    <Entrance>
      <h1>You are in no organization</h1>
      <p>
        You are signed in as <strong>{shownText(me.name)}</strong>, but you don’t belong to an organization yet. Ask an owner of one to add
        you. Your user id is:
      </p>
      <p>
        <code>{me.id}</code>
      </p>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </Entrance>
  );
}
