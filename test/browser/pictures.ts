/**
 * `npm run pictures`: every page as a picture in docs/pictures/, light and dark, wide and on a telephone, of a server that is set up for it.
 * The colours are reduced to a palette, so that all of them together stay small.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import UPNG from 'upng-js';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { ARTIFACTS_VARIABLE } from '../support/artifacts.js';

const TARGET = join(import.meta.dirname, '../../docs/pictures');
const PALETTE_COLORS = 128;

const VARIANTS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['wide-light', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['wide-dark', { colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
  ['narrow-light', { colorScheme: 'light', viewport: { width: 360, height: 760 } }],
  ['narrow-dark', { colorScheme: 'dark', viewport: { width: 360, height: 760 } }],
];

const artifacts = mkdtempSync(join(tmpdir(), 'sluice-pictures-'));
process.env[ARTIFACTS_VARIABLE] = artifacts;
// Imported late: what they import asks for the folder.
const { makeDemoWorld, writeDemoData } = await import('./demo-world.js');
const { closeSecret, openStage, signIn } = await import('./session.js');

/** The first token is so old; each one after it is a while younger. */
const DAY_MS = 86_400_000;
let ageMs = 200 * DAY_MS;

let bytes = 0;
async function take(page: Page, name: string): Promise<void> {
  const picture = UPNG.decode(new Uint8Array(await page.screenshot()).buffer);
  const packed = Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, PALETTE_COLORS));
  const file = join(TARGET, `${name}.png`);
  writeFileSync(file, packed);
  bytes += statSync(file).size;
}

mkdirSync(TARGET, { recursive: true });
const fresh = await openStage();
const stage = await openStage({ clock: () => Date.now() - ageMs });
const { client } = stage.server;
const world = await makeDemoWorld(client, () => {
  ageMs = Math.round(ageMs * 0.62);
});
ageMs = 0;
await writeDemoData(client, world.operator, 'northwind', 'telemetry', Date.now());
const home = `/orgs/${world.orgId}`;

for (const [variant, options] of VARIANTS) {
  const first = await fresh.newPage(options);
  await first.goto('/');
  await first.getByRole('heading', { name: 'Set up Sluice' }).waitFor();
  await take(first, `set-up-${variant}`);
  await first.context().close();

  const page = await stage.newPage(options);
  await page.goto('/signin');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await take(page, `sign-in-${variant}`);
  await signIn(page, 'ada', 'ada-passw0rd');

  const show = async (name: string, path: string, text: string): Promise<void> => {
    await page.goto(home + path);
    await page.getByText(text).first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    await take(page, `${name}-${variant}`);
  };
  await show('tokens', '/load-data/tokens', 'Telegraf on web-1');
  await show('token', `/load-data/tokens/${world.tokens['Nightly downsampling']}`, 'Copy JSON');
  await show('generate-all-access', '/load-data/tokens/generate/all-access', 'create more tokens');
  await show('buckets', '/load-data/buckets', 'machines-raw');
  await show('tasks', '/tasks', 'Downsample machines');
  await show('task', `/tasks/${world.tasks['Downsample machines']}`, 'Tokens that write');
  await show('dashboards', '/dashboards', 'Temperatures in the house');
  await show('dashboard', `/dashboards/${world.dashboard}`, 'don’t draw heatmaps');
  await show('telegrafs', '/load-data/telegrafs', 'Web servers');
  await show('telegraf', `/load-data/telegrafs/${world.telegraf}`, 'Tokens that write');
  await show('variables', '/settings/variables', 'cellar');
  await show('people', '/members', 'linus');
  await show('about', '/about', 'ready for queries');

  await page.goto(`${home}/load-data/tokens/generate/custom-api`);
  await page.getByLabel('Description').fill('Nightly report');
  for (const name of ['Read bucket machines', 'Read bucket weather', 'Write bucket weather'])
    await page.getByRole('checkbox', { name, exact: true }).check();
  await page.getByLabel('Description').focus();
  await page.evaluate(() => {
    scrollTo(0, 0);
  });
  await take(page, `generate-custom-${variant}`);

  await page.goto(`${home}/data-explorer?bucket=telemetry`);
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('img', { name: /Line chart/ }).waitFor();
  await take(page, `query-${variant}`);

  await page.goto(`${home}/load-data/tokens/generate/read-write`);
  await page.getByLabel('Description').fill('Weather station, garden');
  for (const name of ['Read bucket weather', 'Write bucket weather']) await page.getByRole('checkbox', { name }).check();
  await page.getByLabel('Description').focus();
  await take(page, `generate-read-write-${variant}`);
  // The picture is of a token that ends with its server.
  await page.getByRole('button', { name: 'Create token', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await take(page, `token-once-${variant}`);
  await closeSecret(page);
  await page.getByRole('link', { name: 'Weather station, garden' }).click();
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('button', { name: 'Delete token' }).click();
  await page.getByRole('link', { name: 'Weather station, garden' }).waitFor({ state: 'detached' });
  await page.context().close();
}

await stage.close();
await fresh.close();
rmSync(artifacts, { recursive: true });
console.log(`${VARIANTS.length * 19} pictures, ${(bytes / 1e6).toFixed(2)} MB, in docs/pictures/`);
