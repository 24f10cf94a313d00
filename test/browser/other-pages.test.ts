/** Buckets, People, About and Query, each from one end to the other. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SetUp, TestClient } from '../support/server.js';
import { writeDemoData } from './demo-world.js';
import { ADMIN, openStage, signIn, type Stage } from './session.js';

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;

const said = (text: string | RegExp) => page.getByRole('status').getByText(text).first().waitFor();
const go = async (name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
};

beforeAll(async () => {
  stage = await openStage();
  ({ client } = stage.server);
  world = await client.setUp();
  page = await stage.newPage();
  await signIn(page);
});
afterAll(() => stage.close());

describe('Buckets', () => {
  const bucketNamed = async (name: string) =>
    (await client.get(`/api/v2/buckets?orgID=${world.orgId}&name=${name}`, { as: world.operator })).json.buckets?.[0];

  it('are made, with the server’s objections and nothing lost', async () => {
    await go('Buckets');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Buckets');
    await page.getByRole('button', { name: 'Create bucket' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create bucket' });
    await dialog.getByLabel('Name').fill('_mine');
    await dialog.getByLabel('Keep data').selectOption({ label: '12 hours' });
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').getByText('Buckets may not start with underscore').waitFor();
    await dialog.getByLabel('Name').fill('mine');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await said('Bucket “mine” is created.');
    expect((await bucketNamed('mine')).retentionRules[0].everySeconds).toBe(12 * 3600);
    expect(await page.getByRole('button', { name: 'Create bucket' }).evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('are renamed and keep their data for another time, also one that is written', async () => {
    await page.getByRole('button', { name: 'Edit bucket mine' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit bucket mine' });
    await dialog.getByLabel('Name').fill('ours');
    await dialog.getByLabel('Keep data').selectOption({ label: 'Another time …' });
    await dialog.getByLabel('Time', { exact: true }).fill('soon');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Enter a time with its unit').waitFor();
    await dialog.getByLabel('Time', { exact: true }).fill('1h');
    await dialog.getByText('This deletes data older than 1 hour').waitFor();
    await dialog.getByLabel('Time', { exact: true }).fill('36h');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await said('Bucket “ours” is saved.');
    expect((await bucketNamed('ours')).retentionRules[0].everySeconds).toBe(36 * 3600);
    await page.getByRole('cell', { name: '1 day 12 hours' }).waitFor();
  });

  it('are filtered, sorted, and lead to who can write to them', async () => {
    await page.getByRole('searchbox', { name: 'Filter buckets' }).fill('our');
    await page.getByRole('status').getByText('1 bucket').waitFor();
    await page.getByRole('link', { name: 'Who can write to ours?' }).click();
    await page.waitForURL(/bucketID=.*action=write/);
    await page.getByRole('link', { name: "admin's Token" }).waitFor();
    await page.goBack();
    const first = () => page.getByRole('table', { name: 'Buckets' }).locator('tbody').getByRole('row').first().innerText();
    const sort = page.getByRole('columnheader', { name: 'Keeps data' }).getByRole('button');
    await sort.click();
    await expect.poll(first).toContain('ours');
    await sort.click();
    await expect.poll(first).toContain('data');
  });

  it('are deleted when their name is typed', async () => {
    await page.getByRole('button', { name: 'Delete bucket ours' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this bucket?' });
    const confirm = dialog.getByRole('button', { name: 'Delete bucket and data' });
    await dialog.getByRole('textbox').fill('our');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('ours');
    await confirm.click();
    await said('Bucket “ours” is deleted.');
    expect(await bucketNamed('ours')).toBeUndefined();
    expect(await page.getByRole('button', { name: 'Delete bucket _monitoring' }).count()).toBe(0);
  });
});

describe('People', () => {
  const find = async (name: string) => (await client.get(`/api/v2/users?name=${name}`, { as: world.operator })).json.users[0];

  it('are added with a password and a role; what was done is not done twice when the rest fails', async () => {
    await go('People');
    await page.getByRole('button', { name: 'Create user' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create user' });
    await dialog.getByLabel('User name').fill('grace');
    await dialog.getByLabel('Password', { exact: true }).fill('short');
    await dialog.getByLabel('Role in acme').selectOption('owner');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await dialog.getByRole('alert').getByText('A password has 8 to 72 characters.').waitFor();
    expect(await dialog.getByLabel('Password', { exact: true }).inputValue()).toBe('short');
    await dialog.getByLabel('Password', { exact: true }).fill('grace-passw0rd');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await said('User “grace” is created.');
    await client.signIn('grace', 'grace-passw0rd');
    const owners = (await client.get(`/api/v2/orgs/${world.orgId}/owners`, { as: world.operator })).json.users;
    expect(owners.map(({ name }: { name: string }) => name)).toContain('grace');
  });

  it('may not give up the right to set roles by their own role, or nobody could take it back', async () => {
    const other = await stage.newPage();
    await signIn(other, 'grace', 'grace-passw0rd');
    await other.goto(`/orgs/${world.orgId}/members`);
    const role = (name: string) => other.getByLabel(`Role of ${name} in acme`);
    await role('grace').waitFor();
    expect(await role('grace').isDisabled()).toBe(true);
    expect(await role(ADMIN.name).isDisabled()).toBe(false);
    await other.context().close();
  });

  it('change their role, status, name and password', async () => {
    await page.getByLabel('Role of grace in acme').selectOption('member');
    await said('grace is a member of acme');
    const members = (await client.get(`/api/v2/orgs/${world.orgId}/members`, { as: world.operator })).json.users;
    expect(members.map(({ name }: { name: string }) => name)).toContain('grace');

    // It cuts much off, so that it is asked about; and a click takes it back.
    await page.getByRole('switch', { name: /^grace/ }).click({ force: true });
    await page.getByRole('dialog', { name: 'Deactivate this user?' }).getByRole('button', { name: 'Deactivate' }).click();
    await said('grace is inactive.');
    expect((await find('grace')).status).toBe('inactive');
    await page.getByRole('button', { name: 'Undo' }).click();
    await said('grace is active.');
    expect((await find('grace')).status).toBe('active');

    await page.getByRole('button', { name: 'Actions for grace' }).click();
    await page.getByRole('menuitem', { name: 'Set a password' }).click();
    await page.getByRole('dialog').getByLabel('New password').fill('another-passw0rd');
    await page.keyboard.press('Enter');
    await said('The password of grace is set.');
    await client.signIn('grace', 'another-passw0rd');

    await page.getByRole('button', { name: 'Actions for grace' }).click();
    await page.getByRole('menuitem', { name: 'Edit the name' }).click();
    await page.getByRole('dialog').getByLabel('User name').fill('admin');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The name admin is taken by another user.').waitFor();
    await page.getByRole('dialog').getByLabel('User name').fill('hopper');
    await page.keyboard.press('Enter');
    await said('grace is now called hopper.');
  });

  it('are deleted when their name is typed, and nobody deletes himself', async () => {
    await page.getByRole('button', { name: 'Actions for hopper' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('hopper');
    await page.getByRole('button', { name: 'Delete user' }).click();
    await said('User “hopper” is deleted.');
    expect((await client.get('/api/v2/users?name=hopper', { as: world.operator })).status).toBe(404);
    await page.getByRole('button', { name: `Actions for ${ADMIN.name}` }).click();
    expect(await page.getByRole('menuitem', { name: 'Delete' }).getAttribute('data-disabled')).not.toBeNull();
    await page.keyboard.press('Escape');
  });
});

describe('Audit log', () => {
  it('shows what was done and refused, filters it, and has the history of a token on its page', async () => {
    const { json } = await client.post('/api/v2/authorizations', {
      as: world.operator,
      json: {
        orgID: world.orgId,
        description: 'watched',
        permissions: [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }],
      },
    });
    await client.get('/api/v2/users', { as: { token: 'never-seen' }, headers: { 'x-request-id': 'asked-in-vain' } });
    await go('Audit log');
    const rows = page.getByRole('table', { name: 'Audit log' }).getByRole('row');
    await rows.filter({ hasText: 'Token created' }).filter({ hasText: 'watched' }).first().waitFor();
    await page.getByLabel('Place').selectOption({ label: 'Whole server' });
    await page.getByLabel('Outcome').selectOption({ label: 'Refused' });
    await rows.filter({ hasText: 'unknown token' }).first().waitFor();
    expect(await rows.filter({ hasText: 'Token created' }).count()).toBe(0);
    await page.getByLabel('Request id').fill('asked-in-vain');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/requestID=asked-in-vain/);
    await rows.filter({ hasText: 'asked-in-vain' }).first().waitFor();
    await page.goto(`${stage.server.url}/orgs/${world.orgId}/load-data/tokens/${json.id as string}`);
    const history = page.getByRole('table', { name: 'What happened to this token' });
    await history.getByRole('row').filter({ hasText: 'Token created' }).waitFor();
  });
});

describe('About', () => {
  it('tells the ids, the address and the version', async () => {
    await go('About');
    for (const text of [world.orgId, world.userId, stage.server.url]) await page.getByText(text, { exact: true }).waitFor();
    await page.getByText('the API of InfluxDB v2.9.1').waitFor();
  });

  it('renames the organization, with the server’s objection', async () => {
    await client.post('/api/v2/orgs', { as: world.operator, json: { name: 'taken' } });
    await page.getByRole('button', { name: 'Edit the name of the organization' }).click();
    await page.keyboard.type('taken');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The name taken is taken by another organization.').waitFor();
    await page.getByRole('textbox', { name: 'Edit the name of the organization' }).fill('acme & co');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Organization acme & co/ }).waitFor();
    expect((await client.get(`/api/v2/orgs/${world.orgId}`, { as: world.operator })).json.name).toBe('acme & co');
  });

  it('makes another organization and goes there', async () => {
    await page.getByRole('button', { name: 'Create organization' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('gamma');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Organization gamma/ }).waitFor();
    await page.getByRole('heading', { name: 'Buckets', level: 1 }).waitFor();
    await page.goto(`/orgs/${world.orgId}/about`);
  });
});

describe('Query', () => {
  it('says that there is nothing where there is nothing', async () => {
    await go('Query');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('No data found').waitFor();
  });

  it('shows rows and lines of what a token has written', async () => {
    await writeDemoData(client, world.operator, encodeURIComponent('acme & co'), 'data', Date.now());
    await page.getByLabel('Flux').focus();
    await page.keyboard.press('Control+Enter');
    await said(/^120 rows in 2 tables/);
    const chart = page.getByRole('img', { name: /^Line chart of .*room=cellar.*room=kitchen/ });
    await chart.waitFor();
    // Something is drawn: not all of it is empty.
    expect(
      await chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value !== 0);
      }),
    ).toBe(true);
    const table = page.getByRole('table', { name: 'The result of the query' });
    expect(await table.getByRole('row').count()).toBe(121);
    await table.getByRole('columnheader', { name: '_value' }).waitFor();
  });

  it('names the bucket as it is, whatever it is called', async () => {
    const name = 'a ${b} \\c';
    expect((await client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name } })).status).toBe(201);
    await page.goto(`/orgs/${world.orgId}/data-explorer?bucket=${encodeURIComponent(name)}`);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('No data found').waitFor();
  });

  it('shows errors of a script in the server’s words, and keeps the script', async () => {
    await page.getByLabel('Flux').fill('from(bucket: "nowhere") |> range(start: -1h)');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('alert').getByText('There is no bucket “nowhere”').waitFor();
    expect(await page.getByLabel('Flux').inputValue()).toContain('nowhere');
    await page.getByLabel('Flux').fill('from(');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('alert').getByText('Line 1, column').waitFor();
  });

  it('shows values of every type, and no more rows than are good to look at', async () => {
    await page
      .getByLabel('Flux')
      .fill(
        'import "array" array.from(rows: [{_time: 2026-01-02T03:04:05.000000006Z, s: "a <b>&amp;", i: 9007199254740993, b: true, u: uint(v: 7)}])',
      );
    await page.getByRole('button', { name: 'Run' }).click();
    const table = page.getByRole('table', { name: 'The result of the query' });
    for (const text of ['2026-01-02T03:04:05.000000006Z', 'a <b>&amp;', '9007199254740993', 'true', '7']) {
      await table.getByRole('cell', { name: text, exact: true }).waitFor();
    }
    await page
      .getByLabel('Flux')
      .fill('import "array" array.from(rows: [{a: 1}]) |> map(fn: (r) => ({a: 1.5, _time: now(), _value: 2.0}))');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('img', { name: 'Line chart of values' }).waitFor();
  });

  it('had nothing to say on the console', () => {
    expect(stage.said).toEqual([]);
  });
});
