/**
 * What the pages say is so, and what they hide they say that they hide: a token that was found, members and owners, the status that counts,
 * charts. In the browser of a machine whose locale is POSIX, which libraries stumble over, and on a telephone where it is about room.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import type { SetUp, TestClient } from '../support/server.js';
import { heapOf } from './heap.js';
import { openStage, signIn, tokensAddress, type Stage } from './session.js';

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;

const bucketRight = (action: string, id?: string) => ({
  action,
  resource: { type: 'buckets', ...(id === undefined ? {} : { id }), orgID: world.orgId },
});
const make = (description: string, permissions: unknown[], more: Record<string, unknown> = {}) =>
  client.createToken(world.operator, world.orgId, permissions, { description, ...more });
const addUser = async (name: string, role: 'member' | 'owner'): Promise<string> => {
  const id = await client.createUser(world.operator, name, `${name}-passw0rd`);
  await client.post(`/api/v2/orgs/${world.orgId}/${role}s`, { as: world.operator, json: { id } });
  return id;
};
const rows = (where = page) => where.getByRole('table', { name: 'API tokens' }).locator('tbody').getByRole('row');
const statusOf = async (id: string): Promise<string> =>
  (await client.get(`/api/v2/authorizations/${id}`, { as: world.operator })).json.status;

beforeAll(async () => {
  stage = await openStage({}, 'C');
  ({ client } = stage.server);
  world = await client.setUp();
  await addUser('grace', 'owner');
  await addUser('linus', 'member');
  page = await stage.newPage();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page);
});
afterAll(() => stage.close());

describe('a token that was found', () => {
  it('is put into no address however it comes, and is told whose it is', async () => {
    const { id, token } = await make('pushed to a repository', [bucketRight('write', world.bucketId)]);
    const [phone] = [await stage.newPage({ viewport: { width: 360, height: 740 } })];
    await phone.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(phone);
    const asked: string[] = [];
    phone.on('request', (request) => asked.push(request.url()));
    const search = phone.getByRole('searchbox', { name: 'Search by description or id' });
    const dialog = phone.getByRole('dialog', { name: 'Found a token?' });
    const field = dialog.getByLabel('Token', { exact: true });

    const pasteInto = async (text: string): Promise<void> => {
      await phone.evaluate((copied) => navigator.clipboard.writeText(copied), text);
      await search.focus();
      await phone.keyboard.press('Control+V');
      await dialog.waitFor();
    };
    // As it stands in a header, in a file, in a chat; and a short one that somebody chose, behind its scheme.
    for (const [pasted, taken] of [
      [`Authorization: Token ${token}`, token],
      [`export INFLUX_TOKEN='${token}'`, token],
      [`  ${token}\n`, token],
      ['Bearer my-own-token', 'my-own-token'],
    ] as const) {
      await pasteInto(pasted);
      expect(await field.inputValue()).toBe(taken);
      expect(await search.inputValue()).toBe('');
      await dialog.getByRole('button', { name: 'Close' }).click();
    }
    await search.fill(`look for ${token}`);
    await dialog.waitFor();
    expect(await search.inputValue()).toBe('');

    await dialog.getByRole('button', { name: 'Find' }).click();
    await dialog.getByRole('link', { name: 'pushed to a repository' }).waitFor();
    for (const text of ['writes 1 bucket', 'admin', 'acme', 'Read/Write', 'Active'])
      await dialog.getByText(text, { exact: true }).waitFor();
    expect(await field.inputValue()).toBe('');
    await dialog.getByRole('button', { name: 'Deactivate' }).click();
    await dialog.getByText('Inactive', { exact: true }).waitFor();
    expect(await statusOf(id)).toBe('inactive');

    // It is in no address, no history, no storage, and no memory.
    const addresses = await phone.evaluate(() =>
      JSON.stringify([location.href, history.state, Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
    );
    expect([addresses, ...asked].join()).not.toContain(token.slice(0, 12));
    expect(await phone.content()).not.toContain(token.slice(0, 12));
    expect(await heapOf(phone)).not.toContain(token);

    await dialog.getByRole('button', { name: 'Delete …' }).click();
    await phone.getByRole('button', { name: 'Delete token' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await client.get(`/api/v2/authorizations/${id}`, { as: world.operator })).status).toBe(404);
    await phone.getByRole('button', { name: 'Found a token?' }).click();
    await field.fill(token);
    await phone.keyboard.press('Enter');
    await dialog.getByText('There is no such token, or you can’t see it').waitFor();
    expect(await field.inputValue()).toBe('');
    await phone.context().close();
  });

  it('is taken out of an address that has it, before anything is asked for', async () => {
    const token = noteSecret(`${'c0ffee_-'.repeat(10)}abcdef==`, 'a token');
    const stranger = await stage.newPage();
    const asked: string[] = [];
    const list = `${tokensAddress(world)}?search=${encodeURIComponent(token)}&status=active`;
    await stranger.goto(list);
    await stranger.waitForURL(/\/signin\?returnTo=/);
    stranger.on('request', (request) => asked.push(request.url()));
    expect(stranger.url()).not.toContain('c0ffee');
    expect(decodeURIComponent(stranger.url())).toContain('status=active');
    await stranger.evaluate((address) => {
      location.assign(`/signin?returnTo=${encodeURIComponent(address)}`);
    }, list);
    await stranger.getByLabel('User name').fill('admin');
    await stranger.getByLabel('Password', { exact: true }).fill('admin-passw0rd');
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    await stranger.waitForURL(/status=active/);
    await rows(stranger).first().waitFor();
    expect(asked.filter((url) => url.includes('/api/') && url.includes('c0ffee'))).toEqual([]);
    expect(stranger.url()).not.toContain('c0ffee');
    await stranger.context().close();
  });
});

describe('what is hidden', () => {
  it('is not shown as empty: members and owners see only their own tokens, and who else reads and writes', async () => {
    const { id } = await make('telegraf', [bucketRight('write', world.bucketId)]);
    for (const name of ['linus', 'grace']) {
      const other = await stage.newPage({ viewport: { width: 360, height: 740 } });
      await signIn(other, name, `${name}-passw0rd`);
      await other.getByText('You can see only your own tokens').waitFor();
      await other.getByText('You have no API token of your own here').waitFor();
      expect(await other.getByText('No tokens').count()).toBe(0);
      expect(await other.getByRole('group', { name: 'Kind of token' }).innerText()).not.toMatch(/\d/);
      expect((await other.getByLabel('Status', { exact: true }).locator('option').allInnerTexts()).join()).not.toMatch(/\d/);
      await other.goto(`${tokensAddress(world)}?bucketID=${world.bucketId}&action=write&status=active`);
      await other.getByText('by signing in, these people can write to the bucket data: admin (owner) and grace (owner).').waitFor();
      await other.goto(`${tokensAddress(world)}?bucketID=${world.bucketId}&action=read&status=active`);
      await other.getByText('admin (owner), grace (owner) and linus (member)').waitFor();
      await other.goto(`${tokensAddress(world)}/${id}`);
      await other.getByRole('alert').getByText('You can’t see').waitFor();
      await other.context().close();
    }
  });

  it('a user without any right here is told so on every page', async () => {
    const userID = await client.createUser(world.operator, 'guest', 'guest-passw0rd');
    await make('guest', [{ action: 'read', resource: { type: 'orgs' } }], { userID });
    const guest = await stage.newPage();
    await signIn(guest, 'guest', 'guest-passw0rd');
    await guest.getByRole('heading', { name: 'You can’t see API tokens here' }).waitFor();
    await guest.goto(`/orgs/${world.orgId}/load-data/buckets`);
    await guest.getByRole('heading', { name: 'You can’t see buckets here' }).waitFor();
    await guest.goto(`/orgs/${world.orgId}/members`);
    await guest.getByText('You can see only the people of this organization').waitFor();
    await guest.context().close();
  });
});

describe('the status that is shown', () => {
  it('is the one that counts: of an inactive user nothing is active, and deleted buckets are no access', async () => {
    const leaving = await client.createUser(world.operator, 'leaving');
    const gone = (await client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name: 'gone' } })).json.id;
    const stopped = await make('left behind', [bucketRight('write', world.bucketId)], { userID: leaving });
    await make('switched off', [bucketRight('write', world.bucketId)], { status: 'inactive' });
    await make('for nothing', [bucketRight('write', gone)]);
    await make('half', [bucketRight('read', world.bucketId), bucketRight('read', gone)]);
    await client.delete(`/api/v2/buckets/${gone}`, { as: world.operator });
    await client.patch(`/api/v2/users/${leaving}`, { as: world.operator, json: { status: 'inactive' } });

    await page.goto(tokensAddress(world));
    const row = (name: string) => rows().filter({ hasText: name });
    expect(await row('left behind').innerText()).toMatch(/No access\s+Its owner is inactive/);
    await page.getByRole('switch', { name: '“left behind” is active, but its owner is inactive' }).waitFor();
    expect(await row('for nothing').innerText()).toContain('nothing: only permissions for 1 deleted bucket');
    expect(await row('half').innerText()).toContain('reads 1 bucket; permissions for 1 deleted bucket');
    await page.goto(`${tokensAddress(world)}/${stopped.id}`);
    await page.getByText('Its owner is inactive').waitFor();

    await page.goto(`/orgs/${world.orgId}/load-data/buckets`);
    await page.getByRole('link', { name: 'Who can write to data?' }).click();
    await rows().filter({ hasText: 'telegraf' }).waitFor();
    expect((await rows().locator('td:first-child').allInnerTexts()).join()).not.toMatch(/left behind|switched off|for nothing/);
    await expect
      .poll(() => page.getByLabel('Status', { exact: true }).locator('option').allInnerTexts())
      .toEqual(['Any status (4)', 'Active (2)', 'Inactive (2)']);
  });

  it('texts of others turn nothing around: what is invisible in them is spelled out', async () => {
    await make('invoice\u202Efdp.exe', [bucketRight('read', world.bucketId)]);
    await page.goto(tokensAddress(world));
    await page.getByRole('link', { name: 'invoice⟨U+202E⟩fdp.exe' }).waitFor();
    expect(await page.content()).not.toContain('\u202E');
    await page.getByRole('button', { name: 'Actions for “invoice⟨U+202E⟩fdp.exe”' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByText('invoice⟨U+202E⟩fdp.exe').waitFor();
    await page.keyboard.press('Escape');
    // Where one was: in its row.
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Actions for “invoice⟨U+202E⟩fdp.exe”');
    await client.post(`/api/v2/write?org=acme&bucket=data`, { as: world.operator, body: 'spoof,tag=a\u202Eb v=1' });
    await page.goto(`/orgs/${world.orgId}/data-explorer?bucket=data`);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('cell', { name: 'a⟨U+202E⟩b' }).waitFor();
  });
});

describe('a chart', () => {
  const run = async (script: string): Promise<void> => {
    await page.getByLabel('Flux').fill(script);
    await page.evaluate(() => {
      (window as unknown as { drawn: string[] }).drawn = [];
    });
    await page.getByRole('button', { name: 'Run' }).click();
    await page.waitForFunction(() => (window as unknown as { drawn: string[] }).drawn.length > 0);
  };
  /** What stands beside the axes. */
  const labels = (): Promise<string[]> => page.evaluate(() => (window as unknown as { drawn: string[] }).drawn);
  const rowsOf = (points: readonly (readonly [string, number])[]): string =>
    `import "array" array.from(rows: [${points.map(([time, value]) => `{_time: ${time}, _value: ${value.toFixed(9)}}`).join(', ')}])`;

  beforeAll(async () => {
    await page.addInitScript(() => {
      const list: string[] = [];
      Object.assign(window, { drawn: list });
      // eslint-disable-next-line @typescript-eslint/unbound-method
      const draw = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        (window as unknown as { drawn: string[] }).drawn.push(text);
        draw.call(this, text, ...rest);
      };
    });
    await page.goto(`/orgs/${world.orgId}/data-explorer?bucket=data`);
    await page.getByLabel('Flux').waitFor();
  });

  it('of one point stands at its time', async () => {
    await run(rowsOf([['2026-03-04T05:06:07Z', 3]]));
    const all = (await labels()).join(' ');
    expect(all).toContain('05:06');
    expect(all).not.toMatch(/20(2[0-5]|2[7-9])/);
  });

  it('of small numbers says them apart', async () => {
    await run(
      rowsOf([
        ['2026-03-04T05:06:07Z', 1e-7],
        ['2026-03-04T05:07:07Z', 3e-7],
      ]),
    );
    const numbers = (await labels()).filter((text) => /^-?[\d.]+(e-?\d+)?$/.test(text));
    expect(numbers.length).toBeGreaterThan(2);
    expect(numbers.filter((text) => text === '0').length).toBeLessThan(2);
    expect(numbers.join()).toMatch(/e-/);
  });

  it('leaves gaps open: where nothing was measured nothing is drawn', async () => {
    const at = (minute: number): string => `2026-03-04T05:${String(minute).padStart(2, '0')}:00Z`;
    await run(rowsOf([0, 1, 2, 3, 4, 5, 54, 55, 56, 57, 58, 59].map((minute) => [at(minute), 5])));
    /** Of how many columns, from left to right, something of a line's colour is seen. */
    const inked = await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return Array.from({ length: width }, (_, x) => {
        for (let y = 0; y < height; y++) {
          const at = (y * width + x) * 4;
          if (data[at + 3]! > 200 && Math.abs(data[at]! - 0x0f) < 24 && Math.abs(data[at + 1]! - 0x6b) < 24) return true;
        }
        return false;
      });
    });
    const first = inked.indexOf(true);
    const last = inked.lastIndexOf(true);
    expect(last - first).toBeGreaterThan(400);
    const middle = inked.slice(Math.round(first + (last - first) * 0.2), Math.round(first + (last - first) * 0.8));
    expect(middle.filter(Boolean)).toEqual([]);
  });

  it('of many lines shows them all, twelve at a time, and finds them by name', async () => {
    await run(
      `import "array" array.from(rows: [${Array.from({ length: 44 }, (_, n) => `{host: "web-${n + 1}", _time: 2026-03-04T05:06:07Z, _value: ${n}}`).join(', ')}]) |> group(columns: ["host"])`,
    );
    const legend = page.locator('figcaption li');
    await page.getByText('Lines 1 to 12 of 44').waitFor();
    for (let n = 0; n < 3; n++) await page.getByRole('button', { name: 'Next lines' }).click();
    await page.getByText('Lines 37 to 44 of 44').waitFor();
    expect(await legend.count()).toBe(8);
    await page.getByRole('searchbox', { name: 'Filter lines' }).fill('web-33');
    await expect.poll(() => legend.allInnerTexts()).toEqual(['host=web-33']);
  });

  it('and its table tell several results apart', async () => {
    await run(
      `import "array"
       data = array.from(rows: [{_time: 2026-03-04T05:06:07Z, _value: 1.5}])
       data |> yield(name: "raw")
       data |> map(fn: (r) => ({r with _value: 9.5})) |> yield(name: "changed")`,
    );
    expect((await page.locator('figcaption li').allInnerTexts()).sort()).toEqual(['changed: values', 'raw: values']);
    const table = page.getByRole('table', { name: 'The result of the query' });
    await table.getByRole('columnheader', { name: 'result' }).waitFor();
    await table.getByRole('row', { name: /raw.*1\.5/ }).waitFor();
    await table.getByRole('row', { name: /changed.*9\.5/ }).waitFor();
  });

  it('shows the newest of more than it shows, and one time zone for all', async () => {
    const start = Date.parse('2026-01-01T00:00:00Z') / 1000;
    const lines = Array.from({ length: 1500 }, (_, n) => `long v=${n} ${start + n * 60}`).join('\n');
    expect((await client.post('/api/v2/write?org=acme&bucket=data&precision=s', { as: world.operator, body: lines })).status).toBe(204);
    const abroad = await stage.newPage({ timezoneId: 'Asia/Kolkata', viewport: { width: 360, height: 740 } });
    await signIn(abroad);
    await abroad.goto(`/orgs/${world.orgId}/data-explorer?bucket=data`);
    await abroad.getByLabel('Time', { exact: true }).selectOption('0');
    await abroad.getByRole('button', { name: 'Run' }).click();
    const cells = abroad.getByRole('table', { name: 'The result of the query' });
    await cells.getByRole('cell', { name: '1499', exact: true }).waitFor();
    await cells.getByRole('cell', { name: '2026-01-02T06:29:00+05:30' }).waitFor();
    await abroad.getByRole('button', { name: 'Menu' }).click();
    await abroad.getByRole('button', { name: /Signed in as admin/ }).click();
    await abroad.getByRole('menuitemradio', { name: 'UTC' }).click();
    await abroad.keyboard.press('Escape');
    await cells.getByRole('cell', { name: '2026-01-02T00:59:00Z' }).waitFor();
    await abroad.goto(tokensAddress(world));
    const shown = await rows(abroad).first().locator('time').first().innerText();
    const made = (await client.get(`/api/v2/authorizations?descending=true&limit=1`, { as: world.operator })).json.authorizations[0]
      .createdAt;
    expect(shown).toBe(made.slice(0, 16).replace('T', ' '));
    await abroad.context().close();
  });
});

it('nothing of it was said on the console', () => {
  expect(stage.said).toEqual([]);
});
