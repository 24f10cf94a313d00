/** One's own password is changed by who knows it: a page that somebody left open is not enough. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SetUp, TestClient } from '../support/server.js';
import { noteSecret } from '../support/artifacts.js';
import { ADMIN, openStage, signIn, type Stage } from './session.js';

const NEXT = noteSecret('next-passw0rd', 'a password');

let stage: Stage;
let client: TestClient;
let world: SetUp;
let page: Page;

beforeAll(async () => {
  stage = await openStage();
  ({ client } = stage.server);
  world = await client.setUp();
  page = await stage.newPage();
  await signIn(page);
});
afterAll(() => stage.close());

const statusOf = async (session: { session: string }): Promise<number> => (await client.get('/api/v2/me', { as: session })).status;

describe('the own password', () => {
  it('is asked for before it is changed; then all other sessions end, and this one goes on', async () => {
    const elsewhere = await client.signIn(ADMIN.name, ADMIN.password);
    await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'People' }).click();
    await page.getByRole('button', { name: /^Signed in as admin/ }).click();
    await page.getByRole('menuitem', { name: 'Change your password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change your password' });
    const [current, next] = [dialog.getByLabel('Current password', { exact: true }), dialog.getByLabel('New password')];
    expect(await current.evaluate((element) => element === document.activeElement)).toBe(true);

    await next.fill(NEXT);
    await page.keyboard.press('Enter');
    // The browser asks for what is required: nothing was sent.
    expect(await current.evaluate((element: HTMLInputElement) => element.validity.valueMissing)).toBe(true);
    await current.fill('wrong-passw0rd');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('The current password is wrong.').waitFor();
    expect([await statusOf(elsewhere), await next.inputValue()]).toEqual([200, NEXT]);

    await current.fill(ADMIN.password);
    await next.fill('short');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('A password has 8 to 72 characters.').waitFor();
    await next.fill(NEXT);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Your password is changed.').first().waitFor();
    expect(await statusOf(elsewhere)).toBe(401);
    await client.signIn(ADMIN.name, NEXT);
    await expect(client.signIn(ADMIN.name, ADMIN.password)).rejects.toThrow('401');

    await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Buckets' }).click();
    await page.getByRole('heading', { name: 'Buckets', level: 1 }).waitFor();
  });

  it('of others is set by their operator without it', async () => {
    await client.createUser(world.operator, 'grace');
    await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'People' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Actions for grace' }).click();
    await page.getByRole('menuitem', { name: 'Set a password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set a password for grace' });
    expect(await dialog.getByLabel('Current password', { exact: true }).count()).toBe(0);
    await dialog.getByLabel('New password').fill(noteSecret('grace-passw0rd', 'a password'));
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The password of grace is set.').first().waitFor();
    await client.signIn('grace', 'grace-passw0rd');
    expect(stage.said).toEqual([]);
  });
});
