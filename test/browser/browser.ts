/** A real Chromium, from the package that ships it, without its sandbox: it sees nothing but this server, and tests run as root. */
import chromiumBinary from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

/** @param locale of the machine, which the browser's own language follows */
export async function launchBrowser(locale = 'en_US.UTF-8'): Promise<Browser> {
  return chromium.launch({
    executablePath: await chromiumBinary.executablePath(),
    env: { ...process.env, LANG: locale, LC_ALL: locale, LANGUAGE: '' },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--font-render-hinting=none',
      '--host-resolver-rules=MAP plain.example 127.0.0.1',
      '--force-color-profile=srgb',
    ],
  });
}
