/** A token in daily use: when it ends, who used it last, and a new secret without an outage. By keyboard. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import type { SetUp, TestClient } from '../support/server.js';
import { expectAccessible } from './accessible.js';
import { closeSecret, openStage, readSecret, signIn, tokensAddress, type Stage } from './session.js';

const DAY_MS = 86_400_000;

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;
let agoMs = 0;

const newToken = (description: string, more: object = {}) =>
  client.createToken(world.operator, world.orgId, [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }], {
    description,
    ...more,
  });
const find = async (id: string) => (await client.get(`/api/v2/authorizations/${id}?include=usage`, { as: world.operator })).json;
const statusWith = async (token: string): Promise<number> =>
  (await client.get('/api/v2/buckets', { as: { token }, headers: { 'x-forwarded-for': '203.0.113.9' } })).status;
const open = async (id: string): Promise<void> => {
  await page.goto(`${tokensAddress(world)}/${id}`);
  await page.getByRole('heading', { name: 'Permissions' }).waitFor();
};
/** With PICTURES=folder a run leaves what it saw. */
async function look(name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

beforeAll(async () => {
  stage = await openStage({ clock: () => Date.now() - agoMs, flags: ['--trusted-proxies', '127.0.0.0/8'] });
  ({ client } = stage.server);
  world = await client.setUp();
  page = await stage.newPage();
  await signIn(page);
});
afterAll(() => stage.close());

it('is created with an expiry: a number of days, or a day that must be to come', async () => {
  await page.goto(`${tokensAddress(world)}/generate/read-write`);
  await page.getByLabel('Description').fill('for a week');
  await page.getByRole('checkbox', { name: 'Read bucket data' }).check();
  await page.getByLabel('Expires').selectOption('After a day of your choice');
  const day = page.getByLabel('Last day');
  await page.getByRole('button', { name: 'Create token' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Choose the last day on which the token is valid.').waitFor();
  await day.fill('2020-01-31');
  await page.getByRole('button', { name: 'Create token' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Choose today or a later day.').waitFor();
  await expectAccessible(page);
  await look('create');

  await page.getByLabel('Expires').selectOption('After 7 days');
  await page.getByRole('button', { name: 'Create token' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  noteSecret(await readSecret(page), 'a token');
  await closeSecret(page);
  await page
    .getByRole('row', { name: /for a week/ })
    .getByText('Expires in 7 days')
    .waitFor();
  const { authorizations } = (await client.get(`/api/v2/authorizations?search=week`, { as: world.operator })).json;
  expect(Math.abs(Date.parse(authorizations[0].expiresAt) - Date.now() - 7 * DAY_MS)).toBeLessThan(DAY_MS / 2);
});

it('says in the list and on its page that it ends soon or has ended', async () => {
  agoMs = 10 * DAY_MS;
  const { id: ended } = await newToken('ended', { expiresIn: '1d' });
  agoMs = 0;
  const { id: ending } = await newToken('ending', { expiresIn: '3d' });
  await newToken('far away', { expiresIn: '90d' });
  await page.goto(tokensAddress(world));
  await page
    .getByRole('row', { name: /ending/ })
    .getByText('Expires in 3 days')
    .waitFor();
  await page.getByRole('row', { name: /ended/ }).getByText('Expired', { exact: true }).waitFor();
  await page.getByRole('switch', { name: '“ended” is active, but it has expired' }).waitFor();
  expect(
    await page
      .getByRole('row', { name: /far away/ })
      .getByText(/Expire/)
      .count(),
  ).toBe(0);
  await expectAccessible(page);
  await look('list');
  await open(ending);
  await page.getByText('Expires in 3 days').waitFor();
  await page.getByText('No use is known').waitFor();
  await open(ended);
  await page.getByText('Expired', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Rotate …' }).isDisabled()).toBe(true);
});

it('is rotated by keyboard; the old secret and its last use are shown until it is ended', async () => {
  const { id, token } = await newToken('in use');
  await open(id);
  const rotate = page.getByRole('button', { name: 'Rotate …' });
  await rotate.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Rotate this token?' });
  await dialog.getByLabel('The old secret stays valid for').selectOption('1 day');
  await expectAccessible(page, 'dialog');
  await look('rotate');
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Your new API token' }).getByText('The old one stays valid for 1 day.').waitFor();
  const next = noteSecret(await readSecret(page), 'a token');
  await closeSecret(page);
  expect(await rotate.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await page.content()).not.toContain(next);
  await page.getByText('No use of the old secret is known.').waitFor();
  expect([await statusWith(token), await statusWith(next)]).toEqual([200, 200]);
  expect(Date.parse((await find(id)).previousSecret.expiresAt) - Date.now()).toBeGreaterThan(DAY_MS / 2);

  await page.reload();
  await page.getByText(/The old secret was last used .* by 203\.0\.113\.9\./).waitFor();
  await page.getByText(/by 203\.0\.113\.9, with GET \/api\/v2\/buckets/).waitFor();
  await expectAccessible(page);
  await look('token');
  await page.getByRole('button', { name: 'End it now' }).focus();
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'End the old secret?' });
  await expectAccessible(page, 'dialog');
  await question.getByRole('button', { name: 'End it now' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('The old secret is refused from now on.').waitFor();
  await question.waitFor({ state: 'detached' });
  await page.getByText(/The old secret was last used/).waitFor({ state: 'detached' });
  expect([await statusWith(token), await statusWith(next)]).toEqual([401, 200]);
  expect(stage.said).toEqual([]);
});

it('keeps to the limit of its organization, and says what the limit is', async () => {
  await client.send('PATCH', `/api/v2/orgs/${world.orgId}`, { as: world.operator, json: { tokenLifetimeMax: '30d' } });
  await page.goto(`${tokensAddress(world)}/generate/read-write`);
  await page.getByText('This organization allows at most 30d.').waitFor();
  await page.getByLabel('Description').fill('capped');
  await page.getByRole('checkbox', { name: 'Read bucket data' }).check();
  await page.getByLabel('Expires').selectOption('After 90 days');
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByRole('alert').getByText('the organization allows tokens a lifetime of at most 30d').waitFor();
  await page.getByLabel('Expires').selectOption('After 30d, the longest time');
  await page.getByRole('button', { name: 'Create token' }).click();
  noteSecret(await readSecret(page), 'a token');
  await closeSecret(page);
  const { authorizations } = (await client.get(`/api/v2/authorizations?search=capped`, { as: world.operator })).json;
  expect(authorizations).toHaveLength(1);
  expect(Math.abs(Date.parse(authorizations[0].expiresAt) - Date.now() - 30 * DAY_MS)).toBeLessThan(DAY_MS / 2);
});

it('explains on its page what it may do, and is cloned without what no request has needed', async () => {
  const permissions = [
    ...['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } })),
    { action: 'read', resource: { type: 'tasks', orgID: world.orgId } },
  ];
  const { id, token } = await client.createToken(world.operator, world.orgId, permissions, { description: 'too wide' });
  expect((await client.get(`/api/v2/buckets/${world.bucketId}`, { as: { token } })).status).toBe(200);
  await open(id);
  await page.getByText('2 of 3, since').waitFor();
  await page.getByLabel('Action').selectOption('read');
  await page.getByLabel('Name or id').fill('data');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('by read bucket data of acme').waitFor();
  await page.getByLabel('Action').selectOption('write');
  await page.getByLabel('Type').selectOption('tasks');
  await page.getByLabel('Id', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('because: no permission').waitFor();
  await page.getByText('it is for the other action').waitFor();
  await page.getByText('Could be given by').waitFor();
  await expectAccessible(page);
  await look('explain');
  await page.getByRole('link', { name: 'Clone narrower …' }).click();
  await page.getByRole('checkbox', { name: 'Read bucket data' }).waitFor();
  expect(await page.getByRole('checkbox', { name: 'Read bucket data' }).isChecked()).toBe(true);
  expect(await page.getByRole('checkbox', { name: 'Write bucket data' }).isChecked()).toBe(false);
  expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('too wide (narrower)');
});
