/** Every page and dialog, light and dark, wide and narrow: no violation that axe finds, nothing that the policy forbids, nothing cut off. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import { expectAccessible } from './accessible.js';
import { makeDemoWorld, writeDemoData, type DemoWorld } from './demo-world.js';
import { closeSecret, openStage, readSecret, signIn, type Stage } from './session.js';

async function expectNothingCutOff(page: Page): Promise<void> {
  const hiddenPx = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect([page.url(), page.viewportSize()?.width, hiddenPx]).toEqual([page.url(), page.viewportSize()?.width, 0]);
}

const VARIANTS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const;

interface Variant {
  readonly page: Page;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}

let stage: Stage;
let world: DemoWorld;

let variants: Variant[];

beforeAll(async () => {
  stage = await openStage();
  world = await makeDemoWorld(stage.server.client);
  await writeDemoData(stage.server.client, world.operator, 'northwind', 'telemetry', Date.now());
  variants = await Promise.all(
    VARIANTS.map(async ({ colorScheme, width }) => {
      const page = await stage.newPage({ colorScheme, viewport: { width, height: 800 } });
      await signIn(page, 'ada', 'ada-passw0rd');
      return { page, colorScheme, width };
    }),
  );
});
afterAll(() => stage.close());

/** Side by side: each has a process of its own. */
async function inAll(check: (variant: Variant) => Promise<void>): Promise<void> {
  await Promise.all(variants.map(check));
}

describe('light and wide, dark and narrow', () => {
  it.each([
    ['API Tokens', 'Telegraf on web-1', (home: string) => `${home}/load-data/tokens`],
    ['API Tokens', 'No API Tokens match', (home: string) => `${home}/load-data/tokens?search=nothing+like+this`],
    ['Nightly downsampling', 'Copy JSON', (home: string) => `${home}/load-data/tokens/${world.tokens['Nightly downsampling']}`],
    ['Create a Read/Write token', 'machines-raw', (home: string) => `${home}/load-data/tokens/generate/read-write`],
    ['Create an All Access token', 'create more tokens', (home: string) => `${home}/load-data/tokens/generate/all-access`],
    ['Create a Custom token', 'machines-raw', (home: string) => `${home}/load-data/tokens/generate/custom-api`],
    ['Clone a token', 'More permissions', (home: string) => `${home}/load-data/tokens/generate/custom-api?clone=${world.authorizationId}`],
    ['Buckets', 'machines-raw', (home: string) => `${home}/load-data/buckets`],
    ['Tasks', 'Downsample machines', (home: string) => `${home}/tasks`],
    ['Downsample machines', 'Tokens that write', (home: string) => `${home}/tasks/${world.tasks['Downsample machines']}`],
    ['Rooms', 'don’t draw heatmaps', (home: string) => `${home}/dashboards/${world.dashboard}`],
    ['Web servers', 'Tokens that write', (home: string) => `${home}/load-data/telegrafs/${world.telegraf}`],
    ['Create a configuration', 'Docker', (home: string) => `${home}/load-data/telegrafs/new`],
    ['room', 'Tokens that write', (home: string) => `${home}/settings/variables/${world.variable}`],
    ['People', 'linus', (home: string) => `${home}/members`],
    ['Audit log', 'Setup', (home: string) => `${home}/audit?of=all`],
    ['About', 'ready for queries', (home: string) => `${home}/about`],
    ['Query', 'Ctrl+Enter', (home: string) => `${home}/data-explorer?bucket=telemetry`],
    ['Page not found', 'you don’t have access', (home: string) => `${home}/nowhere`],
    ['Send your first data', 'Check for data', (home: string) => `${home}/load-data/first-data?bucket=weather`],
    [
      'API Tokens',
      'by signing in',
      (home: string) => `${home}/load-data/tokens?bucketID=${world.buckets.telemetry}&action=write&status=active`,
    ],
  ])('%s', (title, sign, addressIn) =>
    inAll(async ({ page }) => {
      await page.goto(addressIn(`/orgs/${world.orgId}`));
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await page.getByText(sign).first().waitFor();
      if (title === 'Query') {
        // Every cell is looked at: a few rows are like all of them.
        await page.getByLabel('Flux').fill('from(bucket: "telemetry") |> range(start: -5m)');
        await page.getByRole('button', { name: 'Run' }).click();
        await page.getByRole('img', { name: /Line chart/ }).waitFor();
        // More lines than are drawn at once, and more than one result.
        await page
          .getByLabel('Flux')
          .fill(
            `import "array" array.from(rows: [${Array.from({ length: 13 }, (_, n) => `{host: "${n}", _time: 2026-03-04T05:06:07Z, _value: ${n}}`).join()}]) |> group(columns: ["host"]) |> yield(name: "hosts")`,
          );
        await page.getByRole('button', { name: 'Run' }).click();
        await page.getByText('Lines 1 to 12 of 13').waitFor();
      }
      await expectAccessible(page);
      await expectNothingCutOff(page);
    }),
  );

  it('what has the focus is in sight', () =>
    inAll(async ({ page }) => {
      await page.goto(`/orgs/${world.orgId}/load-data/tokens/generate/custom-api`);
      await page.getByRole('checkbox', { name: 'Read bucket weather' }).check();
      await page.getByRole('checkbox', { name: 'Write all tasks' }).waitFor();
      const hidden: string[] = [];
      for (let n = 0; n < 60; n++) {
        await page.keyboard.press('Tab');
        hidden.push(
          ...(await page.evaluate(() => {
            const focused = document.activeElement;
            if (focused === null || focused === document.body) return [];
            const { x, y, width, height } = focused.getBoundingClientRect();
            const above = document.elementFromPoint(x + width / 2, y + height / 2);
            return above !== null && (focused.contains(above) || above.contains(focused)) ? [] : [focused.outerHTML];
          })),
        );
      }
      expect(hidden).toEqual([]);
    }));

  it('names without a space', async () => {
    const { client } = stage.server;
    const { operator, orgId } = world;
    const long = 'a-long-name-without-a-space-'.repeat(7);
    const bucket = (await client.post('/api/v2/buckets', { as: operator, json: { orgID: orgId, name: long } })).json.id;
    const userID = await client.createUser(operator, long);
    await client.post(`/api/v2/orgs/${orgId}/members`, { as: operator, json: { id: userID } });
    const rights = [{ action: 'read', resource: { type: 'buckets', id: bucket, orgID: orgId } }];
    const { id } = await client.createToken(operator, orgId, rights, { description: long, userID });
    await inAll(async ({ page, width }) => {
      const tokens = `/orgs/${orgId}/load-data/tokens`;
      for (const path of [
        tokens,
        `${tokens}/${id}`,
        `${tokens}/generate/custom-api`,
        `/orgs/${orgId}/load-data/buckets`,
        `/orgs/${orgId}/members`,
      ]) {
        await page.goto(path);
        await page.getByText(long).first().waitFor();
        // Also where the table has the least room before it becomes cards.
        for (const each of width > 1000 ? [width, 1101, 901] : [width]) {
          await page.setViewportSize({ width: each, height: 800 });
          await expectNothingCutOff(page);
        }
      }
      await page.setViewportSize({ width, height: 800 });
    });
    await client.delete(`/api/v2/users/${userID}`, { as: operator });
    await client.delete(`/api/v2/buckets/${bucket}`, { as: operator });
  });

  it('the menus and dialogs', () =>
    inAll(async ({ page, width }) => {
      const MENU = '[role="menu"]';
      const home = `/orgs/${world.orgId}`;
      const rights = [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
      const spare = await stage.server.client.createToken(world.operator, world.orgId, rights, { description: `spare ${width}` });
      await page.goto(`${home}/load-data/tokens`);
      await page.getByRole('button', { name: 'Create API token' }).click();
      await page.getByRole('menuitem', { name: 'Read/Write' }).waitFor();
      await expectAccessible(page, MENU, '[aria-haspopup="menu"]');
      await page.keyboard.press('Escape');
      await page.getByRole('combobox', { name: 'Owner' }).click();
      await page.getByRole('option', { name: 'grace' }).waitFor();
      await expectAccessible(page, '[role="listbox"]', 'search');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: "Actions for “ada's Token”" }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByText('This is the last active operator token').waitFor();
      await expectAccessible(page, 'dialog');
      await expectNothingCutOff(page);
      await page.keyboard.press('Escape');

      // One that was found, what was done with it, and what failed.
      await page.getByRole('button', { name: 'Found a token?' }).click();
      await page.getByLabel('Token', { exact: true }).fill(spare.token);
      await page.keyboard.press('Enter');
      await page
        .getByRole('link', { name: `spare ${width}` })
        .last()
        .waitFor();
      await expectAccessible(page, 'dialog');
      await expectNothingCutOff(page);
      await page.keyboard.press('Escape');
      await page
        .getByRole('row', { name: new RegExp(`spare ${width}`) })
        .getByRole('switch')
        .click({ force: true });
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      await page.route('**/api/v2/authorizations/*', (route) =>
        route.fulfill({ status: 404, json: { code: 'not found', message: 'authorization not found' } }),
      );
      await page
        .getByRole('row', { name: new RegExp(`spare ${width}`) })
        .getByRole('switch')
        .click({ force: true });
      await page.getByRole('button', { name: /^Dismiss/ }).waitFor();
      await expectAccessible(page, 'section[aria-label="Messages"]');
      await expectNothingCutOff(page);
      await page.unroute('**/api/v2/authorizations/*');

      await page.goto(`${home}/load-data/buckets`);
      await page.getByRole('button', { name: 'Edit bucket weather' }).click();
      await page.getByRole('dialog').getByLabel('Keep data').selectOption('other');
      await expectAccessible(page, 'dialog');
      await page.keyboard.press('Escape');
      await page.goto(`${home}/members`);
      for (const name of ['Create user', 'Add existing user']) {
        await page.getByRole('button', { name }).click();
        await page.getByRole('dialog').waitFor();
        await expectAccessible(page, 'dialog');
        await page.keyboard.press('Escape');
      }
      await page.getByRole('switch', { name: /^linus/ }).click({ force: true });
      await page.getByRole('dialog', { name: 'Deactivate this user?' }).waitFor();
      await expectAccessible(page, 'dialog');
      await page.keyboard.press('Escape');
      if (width < 800) {
        await page.getByRole('button', { name: 'Menu' }).click();
        await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
      }
      await page.getByRole('button', { name: /Signed in as ada/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
      await expectAccessible(page, MENU, 'header');
    }));

  it('the dialog that shows a token', () =>
    inAll(async ({ page }) => {
      await page.goto(`/orgs/${world.orgId}/load-data/tokens/generate/read-write`);
      await page.getByRole('checkbox', { name: 'Write bucket weather' }).check();
      await page.getByRole('button', { name: 'Create token', exact: true }).click();
      noteSecret(await readSecret(page), 'a token');
      await page.getByRole('button', { name: 'Copy token' }).click();
      await page.getByRole('tab', { name: 'Telegraf' }).click();
      await expectAccessible(page, 'dialog');
      await expectNothingCutOff(page);
      await closeSecret(page);
    }));

  it('the way in', () =>
    inAll(async ({ colorScheme, width }) => {
      const stranger = await stage.newPage({ colorScheme, viewport: { width, height: 800 } });
      await stranger.goto('/signin');
      await stranger.getByLabel('User name').fill('ada');
      await stranger.getByLabel('Password', { exact: true }).fill('wrong');
      await stranger.getByRole('button', { name: 'Sign in' }).click();
      await stranger.getByRole('alert').waitFor();
      await expectAccessible(stranger);
      await stranger.route('**/api/v2/setup', (route) => route.fulfill({ json: { allowed: true } }));
      await stranger.goto('/onboarding/0');
      await stranger.getByRole('heading', { name: 'Set up Sluice' }).waitFor();
      await expectAccessible(stranger);
      await expectNothingCutOff(stranger);
      await stranger.context().close();
    }));
});

it('nothing was refused by the policy, and nothing failed', () => {
  expect(stage.said).toEqual([]);
});
