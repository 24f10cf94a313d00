/**
 * API Tokens as people use them: the checklist of a peer's suite (list, filter, sort, edit, delete, view, clone), the three ways to make one,
 * and what must never happen to a secret.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import type { SetUp, TestClient } from '../support/server.js';
import { heapOf } from './heap.js';
import { ADMIN, closeSecret, openStage, readSecret, signIn, tokensAddress, type Stage } from './session.js';

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;
const buckets: Record<string, string> = {};

const bucketRight = (action: string, name?: string) => ({
  action,
  resource: { type: 'buckets', ...(name === undefined ? {} : { id: buckets[name] }), orgID: world.orgId },
});

const rows = () => page.getByRole('table', { name: 'API tokens' }).locator('tbody').getByRole('row');
const names = async (): Promise<string[]> => rows().locator('td:first-child a').allInnerTexts();
/** Waits until these and no others are listed, in this order. */
const expectNames = async (expected: readonly string[]): Promise<void> => {
  await expect.poll(names, { timeout: 5000 }).toEqual(expected);
};
const row = (name: string) => rows().filter({ hasText: name });
const said = (text: string | RegExp) => page.getByRole('status').getByText(text).waitFor();

async function choose(label: string, option: string): Promise<void> {
  const box = page.getByRole('combobox', { name: label });
  await box.click();
  await box.fill(option);
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function generate(item: string): Promise<void> {
  await page.getByRole('button', { name: 'Create API token' }).first().click();
  await page.getByRole('menuitem', { name: item }).click();
}

const inspect = async (description: string) => {
  const { json } = await client.get('/api/v2/authorizations', { as: world.operator });
  return json.authorizations.find((one: { description: string }) => one.description === description);
};

const shortRights = (permissions: { action: string; resource: { type: string; id?: string; orgID?: string } }[]): string[] =>
  permissions
    .map(({ action, resource }) => `${action} ${resource.type} ${resource.id ?? (resource.orgID === undefined ? 'everywhere' : 'all')}`)
    .sort();

beforeAll(async () => {
  stage = await openStage();
  ({ client } = stage.server);
  world = await client.setUp();
  buckets.data = world.bucketId;
  // More than one page of the list that the pages fetch.
  for (let n = 1; n <= 120; n++) {
    const name = `bucket-${String(n).padStart(3, '0')}`;
    buckets[name] = (await client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name } })).json.id;
  }
  page = await stage.newPage();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page);
});
afterAll(() => stage.close());

/** As in the peer's suite: three, beside that of set-up. */
async function resetTokens(): Promise<void> {
  const { json } = await client.get('/api/v2/authorizations', { as: world.operator });
  for (const { id } of json.authorizations) {
    if (id !== world.authorizationId) await client.delete(`/api/v2/authorizations/${id}`, { as: world.operator });
  }
  const make = (description: string, permissions: unknown[], status = 'active') =>
    client.createToken(world.operator, world.orgId, permissions, { description, status });
  await make('token test ॐ', [bucketRight('read', 'data'), bucketRight('write', 'data')]);
  await make('token test 02', [bucketRight('write', 'data')], 'inactive');
  await make('token test 03', [bucketRight('read', 'data')], 'inactive');
}

const NEWEST_FIRST = ['token test 03', 'token test 02', 'token test ॐ', "admin's Token"];

describe('the list', () => {
  beforeEach(async () => {
    await resetTokens();
    await page.goto(tokensAddress(world));
    await expectNames(NEWEST_FIRST);
  });

  it('shows of each what it is, what it opens, whose it is and whether it is active', async () => {
    expect(await page.title()).toBe('API Tokens · acme · Sluice');
    expect((await row('token test ॐ').innerText()).split(/\s*[\t\n]\s*/)).toEqual(
      expect.arrayContaining(['token test ॐ', 'Read/Write', 'reads and writes 1 bucket', 'admin', 'Active', 'just now']),
    );
    expect(await row("admin's Token").innerText()).toContain('everything, in every organization');
    expect(await row('token test 03').innerText()).toContain('Inactive');
    await page.getByRole('status').getByText('4 tokens').waitFor();
    for (const name of NEWEST_FIRST) {
      await page.getByRole('button', { name: `Actions for “${name}”` }).click();
      const item = page.getByRole('menuitem', { name: 'Clone' });
      await item.press('Escape');
      await item.waitFor({ state: 'hidden' });
    }
  });

  it('is searched on the server as one types, and the address says it', async () => {
    const search = page.getByRole('searchbox', { name: 'Search by description or id' });
    await search.pressSequentially('TEST');
    await expectNames(NEWEST_FIRST.slice(0, 3));
    await search.fill('');
    await expectNames(NEWEST_FIRST);
    await search.fill('ॐ');
    await expectNames(['token test ॐ']);
    expect(new URL(page.url()).searchParams.get('search')).toBe('ॐ');
    await page.reload();
    await expectNames(['token test ॐ']);
    expect(await search.inputValue()).toBe('ॐ');
    await search.fill('no such token');
    await page.getByText('No API tokens match').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await expectNames(NEWEST_FIRST);
  });

  it('is filtered by kind, status, owner and bucket, with counts, and back leads back', async () => {
    const kind = (name: string) => page.getByRole('group', { name: 'Kind of token' }).getByRole('button', { name });
    await expect.poll(() => kind('Read/Write').innerText()).toMatch(/Read\/Write\s+3/);
    await kind('Read/Write').click();
    await expectNames(NEWEST_FIRST.slice(0, 3));
    await page.getByLabel('Status', { exact: true }).selectOption('active');
    await expectNames(['token test ॐ']);
    await expect
      .poll(() => page.getByLabel('Status', { exact: true }).locator('option').allInnerTexts())
      .toEqual(['Any status (3)', 'Active (1)', 'Inactive (2)']);
    await page.goBack();
    await expectNames(NEWEST_FIRST.slice(0, 3));
    await kind('All kinds').click();

    // Who can write to it? Also a bucket beyond the first hundred.
    await choose('Access to bucket', 'data');
    await page.getByLabel('Kind of access').selectOption('write');
    await expectNames(['token test 02', 'token test ॐ', "admin's Token"]);
    await choose('Access to bucket', 'bucket-120');
    await expectNames(["admin's Token"]);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expectNames(NEWEST_FIRST);
    await choose('Owner', 'admin');
    await expectNames(NEWEST_FIRST);
    expect(new URL(page.url()).searchParams.get('userID')).toBe(world.userId);
  });

  it('is sorted by its headings', async () => {
    const sort = (name: string) => page.getByRole('columnheader', { name }).getByRole('button').click();
    await sort('Description');
    await expectNames(["admin's Token", 'token test 02', 'token test 03', 'token test ॐ']);
    await sort('Description');
    await expectNames(['token test ॐ', 'token test 03', 'token test 02', "admin's Token"]);
    await sort('Status');
    await expectNames(["admin's Token", 'token test ॐ', 'token test 02', 'token test 03']);
    await sort('Status');
    await expectNames(['token test 02', 'token test 03', "admin's Token", 'token test ॐ']);
    expect(await page.getByRole('columnheader', { name: 'Status' }).getAttribute('aria-sort')).toBe('descending');
  });

  it('changes a description where it stands: typing replaces it, Enter saves, Escape does not', async () => {
    const pencil = page.getByRole('button', { name: 'Edit the description of “token test 02”' });
    await pencil.click();
    await page.keyboard.type('given up');
    await page.keyboard.press('Escape');
    await expectNames(NEWEST_FIRST);
    expect(await pencil.evaluate((element) => element === document.activeElement)).toBe(true);
    await pencil.click();
    await page.keyboard.type('renamed');
    await page.keyboard.press('Enter');
    await said('The description is saved.');
    await expectNames(['token test 03', 'renamed', 'token test ॐ', "admin's Token"]);
    expect((await inspect('renamed')).status).toBe('inactive');
  });

  it('switches one off and on', async () => {
    const toggle = row('token test ॐ').getByRole('switch');
    await toggle.click({ force: true });
    await said('“token test ॐ” is inactive.');
    expect((await inspect('token test ॐ')).status).toBe('inactive');
    await toggle.click({ force: true });
    await said('“token test ॐ” is active.');
    expect((await inspect('token test ॐ')).status).toBe('active');
  });

  it('switches an operator token off only when the word is typed', async () => {
    const spare = await client.createToken(world.operator, world.orgId, operatorRights(), { description: 'spare operator' });
    await page.reload();
    const toggle = row('spare operator').getByRole('switch');
    await toggle.click({ force: true });
    const dialog = page.getByRole('dialog', { name: 'Deactivate an operator token?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await inspect('spare operator')).status).toBe('active');
    await toggle.click({ force: true });
    expect(await dialog.getByText('This is the last active operator token').count()).toBe(0);
    await dialog.getByRole('textbox').fill('operator');
    await page.keyboard.press('Enter');
    await said('“spare operator” is inactive.');
    expect((await inspect('spare operator')).status).toBe('inactive');
    await client.delete(`/api/v2/authorizations/${spare.id}`, { as: world.operator });
  });

  it('deletes, after asking; an operator token only when the word is typed; and the session goes on', async () => {
    const remove = async (name: string) => {
      await page.getByRole('button', { name: `Actions for “${name}”` }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
    };
    await remove('token test 03');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectNames(NEWEST_FIRST);
    await remove('token test 03');
    await page.getByRole('button', { name: 'Delete token' }).click();
    await said('The API token is deleted.');
    await expectNames(NEWEST_FIRST.slice(1));

    // Another one, or the tests would have none.
    const spare = await client.createToken(world.operator, world.orgId, operatorRights(), { description: 'spare operator' });
    await client.delete(`/api/v2/authorizations/${world.authorizationId}`, { as: world.operator });
    world = { ...world, authorizationId: spare.id, operator: { token: spare.token } };
    await page.reload();
    await remove('spare operator');
    const dialog = page.getByRole('dialog', { name: 'Delete an operator token?' });
    await dialog.getByText('This is the last active operator token').waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete token' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('operator');
    await dialog.getByRole('button', { name: 'Delete token' }).click();
    await expectNames(['token test 02', 'token test ॐ']);
    for (const name of ['token test 02', 'token test ॐ']) {
      await remove(name);
      await page.getByRole('button', { name: 'Delete token' }).click();
      await row(name).waitFor({ state: 'detached' });
    }
    await page.getByText('There are no API tokens yet').waitFor();
    expect(await page.getByRole('main').getByRole('button', { name: 'Create API token' }).count()).toBe(2);
    await page.getByRole('link', { name: 'Buckets' }).click();
    await page.getByRole('link', { name: 'bucket-001', exact: true }).waitFor();
    // The user of set-up makes a new operator by his session.
    const session = await client.signIn(ADMIN.name, ADMIN.password);
    const renewed = await client.createToken(session, world.orgId, operatorRights(), { description: "admin's Token" });
    world = { ...world, authorizationId: renewed.id, operator: { token: renewed.token } };
  });
});

const operatorRights = (): unknown[] =>
  [
    'authorizations,buckets,dashboards,orgs,sources,tasks,telegrafs,users,variables,scrapers,secrets,labels,views,documents',
    'notificationRules,notificationEndpoints,checks,dbrp,notebooks,annotations,remotes,replications',
  ]
    .join()
    .split(',')
    .flatMap((type) => ['read', 'write'].map((action) => ({ action, resource: { type } })));

describe('one token', () => {
  it('has a page with its exact rights, what makes another one like it, and no secret', async () => {
    await resetTokens();
    const gone = (await client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name: 'gone' } })).json.id;
    const { id } = await client.createToken(
      world.operator,
      world.orgId,
      [
        bucketRight('read', 'data'),
        bucketRight('write'),
        { action: 'read', resource: { type: 'buckets', id: gone, orgID: world.orgId } },
        { action: 'read', resource: { type: 'tasks' } },
        { action: 'write', resource: { type: 'users', id: world.userId } },
      ],
      { description: 'many scopes' },
    );
    await client.delete(`/api/v2/buckets/${gone}`, { as: world.operator });
    await page.goto(tokensAddress(world));
    await page.getByRole('link', { name: 'many scopes' }).click();
    await page.getByRole('heading', { name: 'many scopes', level: 1 }).waitFor();
    const lines = await page
      .getByRole('table', { name: 'What this token has access to' })
      .locator('tbody')
      .getByRole('row')
      .allInnerTexts();
    expect(lines.map((line) => line.split(/\s*[\t\n]\s*/))).toEqual([
      ['data', 'Bucket', 'only this bucket', 'Yes', 'No'],
      ['All buckets', 'Bucket', 'in acme', 'No', 'Yes'],
      [`Bucket ${gone}`, 'Bucket', 'deleted: no access', 'Yes', 'No'],
      ['All tasks', 'Task', 'in every organization', 'Yes', 'No'],
      ['admin', 'User', 'only its owner', 'No', 'Yes'],
    ]);
    await page.getByText(id, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy JSON' }).click();
    const json = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    const again = await client.post('/api/v2/authorizations', { as: world.operator, json });
    expect([again.status, shortRights(again.json.permissions)]).toEqual([201, shortRights((await inspect('many scopes')).permissions)]);
    await page.goto(`${tokensAddress(world)}/${world.authorizationId}`);
    await page.getByLabel('command').getByText('--operator').waitFor();
    expect(await page.content()).not.toContain(world.operator.token);
  });

  it('is renamed, switched off and deleted on its page, which then leads back to the list', async () => {
    await resetTokens();
    await page.goto(tokensAddress(world));
    await page.getByRole('link', { name: 'token test ॐ' }).click();
    await page.getByRole('button', { name: 'Edit the description' }).click();
    await page.keyboard.type('elsewhere');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'elsewhere', level: 1 }).waitFor();
    await page.getByRole('switch').click({ force: true });
    await said('“elsewhere” is inactive.');
    expect((await inspect('elsewhere')).status).toBe('inactive');
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete token' }).click();
    await expectNames(NEWEST_FIRST.filter((name) => name !== 'token test ॐ'));
    expect(new URL(page.url()).pathname).toBe(tokensAddress(world));
  });

  it('says so when it is not there', async () => {
    await page.goto(`${tokensAddress(world)}/00000000000000aa`);
    await page.getByRole('alert').getByText('This token does not exist').waitFor();
  });

  it('is cloned into a form that can be changed first, as one’s own and active', async () => {
    await resetTokens();
    const owner = await client.createUser(world.operator, `owner ${Date.now()}`);
    await client.createToken(
      world.operator,
      world.orgId,
      [bucketRight('read', 'data'), bucketRight('write', 'bucket-120'), { action: 'read', resource: { type: 'tasks' } }],
      { description: 'original', userID: owner, status: 'inactive' },
    );
    await page.goto(tokensAddress(world));
    await page.getByRole('button', { name: 'Actions for “original”' }).click();
    await page.getByRole('menuitem', { name: 'Clone' }).click();
    await page.getByRole('heading', { name: 'Clone a token' }).waitFor();
    expect(await page.getByLabel('Description').inputValue()).toBe('original (cloned)');
    expect(await page.getByRole('checkbox', { name: 'Read bucket data' }).isChecked()).toBe(true);
    await page.getByText('Read all tasks in every organization').waitFor();
    await page.getByRole('checkbox', { name: 'Write bucket data' }).check();
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    noteSecret(await readSecret(page), 'a clone');
    await closeSecret(page);
    const clone = await inspect('original (cloned)');
    expect([clone.user, clone.status]).toEqual(['admin', 'active']);
    expect(shortRights(clone.permissions)).toEqual(
      [
        `read buckets ${buckets.data}`,
        `write buckets ${buckets.data}`,
        `write buckets ${buckets['bucket-120']}`,
        'read tasks everywhere',
      ].sort(),
    );
  });
});

describe('generating', () => {
  beforeEach(async () => {
    await resetTokens();
    await page.goto(tokensAddress(world));
    await expectNames(NEWEST_FIRST);
  });

  it('offers what the documentation knows', async () => {
    await page.getByRole('button', { name: 'Create API token' }).click();
    const items = await page.getByRole('menuitem').allInnerTexts();
    expect(items.map((text) => text.split('\n')[0])).toEqual(['Read/Write', 'All Access', 'Custom']);
    await page.keyboard.press('Escape');
  });

  it('makes a Read/Write token from two panes', async () => {
    await generate('Read/Write');
    expect(await page.getByLabel('Description').evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    await page.getByRole('alert').getByText('Select at least one bucket').waitFor();

    await page.getByLabel('Description').fill('station');
    await page.getByRole('searchbox', { name: 'Search buckets to read' }).fill('bucket-11');
    await page.getByRole('button', { name: 'Select all buckets to read that match', exact: true }).click();
    await page.getByText('10 selected').waitFor();
    await page.getByRole('button', { name: 'Deselect all buckets to read that match', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Read bucket bucket-119' }).check();
    await page.getByRole('checkbox', { name: 'Write all buckets, including future ones' }).check();
    await page.getByText('It can read the bucket bucket-119; write all buckets, including future ones. Nothing else.').waitFor();
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    await page.getByRole('dialog', { name: 'Your Read/Write API token' }).waitFor();
    const secret = noteSecret(await readSecret(page), 'a token');
    await closeSecret(page);
    await expectNames(['station', ...NEWEST_FIRST]);
    expect(shortRights((await inspect('station')).permissions)).toEqual([`read buckets ${buckets['bucket-119']}`, 'write buckets all']);
    const written = await client.post('/api/v2/write?org=acme&bucket=data', { as: { token: secret }, body: 'm v=1' });
    expect(written.status).toBe(204);
  });

  it('makes an All Access token', async () => {
    await generate('All Access');
    await page.getByLabel('Description').fill('everything here');
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    noteSecret(await readSecret(page), 'a token');
    await closeSecret(page);
    const rights = shortRights((await inspect('everything here')).permissions);
    expect(rights).toHaveLength(43);
    expect(rights).toEqual(expect.arrayContaining([`read orgs ${world.orgId}`, `write users ${world.userId}`, 'write authorizations all']));
    expect(rights.filter((right) => right.includes('everywhere') || right === `write orgs ${world.orgId}`)).toEqual([]);
    expect(await row('everything here').innerText()).toContain('All access');
  });

  it('makes a Custom token, where all, some and none mean what they say', async () => {
    await generate('Custom');
    await page.getByLabel('Description').fill('exactly this');
    const all = page.getByRole('checkbox', { name: 'Read all buckets' });
    const state = () => all.evaluate((element: HTMLInputElement) => (element.indeterminate ? 'some' : element.checked ? 'all' : 'none'));
    await page.getByRole('searchbox', { name: 'Filter resources' }).fill('bucket-1');
    await page.getByRole('checkbox', { name: 'Read bucket bucket-120' }).check();
    expect(await state()).toBe('some');
    await all.click();
    expect(await state()).toBe('all');
    expect(await page.getByRole('checkbox', { name: 'Read bucket bucket-120' }).isDisabled()).toBe(true);
    await all.click();
    expect(await state()).toBe('none');
    await page.getByRole('checkbox', { name: 'Read bucket bucket-118' }).check();
    await page.getByRole('searchbox', { name: 'Filter resources' }).fill('');
    await page.getByRole('checkbox', { name: 'Write all tasks' }).check();
    await page.getByRole('checkbox', { name: 'Read organizations (only this one)' }).check();
    await page.getByRole('checkbox', { name: 'Read users (only yourself)' }).check();
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    noteSecret(await readSecret(page), 'a token');
    await closeSecret(page);
    expect(shortRights((await inspect('exactly this')).permissions)).toEqual(
      [`read buckets ${buckets['bucket-118']}`, `read orgs ${world.orgId}`, `read users ${world.userId}`, 'write tasks all'].sort(),
    );
  });

  it('keeps what was typed when the server refuses, and says why in its words', async () => {
    await generate('Custom');
    await page.getByLabel('Description').fill('kept');
    await page.getByRole('checkbox', { name: 'Write all tasks' }).check();
    await page.route('**/api/v2/authorizations', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 503, json: { code: 'unavailable', message: 'the store is full' } })
        : route.fallback(),
    );
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    await page.getByRole('alert').getByText('the store is full').waitFor();
    await page.unroute('**/api/v2/authorizations');
    expect(await page.getByLabel('Description').inputValue()).toBe('kept');
    expect(await page.getByRole('checkbox', { name: 'Write all tasks' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    noteSecret(await readSecret(page), 'a token');
    await closeSecret(page);
  });

  it('greys out what the maker may not grant, and says why; a member makes none at all', async () => {
    const owner = await client.createUser(world.operator, `half owner ${Date.now()}`, 'owner-passw0rd');
    await client.post(`/api/v2/orgs/${world.orgId}/members`, { as: world.operator, json: { id: owner } });
    await client.createToken(world.operator, world.orgId, [{ action: 'write', resource: { type: 'authorizations', orgID: world.orgId } }], {
      userID: owner,
    });
    const name = (await client.get(`/api/v2/users/${owner}`, { as: world.operator })).json.name;
    const other = await stage.newPage();
    await signIn(other, name, 'owner-passw0rd');
    await other.goto(`${tokensAddress(world)}/generate/read-write`);
    await other.getByRole('checkbox', { name: 'Read bucket data' }).check();
    const barred = other.getByRole('checkbox', { name: 'Write bucket data' });
    expect(await barred.isDisabled()).toBe(true);
    await other.getByText('Greyed out: you can’t write it yourself').waitFor();
    await other.goto(`${tokensAddress(world)}/generate/custom-api`);
    expect(await other.getByRole('checkbox', { name: 'Read all buckets' }).isEnabled()).toBe(true);
    for (const name of ['Write all buckets', 'Write bucket bucket-120', 'Write all tasks'])
      expect(await other.getByRole('checkbox', { name, exact: true }).isDisabled()).toBe(true);
    await other.getByText('Greyed out: you don’t have this permission yourself').first().waitFor();
    await other.goto(`${tokensAddress(world)}/generate/all-access`);
    await other.getByText('You can’t grant everything here: you don’t have').waitFor();
    expect(await other.getByRole('button', { name: 'Create token', exact: true }).isDisabled()).toBe(true);

    const member = await client.createUser(world.operator, `member ${Date.now()}`, 'member-passw0rd');
    await client.post(`/api/v2/orgs/${world.orgId}/members`, { as: world.operator, json: { id: member } });
    const memberName = (await client.get(`/api/v2/users/${member}`, { as: world.operator })).json.name;
    const third = await stage.newPage();
    await signIn(third, memberName, 'member-passw0rd');
    await third.getByText('You can’t create tokens in acme').waitFor();
    expect(await third.getByRole('button', { name: 'Create API token' }).first().isDisabled()).toBe(true);
    await other.context().close();
    await third.context().close();
  });

  it('is done with the keyboard alone', async () => {
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
    const tabTo = async (name: string): Promise<void> => {
      for (let n = 0; n < 60; n++) {
        if ((await focused()).trim() === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await page.getByRole('heading', { name: 'API Tokens' }).focus();
    await tabTo('Create API token');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Read/Write' }).waitFor();
    // The menu takes the focus a moment after it is in sight, and its arrows go round.
    await expect
      .poll(async () => {
        if (!(await focused()).startsWith('Read/Write')) await page.keyboard.press('ArrowDown');
        return focused();
      })
      .toContain('Read/Write');
    await page.keyboard.press('Enter');
    await page.waitForURL(/generate\/read-write/);
    await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
    await page.keyboard.type('by hand');
    // A list is one stop, and the arrows go through it.
    await tabTo('Write bucket bucket-001');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('Write bucket bucket-003');
    await page.keyboard.press('Space');
    await tabTo('Create token');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Your Read/Write API token' });
    await dialog.waitFor();
    noteSecret(await readSecret(page), 'a token');
    expect(await page.evaluate(() => getSelection()?.toString() ?? '')).toBe(await readSecret(page));
    await tabTo('Copy token');
    await page.keyboard.press('Enter');
    await dialog.getByText('Copied to the clipboard.').waitFor();
    // Nothing behind the dialog can be reached.
    for (let n = 0; n < 30; n++) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null),
      ).toBe(true);
    }
    for (let n = 0; n < 30 && !(await page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.type === 'checkbox')); n++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    await tabTo('Done');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expectNames(['by hand', ...NEWEST_FIRST]);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  });
});

describe('the secret', () => {
  async function makeOne(description: string, where = page): Promise<string> {
    await where.goto(`${tokensAddress(world)}/generate/read-write`);
    await where.getByLabel('Description').fill(description);
    await where.getByRole('checkbox', { name: 'Write bucket data' }).check();
    await where.getByRole('button', { name: 'Create token', exact: true }).click();
    return noteSecret(await readSecret(where), 'a token');
  }

  it('stays in sight until it is saved, whatever one presses and wherever one goes', async () => {
    await page.goto(tokensAddress(world));
    await page.getByRole('link', { name: 'Buckets' }).click();
    const secret = await makeOne('hard to lose');
    for (let n = 0; n < 3; n++) await page.keyboard.press('Escape');
    await page.mouse.click(3, 3);
    await page.goBack();
    await page.waitForTimeout(100);
    expect(await readSecret(page)).toBe(secret);
    // The browser asks before it leaves the site, or closes the tab.
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const question = await asked;
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    expect(await readSecret(page)).toBe(secret);
    await page.getByLabel('I have saved this token').check();
    await page.keyboard.press('Escape');
    expect(await readSecret(page)).toBe(secret);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('is copied as it is, goes into a file, and stands in snippets that are true', async () => {
    const secret = await makeOne('to be used');
    await page.getByRole('button', { name: 'Copy token' }).click();
    await page.getByText('Copied to the clipboard.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download .env' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('to-be-used.env');
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(
      `INFLUX_HOST=${stage.server.url}\nINFLUX_ORG=acme\nINFLUX_TOKEN=${secret}\nINFLUX_BUCKET=data\n`,
    );
    await download.delete();
    await page.getByRole('tab', { name: 'curl: write' }).click();
    const panel = page.getByRole('tabpanel');
    expect(await panel.innerText()).toContain(`/api/v2/write?org=acme&bucket=data&precision=s`);
    await page.getByRole('tab', { name: 'Telegraf' }).click();
    expect(await panel.innerText()).toContain('token = "${INFLUX_TOKEN}"');
    await page.getByRole('tab', { name: 'sluice' }).click();
    expect(await panel.innerText()).toContain('sluice config create');
    // It may not read, so that nothing pretends that it could.
    expect(await page.getByRole('tab', { name: 'curl: query' }).count()).toBe(0);
    await closeSecret(page);
  });

  it('says the truth about copying where the browser does not let it, as over plain HTTP', async () => {
    // A host that is not the machine itself, and no TLS: no secure context, hence no clipboard.
    const { port } = new URL(stage.server.url);
    const other = await stage.newPage({ baseURL: `http://plain.example:${port}` });
    await signIn(other);
    expect(await other.evaluate(() => [isSecureContext, typeof navigator.clipboard])).toEqual([false, 'undefined']);
    const secret = await makeOne('over plain http', other);
    await other.getByRole('button', { name: 'Copy token' }).click();
    await other
      .getByRole('status')
      .getByText(/does not let this page copy.*press Ctrl\+C/)
      .waitFor();
    expect(await other.evaluate(() => getSelection()?.toString())).toBe(secret);
    expect(await other.getByText('Copied').count()).toBe(0);
    await closeSecret(other);
    await other.context().close();
  });

  it('is nowhere any more once the dialog is closed', async () => {
    const other = await stage.newPage();
    await signIn(other);
    const before = stage.said.length;
    const secret = await makeOne('nowhere any more', other);
    await other.getByRole('tab', { name: 'curl: write' }).click();
    await closeSecret(other);
    await other.getByRole('link', { name: 'nowhere any more' }).waitFor();
    const part = secret.slice(0, 10);
    expect(await other.content()).not.toContain(part);
    expect(
      await other.evaluate(() =>
        JSON.stringify([location.href, history.state, Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
      ),
    ).not.toContain(part);
    expect(stage.said.slice(before).join()).not.toContain(part);
    await other.getByRole('link', { name: 'Buckets' }).click();
    await other.getByRole('link', { name: 'bucket-001', exact: true }).waitFor();
    expect(await heapOf(other)).not.toContain(secret);
    await other.context().close();
  });

  it('is not taken from a server that keeps tokens in the clear and sends them with every list', async () => {
    const open = await openStage({ flags: ['--use-hashed-tokens=false'] });
    const setUp = await open.server.client.setUp();
    const other = await open.newPage();
    await signIn(other);
    await other.getByRole('link', { name: "admin's Token" }).click();
    await other.getByRole('heading', { name: "admin's Token" }).waitFor();
    expect(await other.content()).not.toContain(setUp.operator.token);
    expect(await heapOf(other)).not.toContain(setUp.operator.token);
    await open.close();
  });

  it('was on no console, and nothing else was either', () => {
    expect(stage.said).toEqual([]);
  });
});
