/** A server of its own with a browser before it, and a page that keeps all that was said on its console. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startTestServer, type SetUp, type TestServer, type TestServerOptions } from '../support/server.js';
import { launchBrowser } from './browser.js';

/** What the browser says when it is refused something is the test's to expect, and no fault of the page. */
const EXPECTED_NOISE = /the server responded with a status of (4\d\d|503)/;

export interface Stage {
  readonly server: TestServer;
  readonly browser: Browser;
  /** What the pages have said on their consoles, and what they threw. */
  readonly said: string[];
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** @param locale of the machine that the browser runs on */
export async function openStage(options?: TestServerOptions, locale?: string): Promise<Stage> {
  const server = await startTestServer(options);
  const browser = await launchBrowser(locale);
  const said: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    server,
    browser,
    said,
    async newPage(contextOptions = {}) {
      const context = await browser.newContext({
        baseURL: server.url,
        ...(locale === undefined ? { locale: 'en-US' } : {}),
        viewport: { width: 1280, height: 800 },
        reducedMotion: 'reduce',
        ...contextOptions,
      });
      context.setDefaultTimeout(10_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on('console', (message) => {
        if (!EXPECTED_NOISE.test(message.text())) said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(String(error)));
      return page;
    },
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      await server.stop();
    },
  };
}

export const ADMIN = { name: 'admin', password: 'admin-passw0rd' };

/** Signs in by the form, and waits until the first page is there. */
export async function signIn(page: Page, name = ADMIN.name, password = ADMIN.password): Promise<void> {
  await page.goto('/signin');
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/load-data\/tokens/);
  await page.getByRole('heading', { name: 'API Tokens', level: 1 }).waitFor();
}

export const tokensAddress = ({ orgId }: Pick<SetUp, 'orgId'>): string => `/orgs/${orgId}/load-data/tokens`;

/** The value in the one dialog that shows it. */
export async function readSecret(page: Page): Promise<string> {
  return page.getByRole('textbox', { name: 'API token' }).inputValue();
}

export async function closeSecret(page: Page): Promise<void> {
  await page.getByLabel('I have saved this token').check();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
