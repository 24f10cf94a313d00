/** The way in: the first run, signing in and out, a session that ends, and going from one organization to another. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { noteSecret } from '../support/artifacts.js';
import { ADMIN, closeSecret, openStage, readSecret, signIn, tokensAddress, type Stage } from './session.js';

describe('the first run', () => {
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    stage = await openStage();
    page = await stage.newPage();
    noteSecret(ADMIN.password, 'a password');
  });
  afterAll(() => stage.close());

  it('leads from the first address to set-up, with the first field ready', async () => {
    await page.goto('/');
    await page.waitForURL('**/onboarding/0');
    expect(await page.title()).toBe('Set up · Sluice');
    await page.waitForFunction(() => document.activeElement?.getAttribute('autocomplete') === 'username');
  });

  it('asks for every field before it sends anything', async () => {
    let sentCount = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST') sentCount++;
    });
    const fields = ['User name', 'Password', 'Repeat the password', 'Organization', 'Bucket'];
    for (const missing of fields) {
      for (const label of fields) await page.getByLabel(label, { exact: true }).fill(label === missing ? '' : ADMIN.password);
      await page.getByRole('button', { name: 'Set up' }).click();
      const field = page.getByLabel(missing, { exact: true });
      expect(
        await field.evaluate((element: HTMLInputElement) => [element.validity.valueMissing, element === document.activeElement]),
      ).toEqual([true, true]);
    }
    expect(sentCount).toBe(0);
  });

  it('says what is wrong before it is sent, and what the server has against it, and keeps what was typed', async () => {
    const submit = page.getByRole('button', { name: 'Set up' });
    await page.getByLabel('User name').fill(ADMIN.name);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByLabel('Repeat the password').fill('other');
    await page.getByLabel('Organization').fill('acme');
    await page.getByLabel('Bucket').fill('_data');
    await submit.click();
    await page.getByText('The passwords do not match').waitFor();

    await page.getByLabel('Repeat the password').fill('short');
    await submit.click();
    await page.getByRole('alert').getByText('A password has 8 to 72 characters.').waitFor();

    for (const label of ['Password', 'Repeat the password']) await page.getByLabel(label, { exact: true }).fill(ADMIN.password);
    await submit.click();
    await page.getByRole('alert').getByText('may not start with underscore').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('admin');
    expect(await page.getByLabel('Organization').inputValue()).toBe('acme');
    expect((await (await page.request.get('/api/v2/setup')).json()).allowed).toBe(true);
  });

  it('shows the operator token once, in a dialog that nothing closes but the person', async () => {
    await page.getByLabel('Bucket').fill('data');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('dialog', { name: 'Save your operator token' }).waitFor();
    const secret = noteSecret(await readSecret(page), 'the operator token');
    expect(secret).toMatch(/^[\w-]{86}==$/);

    for (let n = 0; n < 3; n++) await page.keyboard.press('Escape');
    await page.mouse.click(4, 4);
    await page.keyboard.press('Enter');
    expect(await readSecret(page)).toBe(secret);
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);

    // The bucket that was just made stands in what one copies.
    await page.getByRole('tab', { name: 'curl: write' }).click();
    expect(await page.getByRole('tabpanel').innerText()).toContain('bucket=data&');
    await closeSecret(page);
    expect(await page.content()).not.toContain(secret.slice(0, 12));
    const answer = await page.request.get('/api/v2/orgs', { headers: { authorization: `Token ${secret}` } });
    expect(answer.status()).toBe(200);
  });

  it('leads on to the first data', async () => {
    await page.getByRole('heading', { name: 'Send your first data', level: 1 }).waitFor();
    expect(await page.getByRole('group', { name: 'command' }).innerText()).toContain('/api/v2/write?org=acme&bucket=data&precision=s');
    await page.getByRole('button', { name: 'Check for data' }).click();
    await page.getByText('No data in the last hour yet').waitFor();
    const written = await page.request.post('/api/v2/write?org=acme&bucket=data', { data: 'home,room=kitchen temperature=21.5' });
    expect(written.status()).toBe(204);
    await page.getByRole('button', { name: 'Check for data' }).click();
    await page.getByText('Data has arrived').waitFor();
    await page.getByRole('link', { name: 'Open in Query' }).click();
    await page.getByRole('heading', { name: 'Query', level: 1 }).waitFor();
  });

  it('is signed in afterwards, and happens once', async () => {
    await page.goto('/');
    await page.waitForURL(/\/orgs\/[0-9a-f]{16}\/load-data\/tokens$/);
    await page.getByRole('link', { name: "admin's Token" }).waitFor();
    await page.goto('/onboarding/0');
    await page.getByText('This server is set up').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/load-data\/tokens/);
    expect(stage.said).toEqual([]);
  });
});

describe('the session', () => {
  let stage: Stage;
  let orgId: string;
  let now = Date.now();

  beforeAll(async () => {
    stage = await openStage({ clock: () => now });
    const { client } = stage.server;
    const setUp = await client.setUp();
    ({ orgId } = setUp);
    await client.post('/api/v2/orgs', { as: setUp.operator, json: { name: 'beta' } });
    await client.createUser(setUp.operator, 'nobody', 'nobody-passw0rd');
  });
  afterAll(() => stage.close());

  it('begins where one wanted to go', async () => {
    const page = await stage.newPage();
    const wanted = `/orgs/${orgId}/load-data/buckets`;
    await page.goto(`${wanted}?x=1`);
    await page.waitForURL(/\/signin\?returnTo=/);
    // One who is not there, and one whose password is another: nobody learns which.
    for (const name of ['somebody', 'admin']) {
      await page.getByLabel('User name').fill(name);
      await page.getByLabel('Password', { exact: true }).fill('wrong-passw0rd');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
      await page.reload();
    }
    for (const label of ['User name', 'Password']) {
      await page.getByRole('button', { name: 'Sign in' }).click();
      const field = page.getByLabel(label, { exact: true });
      expect(await field.evaluate((element: HTMLInputElement) => element.validity.valueMissing && element === document.activeElement)).toBe(
        true,
      );
      await field.fill(label === 'User name' ? 'admin' : 'wrong-passw0rd');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('admin');
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${wanted}?x=1`);
    await page.getByRole('link', { name: 'data', exact: true }).waitFor();
    const [cookie] = await page.context().cookies(`${stage.server.url}/api/`);
    expect(cookie).toMatchObject({ name: 'influxdb-oss-session', httpOnly: true, sameSite: 'Strict', path: '/api/' });
  });

  it('leads nowhere else after signing in', async () => {
    const page = await stage.newPage();
    for (const target of ['//evil.example/', 'https://evil.example/', '/\\evil.example']) {
      await page.goto(`/signin?returnTo=${encodeURIComponent(target)}`);
      await page.getByLabel('User name').fill('admin');
      await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(/\/load-data\/tokens/);
      expect(new URL(page.url()).origin).toBe(stage.server.url);
    }
  });

  it('ends without taking away what was typed, and goes on where one was', async () => {
    const page = await stage.newPage();
    await signIn(page);
    await page.goto(`${tokensAddress({ orgId })}/generate/read-write`);
    await page.getByLabel('Description').fill('typed before the end');
    await page.getByRole('checkbox', { name: 'Read bucket data' }).check();
    now += 2 * 3_600_000;
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByLabel('Description').inputValue()).toBe('typed before the end');
    expect(await page.getByRole('checkbox', { name: 'Read bucket data' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    await page.getByRole('dialog', { name: /Your Read\/Write API token/ }).waitFor();
    noteSecret(await readSecret(page), 'a token');
    await closeSecret(page);
  });

  it('ends at once when one signs out, and leaves nothing open', async () => {
    const page = await stage.newPage();
    await signIn(page);
    await page.getByRole('button', { name: /Signed in as admin/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/signin/);
    expect((await page.request.get('/api/v2/me')).status()).toBe(401);
    await page.goto(tokensAddress({ orgId }));
    await page.waitForURL(/\/signin\?returnTo=/);
  });

  it('goes from one organization to another on the same page', async () => {
    const page = await stage.newPage();
    await signIn(page);
    await page.getByRole('link', { name: 'Buckets' }).click();
    await page.getByRole('button', { name: /Organization acme/ }).click();
    await page.getByRole('menuitem', { name: 'beta' }).click();
    await page.waitForURL((url) => url.pathname.endsWith('/load-data/buckets') && !url.pathname.includes(orgId));
    await page.getByText('_monitoring').waitFor();
    expect(await page.title()).toBe('Buckets · beta · Sluice');
    await page.goto('/');
    await page.getByRole('button', { name: /Organization beta/ }).waitFor();
  });

  it('tells somebody without an organization what to do', async () => {
    const page = await stage.newPage();
    await page.goto('/signin');
    await page.getByLabel('User name').fill('nobody');
    await page.getByLabel('Password', { exact: true }).fill('nobody-passw0rd');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'You are in no organization' }).waitFor();
  });

  it('gets a page that says so for an address that there is not', async () => {
    const page = await stage.newPage();
    await signIn(page);
    for (const path of ['/nowhere', '/orgs/00000000000000aa/load-data/tokens', `/orgs/${orgId}/nowhere`]) {
      await page.goto(path);
      await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    }
    expect(stage.said).toEqual([]);
  });
});

describe('the colour scheme', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await stage.server.client.setUp();
  });
  afterAll(() => stage.close());

  it('follows the system until one is chosen, also after a reload', async () => {
    const page = await stage.newPage({ colorScheme: 'dark' });
    const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
    await signIn(page);
    expect(await scheme()).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForFunction(() => document.documentElement.getAttribute('data-mantine-color-scheme') === 'light');
    await page.getByRole('button', { name: /Signed in as admin/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    expect(await scheme()).toBe('dark');
    await page.reload();
    expect(await scheme()).toBe('dark');
  });
});
