/** Tasks, and the other resources that tokens guard, each from one end to the other. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SetUp, TestClient } from '../support/server.js';
import { noteSecret } from '../support/artifacts.js';
import { writeDemoData } from './demo-world.js';
import { closeSecret, openStage, readSecret, signIn, type Stage } from './session.js';

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;
let home: string;

const said = (text: string | RegExp) => page.getByRole('status').getByText(text).first().waitFor();
const go = async (name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
};
const get = async (path: string) => (await client.get(path, { as: world.operator })).json;

beforeAll(async () => {
  stage = await openStage();
  ({ client } = stage.server);
  world = await client.setUp();
  home = `/orgs/${world.orgId}`;
  page = await stage.newPage();
  await signIn(page);
});
afterAll(() => stage.close());

describe('Tasks', () => {
  let id: string;

  it('are made from a script, with the server’s objections and nothing lost', async () => {
    await go('Tasks');
    await page.getByText('There are no tasks yet').waitFor();
    await page.getByRole('link', { name: 'Create task' }).first().click();
    await page.getByLabel('Name').fill('copy "all"');
    const script = page.getByLabel('Flux');
    expect(await script.inputValue()).toContain('option task = {name: "copy \\"all\\"", every: 1h}');
    await script.fill('option task = {name: "copy", every: 1h}\nfrom(');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').waitFor();
    expect(await script.inputValue()).toContain('from(');
    await script.fill('import "array"\noption task = {name: "copy", every: 1h}\narray.from(rows: [{a: 1}])\n');
    await page.keyboard.press('Control+Enter');
    await said('Task “copy” is created.');
    await page.getByRole('heading', { name: 'copy', level: 1 }).waitFor();
    id = (await get(`/api/v2/tasks?orgID=${world.orgId}`)).tasks[0].id;
    const rights = [{ action: 'write', resource: { type: 'tasks', id, orgID: world.orgId } }];
    for (let n = 0; n < 9; n++) await client.createToken(world.operator, world.orgId, rights, { description: `scheduler ${n}` });
  });

  it('run by hand, and show what came of it', async () => {
    await page.getByRole('button', { name: 'Run now' }).click();
    await said('A run is started.');
    const runs = page.getByRole('table', { name: 'Runs' });
    await runs.getByText('Success', { exact: true }).waitFor();
    await page.getByRole('definition').filter({ hasText: 'Success' }).waitFor();
    await page.getByRole('button', { name: /^Log of/ }).click();
    await page.getByRole('dialog', { name: 'Log of a run' }).getByText('Completed(success)').waitFor();
    await page.keyboard.press('Escape');
  });

  it('are edited, and what fails can be run again', async () => {
    const script = page.getByLabel('Flux');
    await script.fill('option task = {name: "broken", every: 2h}\nfrom(bucket: "nowhere") |> range(start: -1h)\n');
    await page.getByRole('button', { name: 'Save' }).click();
    await said('The script is saved.');
    await page.getByRole('heading', { name: 'broken', level: 1 }).waitFor();
    await page.getByText('every 2h').waitFor();
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('table', { name: 'Runs' }).getByText('Failed', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Run again/ }).click();
    await said('The run is started again.');
  });

  it('are switched off and on, and tell when they run next', async () => {
    await go('Tasks');
    const row = page.getByRole('row', { name: /broken/ });
    await row.getByText(/^in /).waitFor();
    await row.getByRole('switch').click({ force: true });
    await said('Task “broken” is inactive.');
    expect((await get(`/api/v2/tasks/${id}`)).status).toBe('inactive');
    await row.getByText('None').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await said('Task “broken” is active.');
  });

  it('tell which tokens reach them, and lead to all of those', async () => {
    await page.reload();
    await page.getByRole('link', { name: 'broken' }).click();
    const write = page.getByRole('definition').filter({ hasText: 'scheduler 0' });
    await write.getByRole('link', { name: "admin's Token" }).waitFor();
    expect(await page.getByRole('definition').getByRole('link', { name: "admin's Token" }).count()).toBe(2);
    await write.getByRole('link', { name: '2 more' }).click();
    await page.getByText(`Only tokens that can write the task ${id}.`).waitFor();
    await page.getByRole('link', { name: 'scheduler 8' }).waitFor();
    await page.goBack();
  });

  it('are deleted', async () => {
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete task' }).click();
    await said('Task “broken” is deleted.');
    expect((await client.get(`/api/v2/tasks/${id}`, { as: world.operator })).status).toBe(404);
  });

  it('are only shown to members, who cannot change them', async () => {
    const flux = 'import "array"\noption task = {name: "theirs", cron: "0 * * * *"}\narray.from(rows: [{a: 1}])\n';
    const task = (await client.post('/api/v2/tasks', { as: world.operator, json: { orgID: world.orgId, flux, status: 'inactive' } })).json;
    const linus = await client.createUser(world.operator, 'linus', 'linus-passw0rd');
    await client.post(`/api/v2/orgs/${world.orgId}/members`, { as: world.operator, json: { id: linus } });
    const other = await stage.newPage();
    await signIn(other, 'linus', 'linus-passw0rd');
    await other.goto(`${home}/tasks/${task.id}`);
    await other.getByText('You can’t edit this task.').waitFor();
    expect(await other.getByRole('button', { name: /Run now|Delete|Save/ }).count()).toBe(0);
    expect(await other.getByRole('switch').isDisabled()).toBe(true);
    await other.context().close();
  });
});

describe('Telegraf configurations', () => {
  it('are made for a bucket, with a token that loads them and writes there, and nothing else', async () => {
    await go('Telegraf');
    await page.getByRole('link', { name: 'Create configuration' }).first().click();
    await page.getByLabel('Name').fill('web servers');
    await page.getByRole('checkbox', { name: 'Docker' }).check();
    expect(await page.getByLabel('TOML').inputValue()).toMatch(/bucket = "data"[^]*\[\[inputs\.docker\]\][^]*\[\[inputs\.cpu\]\]/);
    await page.getByRole('button', { name: 'Create configuration' }).click();
    const secret = noteSecret(await readSecret(page), 'a token');
    const [{ id, config }] = (await get(`/api/v2/telegrafs?orgID=${world.orgId}`)).configurations;
    expect(config).not.toContain(secret);
    await page.getByRole('dialog').getByText(`telegraf --config ${stage.server.url}/api/v2/telegrafs/${id}`).waitFor();
    const loaded = await client.get(`/api/v2/telegrafs/${id}`, { as: { token: secret }, headers: { accept: 'application/toml' } });
    expect([loaded.status, loaded.text]).toEqual([200, config]);
    const write = (bucket: string) => client.post(`/api/v2/write?org=acme&bucket=${bucket}`, { as: { token: secret }, body: 'm f=1' });
    expect([(await write('data')).status, (await write('_tasks')).status]).toEqual([204, 403]);
    expect((await client.get('/api/v2/buckets', { as: { token: secret } })).json.buckets).toEqual([]);
    await closeSecret(page);
    await page.getByRole('heading', { name: 'web servers', level: 1 }).waitFor();
    await page.getByRole('definition').getByRole('link', { name: 'Telegraf: web servers' }).waitFor();
  });

  it('are edited, with the server’s objections, and deleted', async () => {
    await page.getByLabel('TOML').fill('[agent');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('the configuration is not TOML').waitFor();
    await page.getByLabel('TOML').fill('[agent]\n');
    await page.getByRole('button', { name: 'Save' }).click();
    await said('The configuration is saved.');
    await page.getByText('No bucket of this server').waitFor();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete configuration' }).click();
    await said('Configuration “web servers” is deleted.');
    await page.getByText('There are no configurations yet').waitFor();
  });
});

describe('Variables', () => {
  it('are made, edited and deleted', async () => {
    await go('Variables');
    await page.getByRole('link', { name: 'Create variable' }).first().click();
    await page.getByLabel('Name').fill('or');
    await page.getByLabel('Values, one a line').fill('a\n');
    await page.getByRole('button', { name: 'Create variable' }).click();
    await page.getByRole('alert').getByText('"or" is a protected variable name').waitFor();
    await page.getByLabel('Name').fill('site');
    await page.getByLabel('Kind').selectOption('Named values');
    await page.getByLabel('Values, one “name = value” a line').fill('home = 1\nwork = 2');
    await page.getByRole('button', { name: 'Create variable' }).click();
    await said('Variable “site” is created.');
    const find = async () => (await get(`/api/v2/variables?orgID=${world.orgId}`)).variables[0];
    expect((await find()).arguments).toEqual({ type: 'map', values: { home: '1', work: '2' } });

    await page.getByRole('heading', { name: 'site', level: 1 }).waitFor();
    await page.getByLabel('Kind').selectOption('List');
    await page.getByLabel('Values, one a line').fill('home\nwork');
    await page.getByRole('button', { name: 'Save' }).click();
    await said('Variable “site” is saved.');
    expect((await find()).arguments).toEqual({ type: 'constant', values: ['home', 'work'] });
    await page.getByRole('link', { name: 'All variables' }).click();
    await page.getByRole('cell', { name: 'home, work' }).waitFor();
    await page.getByRole('link', { name: 'site' }).click();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete variable' }).click();
    await said('Variable “site” is deleted.');
    expect(await find()).toBeUndefined();
  });
});

describe('Dashboards', () => {
  it('are made from a query, and follow the time that one chooses', async () => {
    await writeDemoData(client, world.operator, 'acme', 'data', Date.now());
    await go('Query');
    await page.getByRole('button', { name: 'Save to dashboard' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save to dashboard' });
    await dialog.getByLabel('Name of the dashboard').fill('house');
    await dialog.getByLabel('Name of the cell').fill('rooms');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'house', level: 1 }).waitFor();
    const cell = page.getByRole('region', { name: 'rooms' });
    await cell.getByRole('img', { name: /^Line chart of rooms: .*room=cellar/ }).waitFor();
    await cell.getByRole('button', { name: 'Show rooms as a table' }).click();
    const rows = cell.getByRole('table', { name: 'rooms' }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(100);
    await page.getByLabel('Time', { exact: true }).selectOption('Last 15 minutes');
    await expect.poll(() => rows.count()).toBeLessThan(40);
  });

  it('apply variables, of which some are found by queries that use others', async () => {
    const { id } = (await get(`/api/v2/dashboards?orgID=${world.orgId}`)).dashboards[0];
    const make = (json: object) => client.post('/api/v2/variables', { as: world.operator, json: { orgID: world.orgId, ...json } });
    await make({ name: 'field', arguments: { type: 'map', values: { Celsius: 'celsius' } } });
    const query =
      'from(bucket: "data") |> range(start: v.timeRangeStart) |> filter(fn: (r) => r._field == v.field) |> group(columns: ["room"]) |> first() |> group() |> keep(columns: ["room"]) |> rename(columns: {room: "_value"})';
    await make({ name: 'room', arguments: { type: 'query', values: { query, language: 'flux' } } });
    const text = 'from(bucket: "data") |> range(start: v.timeRangeStart) |> filter(fn: (r) => r.room == v.room) |> count()';
    const properties = { shape: 'chronograf-v2', type: 'single-stat', queries: [{ text }], prefix: 'of ', suffix: ' values' };
    const json = { x: 0, y: 9, w: 3, h: 2, name: 'count', properties };
    await client.post(`/api/v2/dashboards/${id}/cells`, { as: world.operator, json });
    const failing = { ...properties, queries: [{ text: 'from(bucket: "nowhere") |> range(start: -1h)' }] };
    await client.post(`/api/v2/dashboards/${id}/cells`, {
      as: world.operator,
      json: { ...json, x: 3, name: 'failing', properties: failing },
    });
    await page.reload();
    expect(await page.getByLabel('field', { exact: true }).count()).toBe(0);
    await expect.poll(() => page.getByLabel('room', { exact: true }).locator('option').allInnerTexts()).toEqual(['cellar', 'kitchen']);
    await page
      .getByRole('region', { name: 'count' })
      .getByText(/^of (59|60) values$/)
      .waitFor();
    await page.getByLabel('room', { exact: true }).selectOption('kitchen');
    await page
      .getByRole('region', { name: 'count' })
      .getByText(/^of (59|60) values$/)
      .waitFor();
    await page.getByRole('region', { name: 'failing' }).getByRole('alert').getByText('There is no bucket “nowhere”').waitFor();
    // What fails takes nothing else with it.
    await page.getByRole('region', { name: 'rooms' }).getByRole('img').waitFor();
  });

  it('lose cells, and are deleted', async () => {
    await page.getByRole('button', { name: 'Remove failing' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove cell' }).click();
    await said('The cell is removed.');
    await page.getByRole('region', { name: 'failing' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Edit the name' }).click();
    await page.keyboard.type('home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'home', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete dashboard' }).click();
    await said('Dashboard “home” is deleted.');
    await page.getByText('There are no dashboards yet').waitFor();
  });
});

describe('A custom token', () => {
  it('is for single resources of any kind, and keeps them when it is cloned', async () => {
    const make = async (path: string, json: object) =>
      (await client.post(path, { as: world.operator, json: { orgID: world.orgId, ...json } })).json.id as string;
    const shown = await make('/api/v2/dashboards', { name: 'wall' });
    await make('/api/v2/dashboards', { name: 'secret plans' });
    const label = (await client.post('/api/v2/labels', { as: world.operator, json: { orgID: world.orgId, name: 'urgent' } })).json.label.id;
    await page.goto(`${home}/load-data/tokens/generate/custom-api`);
    await page.getByRole('button', { name: 'Dashboards' }).click();
    await page.getByRole('checkbox', { name: 'Read dashboard wall' }).check();
    await page.getByRole('button', { name: 'Labels' }).click();
    await page.getByRole('checkbox', { name: 'Write label urgent' }).check();
    await page.getByText('It can read the dashboard wall; write the label urgent. Nothing else.').waitFor();
    await page.getByRole('button', { name: 'Create token', exact: true }).click();
    const token = noteSecret(await readSecret(page), 'a token');
    await closeSecret(page);
    expect((await client.get('/api/v2/dashboards', { as: { token } })).json.dashboards.map(({ id }: { id: string }) => id)).toEqual([
      shown,
    ]);
    const [{ id }] = (await get(`/api/v2/authorizations?orgID=${world.orgId}&sortBy=createdAt&descending=true&limit=1`)).authorizations;

    await client.delete(`/api/v2/labels/${label}`, { as: world.operator });
    await page.goto(`${home}/load-data/tokens/generate/custom-api?clone=${id}`);
    expect(await page.getByRole('checkbox', { name: 'Read dashboard wall' }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: `Write label ${label} (deleted, or hidden from you)` }).isChecked()).toBe(true);
    await page.getByRole('checkbox', { name: 'Read all dashboards' }).check();
    expect(await page.getByRole('checkbox', { name: 'Read dashboard secret plans' }).isDisabled()).toBe(true);
    await page.getByText('It can read all dashboards; write the label').waitFor();
  });
});

it('had nothing to say on the console', () => {
  expect(stage.said).toEqual([]);
});
