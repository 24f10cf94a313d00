/** What somebody has typed is not lost, what is cut off can be taken back, and what failed stays in sight. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import type { SetUp, TestClient } from '../support/server.js';
import { closeSecret, openStage, readSecret, signIn, tokensAddress, type Stage } from './session.js';

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;
let home: string;

const bucketRight = (action: string) => ({ action, resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } });
const statusOf = async (id: string): Promise<string> =>
  (await client.get(`/api/v2/authorizations/${id}`, { as: world.operator })).json.status;
const go = (name: string) => page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name }).click();

beforeAll(async () => {
  stage = await openStage({}, 'C');
  ({ client } = stage.server);
  world = await client.setUp();
  home = `/orgs/${world.orgId}`;
  page = await stage.newPage();
  await page.clock.install();
  await signIn(page);
});
afterAll(() => stage.close());

describe('a live token', () => {
  it('that one click has cut off is back with another, for ten seconds', async () => {
    const { id, token } = await client.createToken(world.operator, world.orgId, [bucketRight('read')], { description: 'live' });
    await page.goto(tokensAddress(world));
    const toggle = page.getByRole('row', { name: /live/ }).getByRole('switch');
    await toggle.click({ force: true });
    await page.getByRole('status').getByText('“live” is inactive.').waitFor();
    // It has happened, and is not merely announced.
    expect((await client.get('/api/v2/buckets', { as: { token } })).json.buckets ?? []).toEqual([]);
    await page.clock.fastForward(8_000);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('status').getByText('“live” is active.').waitFor();
    expect(await statusOf(id)).toBe('active');
    await toggle.click({ force: true });
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.clock.fastForward(11_000);
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    expect(await statusOf(id)).toBe('inactive');
  });

  it('for everything here is asked about first', async () => {
    await page.goto(`${tokensAddress(world)}/generate/all-access`);
    await page.getByLabel('Description').fill('terraform');
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    noteSecret(await readSecret(page), 'a token');
    // A bucket that there is stands in what one copies, and the secret in no file.
    await page.getByRole('tab', { name: 'Telegraf' }).click();
    const blocks = await page.getByRole('tabpanel').locator('pre').allInnerTexts();
    expect(blocks[0]).toBe(`export INFLUX_TOKEN=${await readSecret(page)}\n`);
    expect(blocks[1]).toContain('bucket = "data"');
    expect(blocks[1]).not.toContain((await readSecret(page)).slice(0, 10));
    await closeSecret(page);
    const row = page.getByRole('row', { name: /terraform/ });
    await row.getByRole('switch').click({ force: true });
    const dialog = page.getByRole('dialog', { name: 'Deactivate an All Access token?' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await row.getByRole('switch').isChecked()).toBe(true);
    await row.getByRole('switch').click({ force: true });
    await dialog.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByRole('status').getByText('“terraform” is inactive.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('status').getByText('“terraform” is active.').waitFor();
  });

  it('that could not be switched: the failure is no success, and stays until it is dismissed', async () => {
    await page.route('**/api/v2/authorizations/*', (route) =>
      route.request().method() === 'PATCH'
        ? route.fulfill({ status: 500, json: { code: 'internal error', message: 'An internal error has occurred - check server logs' } })
        : route.fallback(),
    );
    const toggle = page.getByRole('row', { name: /live/ }).getByRole('switch');
    const before = await toggle.isChecked();
    await toggle.click({ force: true });
    const failure = page.getByRole('alert').filter({ hasText: '“live” is unchanged. The server failed.' });
    await failure.waitFor();
    await page.unroute('**/api/v2/authorizations/*');
    await page.clock.fastForward(60_000);
    expect(await failure.isVisible()).toBe(true);
    expect(await toggle.isChecked()).toBe(before);
    expect(await page.getByRole('status').getByText('“live” is').count()).toBe(0);
    await page.getByRole('button', { name: /^Dismiss/ }).click();
    await failure.waitFor({ state: 'detached' });
  });

  it('is described in two lines, and on its own page in all', async () => {
    const description = `${'a very long story about what it is for '.repeat(11)}end`;
    const { id } = await client.createToken(world.operator, world.orgId, [bucketRight('read')], { description });
    await page.goto(tokensAddress(world));
    const link = page.getByRole('link', { name: /a very long story/ });
    const lineCount = await link.locator('span').evaluate((element) => {
      return Math.round(element.getBoundingClientRect().height / parseFloat(getComputedStyle(element).lineHeight));
    });
    expect(lineCount).toBe(2);
    await page.goto(`${tokensAddress(world)}/${id}`);
    await page.locator('dd').getByText(description).waitFor();
  });
});

describe('what was typed', () => {
  it('as a query stays when one goes away, and is replaced by none that was not asked for', async () => {
    await page.goto(`${home}/data-explorer`);
    const editor = page.getByLabel('Flux');
    await editor.fill('// mine');
    await go('Buckets');
    await page.getByRole('heading', { name: 'Buckets', level: 1 }).waitFor();
    await go('Query');
    expect(await editor.inputValue()).toBe('// mine');
    await page.getByLabel('Time', { exact: true }).selectOption('-7d');
    const dialog = page.getByRole('dialog', { name: 'Replace your query?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await editor.inputValue()).toBe('// mine');
    expect(await page.getByLabel('Time', { exact: true }).inputValue()).toBe('-1h');
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    await (await asked).dismiss();
    // Also where a link names another bucket.
    await go('Buckets');
    await page.getByRole('link', { name: '_tasks' }).click();
    expect(await editor.inputValue()).toBe('// mine');
    await dialog.getByRole('button', { name: 'Replace' }).click();
    expect(await editor.inputValue()).toContain('from(bucket: "_tasks")');
  });

  it('into a form is there when one comes back, and gone when one starts over', async () => {
    await page.goto(`${tokensAddress(world)}/generate/custom-api`);
    await page.getByLabel('Description').fill('half a token');
    await page.getByRole('checkbox', { name: 'Read bucket data' }).check();
    await go('People');
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Description').inputValue()).toBe('half a token');
    expect(await page.getByRole('checkbox', { name: 'Read bucket data' }).isChecked()).toBe(true);
    await page.getByText('You started this earlier').waitFor();
    await page.getByRole('button', { name: 'Start over' }).click();
    expect(await page.getByLabel('Description').inputValue()).toBe('');
    expect(await page.getByRole('checkbox', { name: 'Read bucket data' }).isChecked()).toBe(false);

    await go('Buckets');
    await page.getByRole('button', { name: 'Create bucket' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('half a bucket');
    await page.keyboard.press('Escape');
    await page.getByText('Press Escape again to discard').waitFor();
    expect(await page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('half a bucket');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

it('an owner who is no operator adds users that there are already, by name and by id', async () => {
  const grace = await client.createUser(world.operator, 'grace', 'grace-passw0rd');
  await client.post(`/api/v2/orgs/${world.orgId}/owners`, { as: world.operator, json: { id: grace } });
  await client.createUser(world.operator, 'linus');
  const ken = await client.createUser(world.operator, 'ken');
  const other = await stage.newPage({ viewport: { width: 360, height: 740 } });
  await signIn(other, 'grace', 'grace-passw0rd');
  await other.goto(`${home}/members`);
  expect(await other.getByRole('button', { name: 'Create user' }).isDisabled()).toBe(true);
  const add = async (who: string, role: string): Promise<void> => {
    await other.getByRole('button', { name: 'Add existing user' }).click();
    await other.getByLabel('User name or id').fill(who);
    await other.getByRole('dialog').getByLabel('Role in acme').selectOption(role);
    await other.getByRole('button', { name: 'Add', exact: true }).click();
  };
  await add('linus', 'member');
  await other.getByRole('status').getByText('linus is a member of acme.').waitFor();
  await add(ken, 'owner');
  await other.getByRole('status').getByText('ken is an owner of acme.').waitFor();
  await add('nobody', 'member');
  await other.getByRole('alert').getByText('There is no user with this name or id.').waitFor();
  await other.getByLabel('User name or id').fill('linus');
  await other.getByRole('button', { name: 'Add', exact: true }).click();
  await other.getByRole('alert').getByText('linus has a role here already.').waitFor();
  const names = async (role: string): Promise<string[]> =>
    (await client.get(`/api/v2/orgs/${world.orgId}/${role}s`, { as: world.operator })).json.users.map(({ name }: { name: string }) => name);
  expect([await names('member'), await names('owner')]).toEqual([['linus'], ['admin', 'grace', 'ken']]);
  await other.context().close();
});

it('a page whose script did not come loads as soon as the server answers', async () => {
  const other = await stage.newPage();
  await signIn(other);
  await other.context().setOffline(true);
  await other.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Query' }).click();
  await other.getByRole('alert').getByText('This page loads as soon as it does').waitFor();
  await other.context().setOffline(false);
  await other.getByRole('heading', { name: 'Query', level: 1 }).waitFor();
  await other.getByLabel('Flux').waitFor();
  await other.context().close();
});

it('nothing else was said on the console', () => {
  expect(stage.said.filter((text) => !/net::ERR_|status of 500/.test(text))).toEqual([]);
});
